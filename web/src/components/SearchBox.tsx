import { type RefObject, useEffect, useRef, useState } from "react";
import { Icon } from "./Icon.tsx";

/** Pause after a key before the table follows: below what one notices, above a burst of keys. */
const SETTLE_MS = 35;

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
  const sent = useRef(text);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (text === sent.current) return;
    sent.current = text;
    setTyped(text);
  }, [text]);

  const send = (next: string, delayMs: number) => {
    setTyped(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      sent.current = next.trim();
      onChange(next.trim());
    }, delayMs);
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
        onChange={(event) => send(event.target.value, SETTLE_MS)}
        onKeyDown={(event) => {
          if (event.key === "Enter" || event.key === "ArrowDown") {
            event.preventDefault();
            onLeave();
          } else if (event.key === "Escape") {
            event.stopPropagation();
            if (typed === "") inputRef.current?.blur();
            else send("", 0);
          }
        }}
      />
      <kbd>/</kbd>
    </label>
  );
}
