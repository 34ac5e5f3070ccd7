import { describe, expect, it } from "vitest";
import type { TradeRow } from "../../../lib/apiTypes.ts";
import { cameSince, KEPT_TRADES, type Tape, withFirstPage, withOlder, withTrades } from "./tape.ts";

function trade(id: string, second: number): TradeRow {
  return {
    trade_id: id,
    market_id: "7",
    confirmed: true,
    traded_at: new Date(second * 1_000).toISOString(),
    outcome: 0,
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
const tape: Tape = {
  trades: [trade("b", 2), trade("a", 1)],
  nextCursor: "older",
  completeFrom: null,
  completeTo: null,
};

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

  it("lets what was heard give way to its confirmation, one for one", () => {
    const heard = withTrades({ trades: [], nextCursor: null, completeFrom: null, completeTo: null }, [
      { ...trade("heard 1", 5), confirmed: false },
      { ...trade("heard 2", 5), confirmed: false },
    ]);
    const once = withTrades(heard, [{ ...trade("0xabc", 6), confirmed: true }]);
    expect(ids(once).toSorted()).toEqual(["0xabc", "heard 1"]);
    const twice = withTrades(once, [{ ...trade("0xdef", 6), confirmed: true }]);
    expect(ids(twice).toSorted()).toEqual(["0xabc", "0xdef"]);
    expect(ids(withTrades(twice, [{ ...trade("0x123", 7), confirmed: true }]))).toHaveLength(3);
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

  it("takes the newest page for true, keeps what lies below it and what came since", () => {
    const long: Tape = {
      trades: [trade("since", 9), trade("wrong", 4), trade("b", 3), trade("a", 2), trade("old", 1)],
      nextCursor: "deep",
      completeFrom: null,
      completeTo: null,
    };
    const page: Tape = {
      trades: [trade("c", 4), trade("b", 3), trade("a", 2)],
      nextCursor: "next",
      completeFrom: null,
      completeTo: null,
    };
    expect(withFirstPage(long, page)).toEqual({
      trades: [trade("since", 9), ...page.trades, trade("old", 1)],
      nextCursor: "deep",
      completeFrom: null,
      completeTo: null,
    });
    expect(withFirstPage(undefined, page)).toBe(page);
  });

  it("does not join what may have a hole between", () => {
    const page: Tape = {
      trades: [trade("far", 90)],
      nextCursor: "next",
      completeFrom: null,
      completeTo: null,
    };
    expect(withFirstPage(tape, page)).toEqual(page);
  });

  it("counts what came while it was paused", () => {
    expect(cameSince(tape.trades, tape.trades)).toBe(0);
    expect(cameSince(tape.trades, withTrades(tape, [trade("c", 3), trade("late", 1)]).trades)).toBe(1);
    expect(cameSince([], tape.trades)).toBe(2);
  });
});
