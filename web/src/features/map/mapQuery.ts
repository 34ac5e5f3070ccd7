import { queryOptions } from "@tanstack/react-query";
import type { ListMetadata, MarketRow, MarketsQuery } from "../../lib/apiTypes.ts";
import { api, unwrap } from "../../lib/client.ts";
import { WINDOW_ROWS } from "../../lib/windows.ts";

/** Markets on the map: more would be specks. */
export const MOST_MARKETS = 300;

export interface MapMarkets {
  /** By volume in 24 hours, the largest first. */
  markets: readonly MarketRow[];
  /** Open markets in all. */
  total: number;
}

async function page(offset: number, signal: AbortSignal) {
  const sent = { status: "open", sort: "-volume_24h", limit: WINDOW_ROWS, offset } as unknown as MarketsQuery;
  return unwrap<MarketRow[], ListMetadata>(
    api.GET("/api/polymarket/markets", { params: { query: sent }, signal }),
  );
}

/** The open markets that are traded most. */
export const mapMarkets = queryOptions<MapMarkets>({
  queryKey: ["map"],
  meta: { live: true },
  queryFn: async ({ signal }) => {
    const first = await page(0, signal);
    const { total } = first.metadata;
    const offsets: number[] = [];
    for (let offset = WINDOW_ROWS; offset < Math.min(MOST_MARKETS, total); offset += WINDOW_ROWS) {
      offsets.push(offset);
    }
    const rest = await Promise.all(offsets.map((offset) => page(offset, signal)));
    // Rows may have moved between two pages: each market is drawn once.
    const markets = new Map([first, ...rest].flatMap(({ data }) => data.map((row) => [row.market_id, row])));
    return { markets: [...markets.values()], total };
  },
});
