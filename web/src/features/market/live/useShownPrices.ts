import { useQuery } from "@tanstack/react-query";
import type { MarketRow } from "../../../lib/apiTypes.ts";
import { feedStatus } from "../../../lib/feed.ts";
import { type ShownPrices, shownPrices } from "../../../lib/livePrice.ts";
import { useStore } from "../../../lib/store.ts";
import { streamedPrice } from "./liveQueries.ts";

/** A market's prices now. Only what shows them draws anew when they move. */
export function useShownPrices(market: MarketRow): ShownPrices {
  const { data: event } = useQuery(streamedPrice(market.market_id));
  const { state } = useStore(feedStatus);
  return shownPrices(market, event, state);
}
