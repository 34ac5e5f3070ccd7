import { count } from "../lib/format.ts";

interface ListFootProps {
  /** Shortcuts worth showing: keys and what they do. */
  hints: readonly { keys: readonly string[]; does: string }[];
  /** Index of the selected row. */
  cursor: number;
  total: number;
}

/** The line under a list: the keys that work there, and where one is in it. */
export function ListFoot({ hints, cursor, total }: ListFootProps) {
  return (
    <div className="foot2">
      {hints.map(({ keys, does }) => (
        <span key={does}>
          {keys.map((key) => (
            <kbd key={key}>{key}</kbd>
          ))}{" "}
          {does}
        </span>
      ))}
      <span className="end">{total > 0 && `row ${count(cursor + 1)} of ${count(total)}`}</span>
    </div>
  );
}
