import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type MouseEvent, memo, useEffect, useRef } from "react";
import { useRowHeight } from "../lib/layout.ts";
import { useNow } from "../lib/time.ts";
import type { Cursor } from "../lib/useCursor.ts";
import type { Column } from "./marketColumns.tsx";

export interface HeaderSort {
  column: string;
  descending: boolean;
}

interface ListTableProps<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  total: number;
  rowAt(index: number): Row | undefined;
  sort: readonly HeaderSort[];
  onSort(column: string, isAdditional: boolean): void;
  cursor: Cursor;
  onOpen(index: number): void;
  onRange(first: number, last: number): void;
  /** Changes when another result is shown: the table then starts from its top. */
  resultKey: string;
  isBusy: boolean;
  /** Class of the kind of rows, which decides what a phone shows of them. */
  kind: "markets" | "events";
}

const HEADER_PX = 28;
const OVERSCAN_ROWS = 12;

/**
 * A table of any length: only the rows in view exist, as real table rows between two spacers. Rows take the focus, so
 * it is a grid; the roles are spelled out because on a phone the stylesheet lays rows out as boxes, which makes some
 * browsers forget that they are a table's.
 */
export function ListTable<Row>(props: ListTableProps<Row>) {
  const { caption, columns, total, rowAt, cursor, onOpen, onRange, resultKey } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const { rowPx, hasHeader } = useRowHeight();
  const headerPx = hasHeader ? HEADER_PX : 0;
  const now = useNow();

  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN_ROWS,
    scrollMargin: headerPx,
    scrollPaddingStart: headerPx,
    initialRect: { width: window.innerWidth, height: window.innerHeight },
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0];
  const last = items.at(-1);
  const before = first ? first.start - headerPx : 0;
  const after = last ? virtualizer.getTotalSize() - (last.end - headerPx) : 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the sizes held are wrong once the row height changes
  useEffect(() => virtualizer.measure(), [virtualizer, rowPx]);
  const shownResult = useRef(resultKey);
  useEffect(() => {
    if (shownResult.current === resultKey) return;
    shownResult.current = resultKey;
    virtualizer.scrollToOffset(0);
  }, [virtualizer, resultKey]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the first drawing restores a place in the list
  useEffect(() => {
    if (cursor.index > 0) virtualizer.scrollToIndex(cursor.index, { align: "center" });
  }, []);
  useEffect(() => {
    if (first && last) onRange(first.index, last.index);
  }, [first, last, onRange]);

  // The focus follows the cursor, unless the reader is somewhere else. The row may be drawn only after the scroll.
  const followed = useRef(cursor.moves);
  const wantsFocus = useRef(false);
  useEffect(() => {
    if (followed.current === cursor.moves) return;
    followed.current = cursor.moves;
    virtualizer.scrollToIndex(cursor.index, { align: "auto" });
    const focused = document.activeElement;
    wantsFocus.current =
      focused === null ||
      focused === document.body ||
      focused.id === "main" ||
      body.current?.contains(focused) === true;
  }, [cursor.index, cursor.moves, virtualizer]);
  useEffect(() => {
    if (!wantsFocus.current) return;
    const row = body.current?.querySelector<HTMLElement>(`[aria-rowindex="${cursor.index + 2}"]`);
    if (!row) return;
    wantsFocus.current = false;
    row.focus({ preventScroll: true });
  });

  return (
    <div className="scroll" ref={scroller} tabIndex={total === 0 ? 0 : -1}>
      <table
        className={`grid ${props.kind}`}
        role="grid"
        aria-rowcount={total + 1}
        aria-colcount={columns.length}
        aria-busy={props.isBusy}
      >
        <caption className="sr">{caption}</caption>
        <Header columns={columns} sort={props.sort} onSort={props.onSort} />
        <tbody ref={body} role="rowgroup">
          {before > 0 && <Spacer height={before} />}
          {/* On a phone there is no second hand: a tap opens. */}
          {items.map(({ index }) => (
            <Line
              key={index}
              row={rowAt(index)}
              columns={columns as readonly Column<unknown>[]}
              index={index}
              isSelected={index === cursor.index}
              now={now}
              onCursor={hasHeader ? cursor.moveTo : onOpen}
              onOpen={onOpen}
            />
          ))}
          {after > 0 && <Spacer height={after} />}
        </tbody>
      </table>
    </div>
  );
}

function Spacer({ height }: { height: number }) {
  return (
    <tr className="gap" aria-hidden="true">
      <td style={{ height }} />
    </tr>
  );
}

interface HeaderProps<Row> {
  columns: readonly Column<Row>[];
  sort: readonly HeaderSort[];
  onSort(column: string, isAdditional: boolean): void;
}

function Header<Row>({ columns, sort, onSort }: HeaderProps<Row>) {
  return (
    <thead role="rowgroup">
      <tr role="row" aria-rowindex={1}>
        {columns.map((column) => {
          const position = sort.findIndex((known) => known.column === column.id);
          const known = sort[position];
          const order = known ? (known.descending ? "descending" : "ascending") : undefined;
          return (
            <th
              key={column.id}
              scope="col"
              className={`${column.isText ? "l " : ""}c-${column.id}`}
              aria-sort={position === 0 ? order : undefined}
              title={column.description}
            >
              {column.isSortable ? (
                <button type="button" onClick={(event) => onSort(column.id, event.shiftKey)}>
                  {column.header}
                  {known && (
                    <span className="dir">
                      <span aria-hidden="true">{known.descending ? "▾" : "▴"}</span>
                      {sort.length > 1 && <sub>{position + 1}</sub>}
                      <span className="sr"> {order}</span>
                    </span>
                  )}
                </button>
              ) : (
                column.header
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

interface LineProps {
  row: unknown;
  columns: readonly Column<unknown>[];
  index: number;
  isSelected: boolean;
  now: number;
  onCursor(index: number): void;
  onOpen(index: number): void;
}

const Line = memo(function Line({ row, columns, index, isSelected, now, onCursor, onOpen }: LineProps) {
  const openOnEnter = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.target !== event.currentTarget) return;
    event.preventDefault();
    onOpen(index);
  };
  const select = (event: MouseEvent) => {
    if (!(event.target as HTMLElement).closest("a")) onCursor(index);
  };
  return (
    <tr
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      className={isSelected ? "sel" : undefined}
      tabIndex={isSelected ? 0 : -1}
      onKeyDown={openOnEnter}
      onClick={select}
      onDoubleClick={() => onOpen(index)}
    >
      {columns.map((column) => (
        <td
          key={column.id}
          role="gridcell"
          className={`${column.isText ? "l " : ""}${column.isQuiet ? "f2 " : ""}c-${column.id}`}
        >
          {row === undefined ? <span className="skel" /> : column.cell(row, now)}
        </td>
      ))}
    </tr>
  );
});
