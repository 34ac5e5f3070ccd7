import {
  keepPreviousData,
  type UseQueryOptions,
  type UseQueryResult,
  useQueries,
  useQuery,
} from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import type { ListMetadata } from "./apiTypes.ts";
import type { Answer } from "./client.ts";
import { rowAt, windowOffsets } from "./windows.ts";

/** A window of a list and the query it answers. */
export interface ListWindow<Row> extends Answer<Row[], ListMetadata> {
  query: Readonly<Record<string, string>>;
}

type WindowOptions<Row> = UseQueryOptions<ListWindow<Row>>;

export interface WindowedList<Row> {
  /** Metadata of the shown result; undefined before the first answer. */
  head: ListWindow<Row> | undefined;
  /** Rows of the windows held, by offset. */
  windows: ReadonlyMap<number, readonly Row[]>;
  rowAt(index: number): Row | undefined;
  total: number;
  /** The rows shown answer an earlier query while the new answer is on its way. */
  isSuperseded: boolean;
  isFetching: boolean;
  error: Error | null;
  retry(): void;
  /** Tells which rows are visible, so that their windows are fetched. */
  showRange(first: number, last: number): void;
}

interface OtherWindows {
  held: ListWindow<unknown>[];
  isFetching: boolean;
  error: Error | null;
  retry(): void;
}

/** Defined once: the query library then renders only when what it returns has changed. */
function combineWindows(results: UseQueryResult<ListWindow<unknown>>[]): OtherWindows {
  return {
    held: results.flatMap(({ data }) => data ?? []),
    isFetching: results.some((result) => result.isFetching),
    error: results.find((result) => result.error)?.error ?? null,
    retry: () => {
      for (const result of results) if (result.error) void result.refetch();
    },
  };
}

/**
 * The whole result of a list query as a sparse array. The first window carries total and facets; others are fetched
 * when they come into view. While a changed query is answered, the previous result stays, entire, on screen.
 */
export function useWindowedList<Row>(
  query: Readonly<Record<string, string>>,
  windowOptions: (query: Readonly<Record<string, string>>, offset: number) => WindowOptions<Row>,
): WindowedList<Row> {
  const [range, setRange] = useState<readonly [number, number]>([0, 0]);
  const first = useQuery({ ...windowOptions(query, 0), placeholderData: keepPreviousData });
  const head = first.data;
  const shownQuery = head?.query ?? query;
  const total = head?.metadata.total ?? 0;
  const offsets = windowOffsets(range[0], range[1], total);
  const later = offsets.filter((offset) => offset > 0);

  const others = useQueries({
    queries: head ? later.map((offset) => windowOptions(shownQuery, offset)) : [],
    combine: combineWindows,
  });
  const windows = useMemo(() => {
    const held = new Map<number, readonly Row[]>();
    if (head) held.set(0, head.data);
    for (const window of others.held) held.set(window.metadata.offset, window.data as Row[]);
    return held;
  }, [head, others.held]);

  const showRange = useCallback((from: number, to: number) => {
    setRange((known) => (known[0] === from && known[1] === to ? known : [from, to]));
  }, []);

  return {
    head,
    windows,
    rowAt: useCallback((index: number) => rowAt(windows, index), [windows]),
    total,
    isSuperseded: first.isPlaceholderData,
    isFetching: first.isFetching || others.isFetching,
    error: first.error ?? others.error,
    retry: () => {
      void first.refetch();
      others.retry();
    },
    showRange,
  };
}
