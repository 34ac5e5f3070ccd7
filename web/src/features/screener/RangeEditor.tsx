import { useEffect, useRef, useState } from "react";
import { fromReader, type RangeFilter, toReader, UNIT_NAME } from "./filters.ts";

interface RangeEditorProps {
  filter: RangeFilter;
  min: number | undefined;
  max: number | undefined;
  onChange(min: number | undefined, max: number | undefined): void;
}

/** Pause after a key in a number field before the table follows. */
const SETTLE_MS = 40;

/** Two numbers in the reader's unit and the usual choices. The table follows while one types. */
export function RangeEditor({ filter, min, max, onChange }: RangeEditorProps) {
  const asText = (value: number | undefined) =>
    value === undefined ? "" : String(toReader(value, filter.unit));
  const [low, setLow] = useState(asText(min));
  const [high, setHigh] = useState(asText(max));
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const read = (text: string): number | undefined | null => {
    if (text.trim() === "") return undefined;
    const value = fromReader(Number(text), filter.unit);
    const isInside =
      Number.isFinite(value) &&
      (filter.lowest === null || value >= filter.lowest) &&
      (filter.highest === null || value <= filter.highest);
    return isInside ? value : null;
  };
  const problem = [low, high].some((text) => read(text) === null);
  const edit = (nextLow: string, nextHigh: string) => {
    setLow(nextLow);
    setHigh(nextHigh);
    clearTimeout(timer.current);
    const [from, to] = [read(nextLow), read(nextHigh)];
    if (from === null || to === null) return;
    timer.current = setTimeout(() => onChange(from, to), SETTLE_MS);
  };
  const unit = UNIT_NAME[filter.unit];
  const bounds = [filter.lowest, filter.highest].map((end) =>
    end === null ? null : toReader(end, filter.unit),
  );

  return (
    <div className="editor">
      <div className="range">
        <label>
          from
          <input
            inputMode="decimal"
            value={low}
            aria-invalid={read(low) === null}
            onChange={(event) => edit(event.target.value, high)}
          />
        </label>
        <label>
          to
          <input
            inputMode="decimal"
            value={high}
            aria-invalid={read(high) === null}
            onChange={(event) => edit(low, event.target.value)}
          />
        </label>
        <span className="mut">{unit}</span>
      </div>
      {problem && (
        <p className="warn" role="alert">
          A number{bounds[0] !== null ? ` from ${bounds[0]}` : ""}
          {bounds[1] !== null ? ` to ${bounds[1]}` : ""} {unit}, or nothing.
        </p>
      )}
      <div className="presets">
        {filter.presets.map((preset) => (
          <button
            key={preset.label}
            type="button"
            className="chip"
            aria-pressed={preset.min === min && preset.max === max}
            onClick={() => {
              setLow(asText(preset.min));
              setHigh(asText(preset.max));
              onChange(preset.min, preset.max);
            }}
          >
            {preset.label}
          </button>
        ))}
      </div>
    </div>
  );
}
