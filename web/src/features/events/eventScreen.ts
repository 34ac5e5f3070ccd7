import * as v from "valibot";
import type { EventsQuery } from "../../lib/apiTypes.ts";
import type { UrlSearch } from "../../lib/urlSearch.ts";

export const EVENT_STATUSES = ["open", "closed", "all"] as const satisfies readonly NonNullable<
  EventsQuery["status"]
>[];
export type EventStatus = (typeof EVENT_STATUSES)[number];

export const EVENT_SORTS = [
  "volume_24h",
  "volume_total",
  "liquidity",
  "end_date",
  "market_count",
  "title",
  "created_at",
] as const satisfies readonly NonNullable<EventsQuery["sort"]>[number][];
export type EventSort = (typeof EVENT_SORTS)[number];

/** What is asked of the list of events; its one home is the URL. */
export interface EventScreen {
  q: string;
  status: EventStatus;
  category: readonly string[];
  tag: readonly string[];
  sort: { column: EventSort; descending: boolean } | null;
}

export const EMPTY_EVENT_SCREEN: EventScreen = { q: "", status: "open", category: [], tag: [], sort: null };
export const DEFAULT_EVENT_SORT = { column: "volume_24h", descending: true } as const;

const slugs = v.pipe(
  v.string(),
  v.transform((text) => [...new Set(text.split(",").filter(Boolean))]),
  v.array(v.pipe(v.string(), v.regex(/^[\w-]+$/))),
);

const schema = v.object({
  q: v.optional(v.fallback(v.pipe(v.string(), v.maxLength(200)), ""), ""),
  status: v.optional(v.fallback(v.picklist(EVENT_STATUSES), "open"), "open"),
  category: v.optional(v.fallback(slugs, []), ""),
  tag: v.optional(v.fallback(slugs, []), ""),
  sort: v.optional(
    v.fallback(
      v.nullable(
        v.pipe(
          v.string(),
          v.transform((text) => ({
            column: text.replace(/^-/, "") as EventSort,
            descending: text.startsWith("-"),
          })),
          v.check(({ column }) => EVENT_SORTS.includes(column)),
        ),
      ),
      null,
    ),
  ),
});

const KNOWN = new Set([...Object.keys(schema.entries), "density", "limit", "offset", "cursor", "facets"]);

/** Reads the list's state from the address; names what is not a filter of this page. */
export function parseEventScreen(search: UrlSearch): { screen: EventScreen; unknown: string[] } {
  const { sort, ...rest } = v.parse(schema, search);
  return {
    screen: { ...rest, sort: sort ?? null },
    unknown: Object.keys(search).filter((name) => !KNOWN.has(name)),
  };
}

/** The state as address and API parameters, without defaults. */
export function eventScreenToSearch(screen: EventScreen): Record<string, string> {
  const search: Record<string, string> = {};
  if (screen.q) search.q = screen.q;
  if (screen.status !== "open") search.status = screen.status;
  if (screen.category.length > 0) search.category = screen.category.join(",");
  if (screen.tag.length > 0) search.tag = screen.tag.join(",");
  if (screen.sort) search.sort = `${screen.sort.descending ? "-" : ""}${screen.sort.column}`;
  return search;
}

/** The order after a click on a header: first direction, the other, the default. */
export function nextEventSort(screen: EventScreen, column: EventSort): EventScreen["sort"] {
  const startsDescending = column !== "title" && column !== "end_date";
  const current = screen.sort ?? DEFAULT_EVENT_SORT;
  if (current.column !== column) return { column, descending: startsDescending };
  return current.descending === startsDescending ? { column, descending: !startsDescending } : null;
}
