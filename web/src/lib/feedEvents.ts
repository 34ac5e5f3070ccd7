import type { OrderBook, PriceEvent, ResetEvent, ResolutionEvent, TradeRow } from "./apiTypes.ts";

export const FEED_KINDS = ["price", "book", "trade", "resolution"] as const;
export type FeedKind = (typeof FEED_KINDS)[number];

/** One event of the stream. `reset` also stands for what this side has missed: fetch again. */
export type FeedEvent =
  | { kind: "price"; data: PriceEvent }
  | { kind: "book"; data: OrderBook }
  | { kind: "trade"; data: TradeRow }
  | { kind: "resolution"; data: ResolutionEvent }
  | { kind: "reset"; data: ResetEvent };

const CHECKS: Readonly<Record<FeedEvent["kind"], (data: Record<string, unknown>) => boolean>> = {
  price: ({ market_id, state }) => typeof market_id === "string" && typeof state === "string",
  book: ({ market_id, bids, asks, state }) =>
    typeof market_id === "string" && typeof state === "string" && Array.isArray(bids) && Array.isArray(asks),
  trade: ({ market_id, trade_id, price, shares }) =>
    typeof market_id === "string" &&
    typeof trade_id === "string" &&
    typeof price === "number" &&
    typeof shares === "number",
  resolution: ({ market_id }) => typeof market_id === "string",
  reset: () => true,
};

/** The event in a message of the stream, or null when it is not one that is understood. */
export function parseFeedEvent(kind: FeedEvent["kind"], text: string): FeedEvent | null {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof data !== "object" || data === null) return null;
  return CHECKS[kind](data as Record<string, unknown>) ? ({ kind, data } as unknown as FeedEvent) : null;
}

/**
 * What is left to apply of a burst: of a market's prices and books only the newest counts, every trade and resolution
 * does, and a reset makes everything before it moot.
 */
export function coalesce(events: readonly FeedEvent[]): FeedEvent[] {
  const lastReset = events.findLastIndex(({ kind }) => kind === "reset");
  const rest = events.slice(Math.max(0, lastReset));
  const newest = new Map<string, FeedEvent>();
  for (const event of rest) {
    if (event.kind === "price" || event.kind === "book")
      newest.set(`${event.kind} ${event.data.market_id}`, event);
  }
  return rest.filter(
    (event) =>
      (event.kind !== "price" && event.kind !== "book") ||
      newest.get(`${event.kind} ${event.data.market_id}`) === event,
  );
}
