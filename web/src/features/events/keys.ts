import type { UrlSearch } from "../../lib/urlSearch.ts";

export const eventKeys = {
  window: (query: UrlSearch, offset: number) => ["events", query, offset] as const,
  detail: (slug: string) => ["event", slug] as const,
};
