import type { UrlSearch } from "../../lib/urlSearch.ts";

export const eventKeys = {
  window: (query: UrlSearch, offset: number) => ["events", query, offset] as const,
  history: (slug: string, range: string) => ["event-history", slug, range] as const,
  detail: (slug: string) => ["event", slug] as const,
};
