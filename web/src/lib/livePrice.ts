import type { MarketRow, PriceEvent } from "./apiTypes.ts";
import type { FeedStatus } from "./feed.ts";

/** The prices a market's header shows. */
export interface ShownPrices {
  /** By outcome. */
  prices: readonly (number | null)[];
  bestBid: number | null;
  bestAsk: number | null;
  /** `live`: of the stream and current. `stale`: of the stream, but it is no longer heard. `catalogue`: of the last sync. */
  source: "live" | "stale" | "catalogue";
  at: string | null;
}

type Priced = Pick<MarketRow, "outcome_prices" | "best_bid" | "best_ask" | "observed_at" | "resolution">;

const isNewer = (left: string | null, right: string) =>
  left !== null && Date.parse(left) >= Date.parse(right);

/**
 * The newest prices of the two sources. The stream counts while it is live; once it is lost or its book is not live,
 * its last price stays until the catalogue has a newer one. A resolved market's prices are those of its resolution.
 */
export function shownPrices(
  market: Priced,
  event: PriceEvent | undefined,
  feed: FeedStatus["state"],
): ShownPrices {
  const catalogue: ShownPrices = {
    prices: market.outcome_prices,
    bestBid: market.best_bid,
    bestAsk: market.best_ask,
    source: "catalogue",
    at: market.observed_at,
  };
  if (event === undefined || event.price === null || market.resolution !== null) return catalogue;
  const isLive = feed === "live" && event.state === "live";
  if (!isLive && !isNewer(event.at, market.observed_at)) return catalogue;
  const { price } = event;
  const others = market.outcome_prices.slice(1);
  return {
    // Two outcomes share one book, so that the second costs what the first leaves of a dollar.
    prices: others.length === 1 ? [price, 1 - price] : [price, ...others],
    bestBid: event.best_bid,
    bestAsk: event.best_ask,
    source: isLive ? "live" : "stale",
    at: event.at,
  };
}
