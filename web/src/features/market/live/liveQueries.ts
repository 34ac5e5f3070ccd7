import { queryOptions } from "@tanstack/react-query";
import type {
  ChartRange,
  Holders,
  Interval,
  ItemMetadata,
  Ohlc,
  OrderBook,
  PriceEvent,
  Side,
  Slippage,
  TapeMetadata,
  TimelineEntry,
  TradeRow,
} from "../../../lib/apiTypes.ts";
import { type Answer, api, unwrap } from "../../../lib/client.ts";
import { marketKeys } from "../keys.ts";
import { type Tape, withFirstPage } from "../tape/tape.ts";

/** A book is also asked for, because a stream that has frozen says nothing. */
const BOOK_REFRESH_MS = 30_000;
const HOLDERS_REFRESH_MS = 120_000;
const CHART_REFRESH_MS = 60_000;
const TAPE_REFRESH_MS = 60_000;
const TRADES_PER_PAGE = 60;
const HOLDERS_LIMIT = 100;

/** The last price of the stream; never fetched, undefined until the stream has said one. */
export function streamedPrice(marketId: string) {
  return queryOptions<PriceEvent>({
    queryKey: marketKeys.price(marketId),
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The order book of outcome 0. The other outcome's is its mirror image. */
export function orderBook(marketId: string) {
  return queryOptions<OrderBook>({
    queryKey: marketKeys.book(marketId),
    refetchInterval: BOOK_REFRESH_MS,
    queryFn: async ({ signal }) =>
      (
        await unwrap<OrderBook, ItemMetadata>(
          api.GET("/api/polymarket/order-book/{id}", {
            params: { path: { id: marketId }, query: { outcome: 0 } },
            signal,
          }),
        )
      ).data,
  });
}

/** An order as the calculator asks for it: a side, an outcome, and a size in dollars or in shares. */
export interface Order {
  side: Side;
  outcome: number;
  unit: "usdc" | "shares";
  size: number;
}

/** What an order would get now. */
export function slippage(marketId: string, { side, outcome, unit, size }: Order) {
  return queryOptions<Slippage>({
    queryKey: marketKeys.slippage(marketId, { side, outcome, unit, size }),
    staleTime: 2_000,
    refetchInterval: 10_000,
    enabled: size > 0,
    queryFn: async ({ signal }) =>
      (
        await unwrap<Slippage, ItemMetadata>(
          api.GET("/api/polymarket/order-book/{id}/slippage", {
            params: {
              path: { id: marketId },
              query: {
                side,
                outcome,
                ...(unit === "usdc" ? { usdc: String(size) } : { shares: String(size) }),
              },
            },
            signal,
          }),
        )
      ).data,
  });
}

/** One page of trades of at least so many dollars, newest first. */
export async function fetchTrades(
  marketId: string,
  leastUsdc: number,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<Tape> {
  const { data, metadata } = await unwrap<TradeRow[], TapeMetadata>(
    api.GET("/api/polymarket/markets/{id}/trades", {
      params: {
        path: { id: marketId },
        query: {
          limit: TRADES_PER_PAGE,
          ...(cursor ? { cursor } : {}),
          ...(leastUsdc > 0 ? { min_usdc: String(leastUsdc) } : {}),
        },
      },
      signal,
    }),
  );
  return {
    trades: data,
    nextCursor: metadata.next_cursor,
    completeFrom: metadata.complete_from ?? null,
    completeTo: metadata.complete_to ?? null,
  };
}

/** The newest trades; the stream adds to them. */
export function tradeTape(marketId: string, leastUsdc: number) {
  return queryOptions<Tape>({
    queryKey: marketKeys.tape(marketId, leastUsdc),
    refetchInterval: TAPE_REFRESH_MS,
    queryFn: async ({ client, queryKey, signal }) => {
      const page = await fetchTrades(marketId, leastUsdc, null, signal);
      return withFirstPage(client.getQueryData<Tape>(queryKey), page);
    },
  });
}

/** Bars, and the range that was asked for. */
export interface RangedBars extends Ohlc {
  range: ChartRange;
}

/** The bars of one outcome. */
export function priceBars(marketId: string, range: ChartRange, interval: Interval, outcome: number) {
  return queryOptions<RangedBars>({
    queryKey: marketKeys.chart(marketId, range, interval, outcome),
    refetchInterval: CHART_REFRESH_MS,
    queryFn: async ({ signal }) => {
      const { data } = await unwrap<Ohlc, ItemMetadata>(
        api.GET("/api/polymarket/ohlc/{id}", {
          params: { path: { id: marketId }, query: { interval, range, outcome } },
          signal,
        }),
      );
      return { ...data, range };
    },
  });
}

/** What has happened to the market itself. */
export function statusTimeline(marketId: string) {
  return queryOptions<TimelineEntry[]>({
    queryKey: marketKeys.timeline(marketId),
    queryFn: async ({ signal }) =>
      (
        await unwrap<TimelineEntry[], ItemMetadata>(
          api.GET("/api/polymarket/markets/{id}/timeline", {
            params: { path: { id: marketId } },
            signal,
          }),
        )
      ).data,
  });
}

/** Who holds each outcome. */
export function marketHolders(marketId: string) {
  return queryOptions<Answer<Holders, ItemMetadata>>({
    queryKey: marketKeys.holders(marketId),
    refetchInterval: HOLDERS_REFRESH_MS,
    queryFn: ({ signal }) =>
      unwrap<Holders, ItemMetadata>(
        api.GET("/api/polymarket/holders", {
          params: { query: { market: marketId, limit: HOLDERS_LIMIT } },
          signal,
        }),
      ),
  });
}
