import { describe, expect, it } from "vitest";
import type { TradeRow } from "../../../lib/live-contract.ts";
import { KEPT_TRADES, newerThan, type Tape, withOlder, withTrades } from "./tape.ts";

function trade(id: string, second: number): TradeRow {
  return {
    trade_id: id,
    traded_at: new Date(second * 1_000).toISOString(),
    outcome: 0,
    outcome_label: "Yes",
    side: "buy",
    price: 0.5,
    shares: 10,
    usdc: 5,
    wallet: null,
    name: null,
    transaction_hash: null,
    canonical_price: 0.5,
  };
}
const ids = (tape: Tape) => tape.trades.map(({ trade_id }) => trade_id);
const tape: Tape = { trades: [trade("b", 2), trade("a", 1)], nextCursor: "older" };

describe("the tape", () => {
  it("takes new trades on top, once", () => {
    expect(ids(withTrades(tape, [trade("c", 3), trade("b", 2), trade("c", 3)]))).toEqual(["c", "b", "a"]);
  });

  it("is the very same object when nothing is new", () => {
    expect(withTrades(tape, [trade("a", 1)])).toBe(tape);
  });

  it("puts a late trade where it belongs and keeps each fill of one second", () => {
    expect(ids(withTrades(tape, [trade("late", 1), trade("x", 2), trade("y", 2)]))).toEqual([
      "y",
      "x",
      "b",
      "late",
      "a",
    ]);
  });

  it("holds so many and then no longer offers what it cannot continue", () => {
    const many = Array.from({ length: KEPT_TRADES }, (_, index) => trade(`n${index}`, 10 + index));
    const full = withTrades(tape, many);
    expect(full.trades).toHaveLength(KEPT_TRADES);
    expect(full.nextCursor).toBeNull();
  });

  it("continues downwards without repeating the overlap", () => {
    const more = withOlder(tape, [trade("a", 1), trade("z", 0)], null);
    expect(ids(more)).toEqual(["b", "a", "z"]);
    expect(more.nextCursor).toBeNull();
  });

  it("counts what came while it was paused", () => {
    expect(newerThan(tape.trades, "b")).toBe(0);
    expect(newerThan(withTrades(tape, [trade("c", 3)]).trades, "b")).toBe(1);
    expect(newerThan(tape.trades, "gone")).toBe(2);
  });
});
