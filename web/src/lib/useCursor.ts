import { useCallback, useEffect, useRef, useState } from "react";
import { place } from "./navigation.ts";
import { findRow } from "./windows.ts";

/** Where the cursor was in each result that was left, for the browser's back. */
const left = new Map<string, number>();

interface CursorList<Row> {
  windows: ReadonlyMap<number, readonly Row[]>;
  rowAt(index: number): Row | undefined;
  total: number;
}

export interface Cursor {
  index: number;
  /** Counts the reader's own moves: a list scrolls to the cursor after each, and never because a refresh moved it. */
  moves: number;
  moveTo(index: number): void;
  moveBy(steps: number): void;
}

/**
 * The selected row of a list. It belongs to a row, not to a place: when a refresh moves the row, the cursor moves with
 * it as long as the row is among those held. Another result (`resultKey`) starts at the top; one that the reader returns to,
 * where it was left.
 */
export function useCursor<Row>(
  list: CursorList<Row>,
  keyOf: (row: Row) => string,
  resultKey: string,
): Cursor {
  const [index, setIndex] = useState(() => (place.get().isReturn ? (left.get(resultKey) ?? 0) : 0));
  const [moves, setMoves] = useState(0);
  const held = useRef<string | null>(null);
  const latest = useRef(list);
  useEffect(() => {
    latest.current = list;
  });

  const shownResult = useRef(resultKey);
  useEffect(() => {
    if (shownResult.current === resultKey) return;
    shownResult.current = resultKey;
    held.current = null;
    setIndex(0);
  }, [resultKey]);

  const present = useRef({ resultKey, index });
  useEffect(() => {
    present.current = { resultKey, index };
  });
  useEffect(() => () => void left.set(present.current.resultKey, present.current.index), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only new rows can move the cursor's row
  useEffect(() => {
    const row = list.rowAt(index);
    if (row === undefined) return;
    if (held.current === null || held.current === keyOf(row)) {
      held.current = keyOf(row);
      return;
    }
    const moved = findRow(list.windows, held.current, keyOf);
    if (moved === undefined) held.current = keyOf(row);
    else setIndex(moved);
  }, [list.windows]);

  const moveTo = useCallback(
    (next: number) => {
      const { total, rowAt } = latest.current;
      const inside = Math.max(0, Math.min(total - 1, next));
      const row = rowAt(inside);
      held.current = row === undefined ? null : keyOf(row);
      setIndex(inside);
      setMoves((count) => count + 1);
    },
    [keyOf],
  );
  const moveBy = useCallback((steps: number) => moveTo(index + steps), [index, moveTo]);
  return { index: Math.max(0, Math.min(index, list.total - 1)), moves, moveTo, moveBy };
}
