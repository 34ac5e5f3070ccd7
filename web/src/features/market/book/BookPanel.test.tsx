import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { MarketDetail, OrderBook } from "../../../lib/apiTypes.ts";
import { feedStatus } from "../../../lib/feed.ts";
import { marketKeys } from "../keys.ts";
import { BookPanel } from "./BookPanel.tsx";
import { withTotals } from "./ladder.ts";

const market = { market_id: "7", outcomes: ["Yes", "No"], tick_size: 0.01 } as unknown as MarketDetail;
const book: OrderBook = {
  market_id: "7",
  outcome: 0,
  token_id: "1",
  state: "live",
  state_cause: null,
  as_of: new Date().toISOString(),
  age_ms: 300,
  source: "stream",
  bids: withTotals([{ price: 0.44, shares: 100 }]),
  asks: withTotals([{ price: 0.46, shares: 250 }]),
  best_bid: 0.44,
  best_ask: 0.46,
  mid: 0.45,
  spread: 0.02,
  spread_bps: 444,
  depth: { bid_1c: null, ask_1c: null, bid_5c: null, ask_5c: null },
  imbalance: null,
  tick_size: 0.01,
  min_order_size: 5,
  last_trade_price: null,
};

function show(shown: OrderBook, outcome = 0): HTMLElement {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } });
  client.setQueryData(marketKeys.book("7"), shown);
  return render(
    <QueryClientProvider client={client}>
      <BookPanel market={market} outcome={outcome} onOutcome={vi.fn()} />
    </QueryClientProvider>,
  ).container;
}

const stateOf = (panel: HTMLElement) => panel.querySelector<HTMLElement>(".booked")?.dataset.state;
const badgeOf = (panel: HTMLElement) => panel.querySelector(".bstate")?.textContent;
const pricesOf = (panel: HTMLElement) =>
  [...panel.querySelectorAll(":is(.ask, .bid) td:first-child")].map((cell) => cell.textContent);

describe("the order book on screen", () => {
  afterEach(() => {
    cleanup();
    feedStatus.set({ state: "idle", since: 0 });
  });

  it("is live with its age, asks above bids", () => {
    feedStatus.set({ state: "live", since: 0 });
    const panel = show(book);
    expect([stateOf(panel), badgeOf(panel)]).toEqual(["live", "live · 0.3 s"]);
    expect(pricesOf(panel)).toEqual(["46.0¢", "44.0¢"]);
    expect(screen.getByText("mid").textContent).toContain("45.0¢");
  });

  it("does not look live once the stream to the page is lost", () => {
    feedStatus.set({ state: "lost", since: 0 });
    const panel = show(book);
    expect(stateOf(panel)).toBe("stale");
    expect(badgeOf(panel)).toMatch(/^stale · stream to this page lost/);
  });

  it("names the cause of a gap", () => {
    const panel = show({ ...book, state: "gap", state_cause: "missed_deltas", age_ms: 95_000 });
    expect([stateOf(panel), badgeOf(panel)]).toEqual(["gap", "gap · missed deltas · 1 min"]);
  });

  it("says that a side is empty rather than drawing a price", () => {
    const panel = show({ ...book, asks: [], best_ask: null, mid: null, spread: null, spread_bps: null });
    expect(pricesOf(panel)).toEqual(["44.0¢"]);
    expect(screen.getByText("no asks")).toBeTruthy();
    expect(screen.getByText("mid").textContent).toContain("—");
    expect(panel.textContent).not.toContain("NaN");
  });

  it("is empty of numbers while nothing is known", () => {
    const unknown = { ...book, state: "unknown", bids: [], asks: [], age_ms: null } as const;
    const panel = show({ ...unknown, bids: [], asks: [], mid: null });
    expect(panel.textContent).toContain("No book has been received");
    expect(pricesOf(panel)).toEqual([]);
  });

  it("shows nothing of a book that is another's", () => {
    const panel = show({ ...book, state: "gap", state_cause: "ghost", bids: [], asks: [], mid: null });
    expect(badgeOf(panel)).toContain("gap · ghost");
    expect(panel.textContent).toContain("not this market's");
    expect(panel.textContent).not.toContain("no bids");
    expect(pricesOf(panel)).toEqual([]);
  });

  it("shows the other outcome as its mirror image", () => {
    expect(pricesOf(show(book, 1))).toEqual(["56.0¢", "54.0¢"]);
  });
});
