/** A long list is fetched in windows of this many rows; the first comes with the page. */
export const WINDOW_ROWS = 100;

/** Rows beyond the visible ones that are fetched before they are scrolled to. */
const MARGIN_ROWS = 40;

/** Offsets of the windows that hold rows `first..=last` and a margin around them, within `total` rows. */
export function windowOffsets(first: number, last: number, total: number): number[] {
  if (total <= 0) return [0];
  const from = Math.max(0, Math.min(first, total - 1) - MARGIN_ROWS);
  const to = Math.min(total - 1, Math.max(first, last) + MARGIN_ROWS);
  const offsets: number[] = [];
  for (let index = Math.floor(from / WINDOW_ROWS); index <= Math.floor(to / WINDOW_ROWS); index++) {
    offsets.push(index * WINDOW_ROWS);
  }
  return offsets;
}

/** The row at an index of the whole list, if its window is among those given. */
export function rowAt<Row>(windows: ReadonlyMap<number, readonly Row[]>, index: number): Row | undefined {
  const offset = Math.floor(index / WINDOW_ROWS) * WINDOW_ROWS;
  return windows.get(offset)?.[index - offset];
}

/** Where a row has gone: the index of the row with this key among the windows, or undefined. */
export function findRow<Row>(
  windows: ReadonlyMap<number, readonly Row[]>,
  key: string,
  keyOf: (row: Row) => string,
): number | undefined {
  for (const [offset, rows] of windows) {
    const index = rows.findIndex((row) => keyOf(row) === key);
    if (index >= 0) return offset + index;
  }
  return undefined;
}
