import { describe, expect, it } from "vitest";
import { feedAddress, retryDelay } from "./feed.ts";
import { coalesce, type FeedEvent, parseFeedEvent } from "./feedEvents.ts";

const price = (market: string, value: number): FeedEvent => ({
  kind: "price",
  data: {
    market_id: market,
    price: value,
    best_bid: null,
    best_ask: null,
    last_trade_price: null,
    state: "live",
    at: null,
  },
});
const trade = (id: string): FeedEvent =>
  parseFeedEvent(
    "trade",
    JSON.stringify({ market_id: "1", trade_id: id, price: 0.5, shares: 3 }),
  ) as FeedEvent;
const reset: FeedEvent = { kind: "reset", data: { reason: "lagged" } };

describe("stream messages", () => {
  it("are read when they have the shape of their kind", () => {
    expect(parseFeedEvent("price", '{"market_id":"7","state":"live","price":0.4}')?.kind).toBe("price");
    expect(parseFeedEvent("reset", '{"reason":"lagged"}')?.kind).toBe("reset");
  });

  it.each([
    ["price", "not json"],
    ["price", "null"],
    ["price", '{"price":0.4}'],
    ["book", '{"market_id":"7","state":"live","bids":[]}'],
    ["trade", '{"market_id":"7","trade_id":"a","price":"0.4","shares":1}'],
  ] as const)("of kind %s that say %s are left out", (kind, text) => {
    expect(parseFeedEvent(kind, text)).toBeNull();
  });
});

describe("a burst", () => {
  it("keeps the newest price of each market and every trade, in order", () => {
    const kept = coalesce([price("1", 0.1), trade("a"), price("2", 0.5), price("1", 0.2), trade("b")]);
    expect(kept).toEqual([trade("a"), price("2", 0.5), price("1", 0.2), trade("b")]);
  });

  it("forgets what came before a reset", () => {
    expect(coalesce([trade("a"), reset, trade("b")])).toEqual([reset, trade("b")]);
  });
});

describe("the connection", () => {
  it("asks for the markets and kinds it is to follow", () => {
    expect(feedAddress(["12", "13"], ["price", "book"])).toBe(
      "/api/polymarket/stream?markets=12,13&kinds=price,book",
    );
  });

  it("is retried ever more rarely, up to half a minute", () => {
    expect(retryDelay(0, 0)).toBe(500);
    expect(retryDelay(0, 1)).toBe(1_000);
    expect(retryDelay(3, 1)).toBe(8_000);
    expect(retryDelay(20, 1)).toBe(30_000);
  });
});
