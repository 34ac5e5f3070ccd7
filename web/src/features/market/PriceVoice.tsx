import { useEffect, useRef, useState } from "react";

/** Screen readers hear of a moved price at most this often. */
const PACE_MS = 10_000;

/** Says the price to screen readers when it has changed, politely and rarely; nothing when the page opens. */
export function PriceVoice({ text }: { text: string }) {
  const [said, setSaid] = useState<string | null>(null);
  const latest = useRef(text);
  const before = useRef(text);
  useEffect(() => {
    latest.current = text;
  });
  useEffect(() => {
    const timer = setInterval(() => {
      if (latest.current === before.current) return;
      before.current = latest.current;
      setSaid(latest.current);
    }, PACE_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <span className="sr" role="status">
      {said}
    </span>
  );
}
