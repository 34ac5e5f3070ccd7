import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { ItemMetadata, SearchResults, WalletsFound } from "../../lib/apiTypes.ts";
import { api, unwrap } from "../../lib/client.ts";
import { paletteKeys } from "./keys.ts";

/** Hits asked of each kind. */
const LIMIT = 8;
const WALLETS = 4;

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

/** Shorter texts begin too many names. */
const LEAST_LETTERS = 3;
/** How long a text must rest before wallets are looked for: Polymarket is asked as well. */
const REST_MS = 300;

/** Wallets whose name begins with a text. */
export function searchWallets(text: string) {
  return queryOptions({
    queryKey: paletteKeys.wallets(text),
    enabled: text.length >= LEAST_LETTERS,
    queryFn: async ({ signal }) => {
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      signal.throwIfAborted();
      const request = api.GET("/api/polymarket/wallets/search", {
        params: { query: { q: text, limit: WALLETS } },
        signal,
      });
      return (await unwrap<WalletsFound, ItemMetadata>(request)).data.wallets;
    },
  });
}
