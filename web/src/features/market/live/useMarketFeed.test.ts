import { QueryClient } from "@tanstack/react-query";
import { describe, expect, it, vi } from "vitest";
import type { OrderBook } from "../../../lib/apiTypes.ts";
import { type FeedEvent, parseFeedEvent } from "../../../lib/feedEvents.ts";
import { marketKeys } from "../keys.ts";
import type { Tape } from "../tape/tape.ts";
import { applyEvents, newerBook } from "./useMarketFeed.ts";

function event(kind: FeedEvent["kind"], data: object): FeedEvent {
  const parsed = parseFeedEvent(kind, JSON.stringify({ market_id: "7", ...data }));
  if (parsed === null) throw new Error(`not an event: ${kind}`);
  return parsed;
}
const book = (as_of: string | null, state = "live") =>
  ({ market_id: "7", as_of, state, bids: [], asks: [] }) as unknown as OrderBook;
const trade = (id: string, usdc: number) =>
  event("trade", { trade_id: id, price: 0.5, shares: usdc * 2, usdc, traded_at: "2026-01-01T00:00:00Z" });

describe("events of the stream", () => {
  it("reach the queries of their market and no other", () => {
    const client = new QueryClient();
    const onTrades = vi.fn();
    applyEvents(
      client,
      "7",
      [event("price", { state: "live", price: 0.4 }), event("price", { market_id: "8", state: "live" })],
      onTrades,
    );
    expect(client.getQueryData(marketKeys.price("7"))).toMatchObject({ price: 0.4 });
    expect(client.getQueryData(marketKeys.price("8"))).toBeUndefined();
    expect(onTrades).not.toHaveBeenCalled();
  });

  it("fill every tape with the trades it wants, and create none", () => {
    const client = new QueryClient();
    client.setQueryData<Tape>(marketKeys.tape("7", 0), {
      trades: [],
      nextCursor: null,
      completeFrom: null,
      completeTo: null,
    });
    client.setQueryData<Tape>(marketKeys.tape("7", 100), {
      trades: [],
      nextCursor: null,
      completeFrom: null,
      completeTo: null,
    });
    const onTrades = vi.fn();
    applyEvents(client, "7", [trade("small", 20), trade("big", 200)], onTrades);
    const ids = (least: number) =>
      client.getQueryData<Tape>(marketKeys.tape("7", least))?.trades.map(({ trade_id }) => trade_id);
    expect(ids(0)).toEqual(["big", "small"]);
    expect(ids(100)).toEqual(["big"]);
    expect(ids(1_000)).toBeUndefined();
    expect(onTrades).toHaveBeenCalledOnce();
  });

  it("ask for everything again after a reset", () => {
    const client = new QueryClient();
    client.setQueryData(marketKeys.book("7"), book(null));
    applyEvents(client, "7", [{ kind: "reset", data: { reason: "lagged" } }], vi.fn());
    expect(client.getQueryState(marketKeys.book("7"))?.isInvalidated).toBe(true);
  });
});

describe("a book of the stream", () => {
  const shown = book("2026-01-01T00:00:05Z");

  it("replaces an older one and is ignored when a fetch has overtaken it", () => {
    const newer = book("2026-01-01T00:00:06Z");
    const older = book("2026-01-01T00:00:04Z");
    expect(newerBook(shown, newer)).toBe(newer);
    expect(newerBook(shown, older)).toBe(shown);
  });

  it("always counts when it says that it is no longer live", () => {
    const gap = book("2026-01-01T00:00:04Z", "gap");
    expect(newerBook(shown, gap)).toBe(gap);
    expect(newerBook(undefined, gap)).toBe(gap);
  });
});
