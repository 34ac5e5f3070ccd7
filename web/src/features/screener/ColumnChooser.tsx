import { MARKET_COLUMNS } from "../../components/marketColumns.tsx";
import { Popover } from "../../components/Popover.tsx";
import { DEFAULT_COLUMNS, type Screen, visibleColumns } from "./screen.ts";

interface ColumnChooserProps {
  screen: Screen;
  onChange(screen: Screen): void;
}

/** Which columns the table shows; they keep the chooser's order. The choice lives in the address. */
export function ColumnChooser({ screen, onChange }: ColumnChooserProps) {
  const shown = visibleColumns(screen);
  const toggle = (id: string) => {
    const cols = MARKET_COLUMNS.map((column) => column.id).filter((known) =>
      known === id ? !shown.includes(id) : known === "title" || shown.includes(known),
    );
    onChange({ ...screen, cols: cols.join() === DEFAULT_COLUMNS.join() ? [] : cols });
  };
  return (
    <Popover label="Columns" name="Columns" align="end">
      {() => (
        <>
          <fieldset className="options">
            <legend className="sr">Columns</legend>
            {MARKET_COLUMNS.filter(({ id }) => id !== "title").map((column) => (
              <label key={column.id} title={column.description}>
                <input
                  type="checkbox"
                  checked={shown.includes(column.id)}
                  onChange={() => toggle(column.id)}
                />
                <span className="v">{column.id === "price" ? "Price" : column.header}</span>
              </label>
            ))}
          </fieldset>
          {screen.cols.length > 0 && (
            <button type="button" className="chip" onClick={() => onChange({ ...screen, cols: [] })}>
              Default columns
            </button>
          )}
        </>
      )}
    </Popover>
  );
}
