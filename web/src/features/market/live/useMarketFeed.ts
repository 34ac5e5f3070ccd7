import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { OrderBook, PriceEvent, TradeRow } from "../../../lib/apiTypes.ts";
import { followMarkets } from "../../../lib/feed.ts";
import { FEED_KINDS, type FeedEvent } from "../../../lib/feedEvents.ts";
import { marketKeys } from "../keys.ts";
import { type Tape, withTrades } from "../tape/tape.ts";

/** Trades move the chart, but it is asked for anew at most this often. */
const CHART_PACE_MS = 5_000;

/** A book of the stream counts unless the one that is shown is newer, as after a fetch that overtook it. */
export function newerBook(shown: OrderBook | undefined, arrived: OrderBook): OrderBook {
  if (shown?.as_of == null || arrived.as_of === null) return arrived;
  return Date.parse(arrived.as_of) >= Date.parse(shown.as_of) || arrived.state !== "live" ? arrived : shown;
}

function addTrades(client: QueryClient, marketId: string, trades: readonly TradeRow[]): void {
  for (const [key] of client.getQueriesData<Tape>({ queryKey: marketKeys.tapes(marketId) })) {
    const leastUsdc = Number(key[2]);
    const wanted = trades.filter(({ usdc }) => usdc >= leastUsdc);
    client.setQueryData<Tape>(key, (tape) => tape && withTrades(tape, wanted));
  }
}

/** Asks again for all that the stream keeps current, because some of it was missed. */
function refetchAll(client: QueryClient, marketId: string): void {
  for (const queryKey of [
    marketKeys.book(marketId),
    marketKeys.tapes(marketId),
    marketKeys.charts(marketId),
    marketKeys.timeline(marketId),
  ]) {
    void client.invalidateQueries({ queryKey });
  }
}

/** Puts a burst of events where the panels look for their data. Events of other markets are left alone. */
export function applyEvents(
  client: QueryClient,
  marketId: string,
  events: readonly FeedEvent[],
  onTrades: () => void,
): void {
  const trades: TradeRow[] = [];
  for (const event of events) {
    if (event.kind === "reset") {
      refetchAll(client, marketId);
      continue;
    }
    if (event.data.market_id !== marketId) continue;
    switch (event.kind) {
      case "price":
        client.setQueryData<PriceEvent>(marketKeys.price(marketId), event.data);
        break;
      case "book":
        client.setQueryData<OrderBook>(marketKeys.book(marketId), (shown) => newerBook(shown, event.data));
        break;
      case "trade":
        trades.push(event.data);
        break;
      case "resolution":
        void client.invalidateQueries({ queryKey: ["market"] });
        void client.invalidateQueries({ queryKey: marketKeys.timeline(marketId) });
        break;
    }
  }
  if (trades.length === 0) return;
  addTrades(client, marketId, trades);
  onTrades();
}

/** Keeps this market's price, book, trades and resolution current while the page is open. */
export function useMarketFeed(marketId: string): void {
  const client = useQueryClient();
  useEffect(() => {
    let chartTimer: ReturnType<typeof setTimeout> | undefined;
    const refreshChart = () => {
      chartTimer ??= setTimeout(() => {
        chartTimer = undefined;
        void client.invalidateQueries({ queryKey: marketKeys.charts(marketId) });
      }, CHART_PACE_MS);
    };
    const stop = followMarkets([marketId], FEED_KINDS, (events) =>
      applyEvents(client, marketId, events, refreshChart),
    );
    return () => {
      stop();
      clearTimeout(chartTimer);
      client.removeQueries({ queryKey: marketKeys.price(marketId) });
    };
  }, [client, marketId]);
}
