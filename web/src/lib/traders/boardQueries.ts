import { type InfiniteData, infiniteQueryOptions } from "@tanstack/react-query";
import type { paths } from "../api.gen.ts";
import { type Answer, api, unwrap } from "../client.ts";
import type { Page } from "./contract.ts";

export type BoardAnswer<Data> = Answer<Data, unknown>;

/** Rows asked for at once. */
export const PAGE_ROWS = 50;

/** How often the newest rows of a list that lives are asked for. */
const LIVE_MS = 5_000;

type Envelope<Data> = Promise<{
  data?: { data: Data; metadata: unknown };
  error?: unknown;
  response: Response;
}>;
/** A path of the API, with its variables in braces. */
export type ApiPath = keyof paths;

type Get = (
  path: string,
  init: { params?: { query?: object; path?: object }; signal?: AbortSignal },
) => Envelope<never>;

/** The answer of an intelligence route; `parts` fill the path's variables. */
export async function ask<Data>(
  path: ApiPath,
  query: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
  parts?: Readonly<Record<string, string>>,
): Promise<BoardAnswer<Data>> {
  // An address holds exactly what the API reads, as text; the generated types have it parsed.
  const get = api.GET as unknown as Get;
  return unwrap<Data, unknown>(get(path, { params: { query, ...(parts && { path: parts }) }, signal }));
}

export const boardKey = (path: ApiPath, query: object | null) => ["board", path, query] as const;

/** A list page by page, the first page first; `null` asks nothing. One that `isLive` renews its first page. */
export function boardRows<Data extends Page<unknown>>(
  path: ApiPath,
  query: Readonly<Record<string, string>> | null,
  isLive = false,
) {
  return infiniteQueryOptions<
    BoardAnswer<Data>,
    Error,
    InfiniteData<BoardAnswer<Data>, string | null>,
    ReturnType<typeof boardKey>,
    string | null
  >({
    queryKey: boardKey(path, query),
    enabled: query !== null,
    initialPageParam: null,
    // Under other filters the rows before stay until the next are there; those of another list never do.
    placeholderData: (held, of) => (of?.queryKey[1] === path ? held : undefined),
    queryFn: ({ signal, pageParam }) =>
      ask<Data>(
        path,
        { ...query, limit: PAGE_ROWS, ...(pageParam === null ? {} : { cursor: pageParam }) },
        signal,
      ),
    getNextPageParam: ({ data }) => data.next_cursor ?? undefined,
    // Older rows are read in peace: only a list of one page renews itself.
    refetchInterval: ({ state }) => (isLive && state.data?.pages.length === 1 ? LIVE_MS : false),
  });
}

/** What the server wrote into the page, as the first page of its list. */
export function firstPage<Data>(answer: unknown): InfiniteData<BoardAnswer<Data>, string | null> {
  return { pages: [answer as BoardAnswer<Data>], pageParams: [null] };
}
