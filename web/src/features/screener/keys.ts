import type { UrlSearch } from "../../lib/urlSearch.ts";

export const screenerKeys = {
  window: (query: UrlSearch, offset: number) => ["markets", query, offset] as const,
  openTotal: (status: string) => ["markets-total", status] as const,
};
