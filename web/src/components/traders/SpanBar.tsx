import { scoreSpan } from "../../lib/traders/words.ts";

interface SpanBarProps {
  value: number | null;
  low: number | null;
  high: number | null;
  /** Ends of the scale. */
  from?: number;
  to?: number;
}

/** Where a value and its interval stand on a scale; decoration beside the same in figures. */
export function SpanBar({ value, low, high, from = 0, to = 100 }: SpanBarProps) {
  const place = (figure: number) => Math.max(0, Math.min(100, ((figure - from) / (to - from)) * 100));
  return (
    <svg className="span-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect className="whole" y="2.5" width="100" height="1" />
      {from < 0 && <rect className="zero" x={place(0)} width="0.8" height="6" />}
      {low !== null && high !== null && (
        <rect className="ci" x={place(low)} width={Math.max(1, place(high) - place(low))} height="6" />
      )}
      {value !== null && <rect className="at" x={Math.min(98.5, place(value))} width="1.5" height="6" />}
    </svg>
  );
}

/** A score from 0 to 100 with its interval, as a bar and in figures. */
export function ScoreFigure({ value, low, high }: Pick<SpanBarProps, "value" | "low" | "high">) {
  if (value === null) return <span className="mut">—</span>;
  return (
    <span className="score">
      <SpanBar value={value} low={low} high={high} />
      <span>{scoreSpan(value, low, high)}</span>
    </span>
  );
}
