import { describe, expect, it } from "vitest";
import type { PriceEvent } from "./apiTypes.ts";
import { shownPrices } from "./livePrice.ts";

const market = {
  outcome_prices: [0.4, 0.6],
  best_bid: 0.39,
  best_ask: 0.41,
  observed_at: "2026-01-01T00:00:00Z",
  resolution: null,
};
const event: PriceEvent = {
  market_id: "1",
  price: 0.45,
  best_bid: 0.44,
  best_ask: 0.46,
  last_trade_price: 0.45,
  state: "live",
  at: "2025-12-31T23:00:00Z",
};

describe("the prices in the header", () => {
  it("are the catalogue's until the stream has said something", () => {
    expect(shownPrices(market, undefined, "live")).toMatchObject({ prices: [0.4, 0.6], source: "catalogue" });
  });

  it("follow a live stream, even of a market whose price is old", () => {
    const shown = shownPrices(market, event, "live");
    expect(shown.source).toBe("live");
    expect(shown.prices[0]).toBe(0.45);
    expect(shown.prices[1]).toBeCloseTo(0.55);
  });

  it("fall back to the newer source when the stream is lost", () => {
    expect(shownPrices(market, event, "lost").source).toBe("catalogue");
    expect(shownPrices(market, { ...event, at: "2026-01-01T00:00:05Z" }, "lost").source).toBe("stale");
    expect(shownPrices(market, { ...event, state: "gap" }, "live").source).toBe("catalogue");
  });

  it("never show an unknown price as a number, nor move a resolved one", () => {
    expect(shownPrices(market, { ...event, price: null }, "live").source).toBe("catalogue");
    const resolution = { basis: "uma", outcome: "Yes", outcome_index: 0, payouts: [1, 0] };
    const resolved = { ...market, resolution } as unknown as Parameters<typeof shownPrices>[0];
    expect(shownPrices(resolved, event, "live").source).toBe("catalogue");
  });
});
