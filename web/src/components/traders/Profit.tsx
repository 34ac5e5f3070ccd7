import { flow, moneyExact } from "../../lib/format.ts";

/** A profit with its sign and colour, the exact amount on hover. */
export function Profit({ value }: { value: number | null | undefined }) {
  if (value == null) return <span className="mut">—</span>;
  return (
    <span className={value > 0 ? "up" : value < 0 ? "down" : "mut"} title={moneyExact(value)}>
      {flow(value)}
    </span>
  );
}
