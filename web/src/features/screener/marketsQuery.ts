import { type QueryClient, queryOptions } from "@tanstack/react-query";
import type { ListMetadata, MarketRow, MarketsQuery } from "../../lib/apiTypes.ts";
import { api, unwrap } from "../../lib/client.ts";
import type { UrlSearch } from "../../lib/urlSearch.ts";
import type { ListWindow } from "../../lib/useWindowedList.ts";
import { WINDOW_ROWS } from "../../lib/windows.ts";
import { screenerKeys } from "./keys.ts";
import { parseScreen, screenToQuery } from "./screen.ts";

/** One window of a screen. The first also brings the facets. */
export function marketsWindow(query: UrlSearch, offset: number) {
  return queryOptions<ListWindow<MarketRow>>({
    queryKey: screenerKeys.window(query, offset),
    meta: { live: true },
    queryFn: async ({ signal }) => {
      // The address holds exactly what the API reads, as text; the generated type has it parsed.
      const sent = { ...query, limit: WINDOW_ROWS, offset, facets: offset === 0 } as MarketsQuery;
      const request = api.GET("/api/polymarket/markets", { params: { query: sent }, signal });
      return { ...(await unwrap<MarketRow[], ListMetadata>(request)), query };
    },
  });
}

/** How many markets there are of a status, without any other filter. */
export function marketsTotal(status: string) {
  return queryOptions<number>({
    queryKey: screenerKeys.openTotal(status),
    meta: { live: true },
    queryFn: async ({ signal }) => {
      const sent = { status, limit: 1 } as MarketsQuery;
      const request = api.GET("/api/polymarket/markets", { params: { query: sent }, signal });
      return (await unwrap<MarketRow[], ListMetadata>(request)).metadata.total;
    },
  });
}

/** Puts the page's own first answer where the screener looks for it; not that of a page further down. */
export function primeMarkets(client: QueryClient, _id: string, handed: unknown, search: UrlSearch): void {
  const answer = handed as Omit<ListWindow<MarketRow>, "query">;
  if (answer.metadata.offset !== 0 || answer.metadata.limit !== WINDOW_ROWS) return;
  const { screen } = parseScreen(search);
  const query = screenToQuery(screen);
  client.setQueryData(screenerKeys.window(query, 0), { ...answer, query });
  if (Object.keys(query).length === 0) {
    client.setQueryData(screenerKeys.openTotal("open"), answer.metadata.total);
  }
}
