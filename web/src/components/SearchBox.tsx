import { type RefObject, useEffect, useRef, useState } from "react";
import { Icon } from "./Icon.tsx";

/** At most one query in this time: a single key is followed at once, a burst of keys once at its end. */
const PACE_MS = 40;

interface SearchBoxProps {
  label: string;
  text: string;
  inputRef: RefObject<HTMLInputElement | null>;
  onChange(text: string): void;
  /** Called when the reader leaves the box for the rows with Enter or the down arrow. */
  onLeave(): void;
}

/** Text search over the list. The box keeps what is typed; the address follows a moment later. */
export function SearchBox({ label, text, inputRef, onChange, onLeave }: SearchBoxProps) {
  const [typed, setTyped] = useState(text);
  /** What the box itself has sent and has not come back yet, oldest first, after what came back last. */
  const sent = useRef([text]);
  const sentAt = useRef(Number.NEGATIVE_INFINITY);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    const own = sent.current.lastIndexOf(text);
    // The address may lag behind the typing: a text of one's own must not overwrite what was typed since.
    sent.current = own >= 0 ? sent.current.slice(own) : [text];
    if (own < 0) setTyped(text);
  }, [text]);

  const send = (next: string) => {
    sentAt.current = performance.now();
    sent.current.push(next.trim());
    onChange(next.trim());
  };
  const type = (next: string) => {
    setTyped(next);
    clearTimeout(timer.current);
    const rest = sentAt.current + PACE_MS - performance.now();
    if (rest <= 0) send(next);
    else timer.current = setTimeout(() => send(next), rest);
  };

  return (
    <label className="chip search">
      <Icon name="search" />
      <input
        type="search"
        ref={inputRef}
        value={typed}
        placeholder="Filter"
        aria-label={label}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" || event.key === "ArrowDown") {
            event.preventDefault();
            onLeave();
          } else if (event.key === "Escape") {
            event.stopPropagation();
            if (typed === "") inputRef.current?.blur();
            else type("");
          }
        }}
      />
      <kbd>/</kbd>
    </label>
  );
}
