import { describe, expect, it } from "vitest";
import type { OrderBook } from "../../../lib/apiTypes.ts";
import { depthCurve, ladder, mirroredBook, sharesTo, withTotals } from "./ladder.ts";

const book: OrderBook = {
  market_id: "1",
  outcome: 0,
  token_id: "77",
  state: "live",
  state_cause: null,
  as_of: "2026-01-01T00:00:00Z",
  age_ms: 300,
  source: "stream",
  bids: withTotals([
    { price: 0.44, shares: 100 },
    { price: 0.43, shares: 300 },
    { price: 0.1, shares: 10 },
  ]),
  asks: withTotals([
    { price: 0.45, shares: 200 },
    { price: 0.47, shares: 50 },
  ]),
  best_bid: 0.44,
  best_ask: 0.45,
  mid: 0.445,
  spread: 0.01,
  spread_bps: 224.7,
  depth: { bid_1c: 44, ask_1c: 90, bid_5c: 173, ask_5c: 113.5 },
  imbalance: 0.2,
  tick_size: 0.01,
  min_order_size: 5,
  last_trade_price: 0.45,
};

describe("the ladder", () => {
  it("stands with the best prices beside each other", () => {
    const { asks, bids, hiddenAsks, hiddenBids } = ladder(book, 2);
    expect(asks.map((row) => row.price)).toEqual([0.47, 0.45]);
    expect(bids.map((row) => row.price)).toEqual([0.44, 0.43]);
    expect([hiddenAsks, hiddenBids]).toEqual([0, 1]);
  });

  it("measures every row against the deepest of both sides", () => {
    const { asks, bids } = ladder(book, 2);
    expect(bids[1]?.totalUsdc).toBeCloseTo(173);
    expect(bids[1]?.depthShare).toBe(1);
    expect(asks[0]?.depthShare).toBeCloseTo(113.5 / 173);
  });

  it("of an empty book is empty, not broken", () => {
    expect(ladder({ bids: [], asks: [] }, 8)).toEqual({ asks: [], bids: [], hiddenAsks: 0, hiddenBids: 0 });
  });
});

describe("the other outcome's book", () => {
  const other = mirroredBook(book);

  it("offers at one less the bid, exactly, with its own dollars", () => {
    expect(other.asks.map((level) => level.price)).toEqual([0.56, 0.57, 0.9]);
    expect(other.bids.map((level) => level.price)).toEqual([0.55, 0.53]);
    expect(other.asks[1]?.total_usdc).toBeCloseTo(0.56 * 100 + 0.57 * 300);
    expect([other.best_bid, other.best_ask, other.outcome]).toEqual([0.55, 0.56, 1]);
  });

  it("leans the other way and claims no depth it was not told", () => {
    expect(other.imbalance).toBe(-0.2);
    expect(other.depth).toBeNull();
  });

  it("mirrored again is the first", () => {
    expect(mirroredBook(other).bids).toEqual(book.bids);
  });
});

describe("the depth curve", () => {
  it("leaves out the far tail and counts shares from the middle", () => {
    const curve = depthCurve(book);
    expect(curve?.from).toBeCloseTo(0.395);
    expect(curve?.bids).toEqual([
      { price: 0.44, shares: 100 },
      { price: 0.43, shares: 400 },
    ]);
    expect(curve?.top).toBe(400);
    if (curve === null) throw new Error("no curve");
    expect(sharesTo(curve, 0.435, 0.445)).toBe(100);
    expect(sharesTo(curve, 0.42, 0.445)).toBe(400);
    expect(sharesTo(curve, 0.446, 0.445)).toBe(0);
    expect(sharesTo(curve, 0.48, 0.445)).toBe(250);
  });

  it("is unknown while a side is empty", () => {
    expect(depthCurve({ ...book, asks: [], mid: null })).toBeNull();
  });
});
