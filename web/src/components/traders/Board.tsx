import { Fragment, type ReactNode, useRef } from "react";
import { useActions } from "../../lib/actions.ts";
import { useNow } from "../../lib/time.ts";

/** A column of a board. `place` is where a phone shows its cell in a row of three lines; others it hides. */
export interface BoardColumn<Row> {
  id: string;
  header: string;
  /** What the header means, for the tooltip. */
  description?: string;
  isText?: boolean;
  isQuiet?: boolean;
  place?: "p1" | "p2" | "p3" | "p4" | "p5";
  /** The API's name of the order by this column, the largest first. */
  sort?: string;
  cell(row: Row, now: number): ReactNode;
}

interface BoardProps<Row> {
  /** Class of the kind of rows, which the stylesheet sets columns by. */
  kind: string;
  caption: string;
  columns: readonly BoardColumn<Row>[];
  rows: readonly Row[];
  keyOf(row: Row): string;
  isBusy: boolean;
  sort?: { current: string; hrefOf(name: string): string };
  /** The reasons of a row, opened by the address. */
  why?: { open: string | undefined; hrefOf(key: string | undefined): string; reasons(row: Row): ReactNode };
  /** What stands under the rows. */
  foot?: ReactNode;
}

/** A table of findings in the order of the API. `j` and `k` go from row to row, `Enter` follows its link. */
export function Board<Row>(props: BoardProps<Row>) {
  const { columns, rows, keyOf, sort, why } = props;
  const now = useNow();
  const body = useRef<HTMLTableSectionElement>(null);
  useRowKeys(body);
  const width = columns.length + (why ? 1 : 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className="scroll" aria-label={props.caption} tabIndex={0}>
      <table className={`grid board ${props.kind}`} aria-busy={props.isBusy}>
        <caption className="sr">{props.caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Header key={column.id} column={column} sort={sort} />
            ))}
            {why && (
              <th className="c-why" scope="col">
                Why
              </th>
            )}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row) => {
            const key = keyOf(row);
            const isOpen = why?.open === key;
            return (
              <Fragment key={key}>
                <tr className={isOpen ? "row open" : "row"}>
                  {columns.map((column) => (
                    <td key={column.id} className={cellClass(column)}>
                      {column.cell(row, now)}
                    </td>
                  ))}
                  {why && (
                    <td className="c-why p6">
                      <a
                        className="link"
                        href={why.hrefOf(isOpen ? undefined : key)}
                        aria-expanded={isOpen}
                        data-replace
                      >
                        {isOpen ? "close" : "why"}
                      </a>
                    </td>
                  )}
                </tr>
                {isOpen && why && (
                  <tr className="why">
                    <td colSpan={width}>{why.reasons(row)}</td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
      </table>
      {props.foot}
    </section>
  );
}

function cellClass({ id, isText, isQuiet, place }: BoardColumn<never>): string {
  return [isText && "l", isQuiet && "f2", `c-${id}`, place].filter(Boolean).join(" ");
}

interface HeaderProps {
  column: BoardColumn<never>;
  sort: BoardProps<never>["sort"];
}

function Header({ column, sort }: HeaderProps) {
  const isSorted = column.sort !== undefined && sort?.current === column.sort;
  return (
    <th
      scope="col"
      className={`${column.isText ? "l " : ""}c-${column.id}`}
      title={column.description}
      aria-sort={isSorted ? "descending" : undefined}
    >
      {column.sort !== undefined && sort ? (
        <a href={sort.hrefOf(column.sort)} data-replace>
          {column.header}
          {isSorted && (
            <span className="dir" aria-hidden="true">
              ▾
            </span>
          )}
        </a>
      ) : (
        column.header
      )}
    </th>
  );
}

/** The keys of every list: they move the focus from the link of one row to that of the next. */
function useRowKeys(body: { current: HTMLElement | null }): void {
  const move = (steps: number) => {
    const rows = [...(body.current?.querySelectorAll("tr.row") ?? [])];
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[Math.max(0, Math.min(rows.length - 1, here < 0 ? 0 : here + steps))];
    next?.querySelector<HTMLElement>("td a")?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  useActions([
    { id: "row-next", title: "Next row", group: "Table", keys: "j", keyboardOnly: true, run: () => move(1) },
    {
      id: "row-previous",
      title: "Previous row",
      group: "Table",
      keys: "k",
      keyboardOnly: true,
      run: () => move(-1),
    },
  ]);
}
