import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { ItemMetadata, SearchResults } from "../../lib/apiTypes.ts";
import { api, unwrap } from "../../lib/client.ts";
import { paletteKeys } from "./keys.ts";

/** Hits asked of each kind. */
const LIMIT = 8;

/** Markets and events for a text; idle while there is none. */
export function searchCatalogue(text: string) {
  return queryOptions({
    queryKey: paletteKeys.search(text),
    enabled: text !== "",
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const request = api.GET("/api/polymarket/search", {
        params: { query: { q: text, limit: LIMIT } },
        signal,
      });
      return (await unwrap<SearchResults, ItemMetadata>(request)).data;
    },
  });
}
