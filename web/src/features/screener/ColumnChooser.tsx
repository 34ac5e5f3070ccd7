import { MARKET_COLUMNS } from "../../components/marketColumns.tsx";
import { Popover } from "../../components/Popover.tsx";
import { DEFAULT_COLUMNS, type Screen, visibleColumns } from "./screen.ts";

const UNGROUPED = MARKET_COLUMNS.filter(({ id, group }) => id !== "title" && group === undefined);
const GROUPS = [...new Set(MARKET_COLUMNS.flatMap(({ group }) => group ?? []))];

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
          <Choices legend="Columns" columns={UNGROUPED} shown={shown} toggle={toggle} />
          <div className="menu-filters">
            {GROUPS.map((group) => {
              const columns = MARKET_COLUMNS.filter((column) => column.group === group);
              const count = columns.filter(({ id }) => shown.includes(id)).length;
              return (
                <details key={group} name="column-group">
                  <summary>
                    {group} {count > 0 && <em>{count}</em>}
                  </summary>
                  <Choices legend={group} columns={columns} shown={shown} toggle={toggle} />
                </details>
              );
            })}
          </div>
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

interface ChoicesProps {
  legend: string;
  columns: typeof MARKET_COLUMNS;
  shown: readonly string[];
  toggle(id: string): void;
}

function Choices({ legend, columns, shown, toggle }: ChoicesProps) {
  return (
    <fieldset className="options">
      <legend className="sr">{legend}</legend>
      {columns.map((column) => (
        <label key={column.id} title={column.description}>
          <input type="checkbox" checked={shown.includes(column.id)} onChange={() => toggle(column.id)} />
          <span className="v">{column.id === "price" ? "Price" : column.header}</span>
        </label>
      ))}
    </fieldset>
  );
}
