import { describe, expect, it } from "vitest";
import { type BoardSpec, boardQuery, changedHref, csvHref, FILTERS, isNarrowed } from "./filters.ts";

const spec: BoardSpec = {
  path: "/api/whale/trades",
  filters: ["timeframe", "min_usdc", "score", "min_score"],
  others: ["endgame"],
  byWallets: true,
};
const wallet = { address: `0x${"1".repeat(40)}`, name: null };

describe("what the API is asked", () => {
  it("is what its route takes, and nothing else of the address", () => {
    const search = { tab: "trades", timeframe: "7d", side: "yes", endgame: "show", wallet: "0x1", why: "x" };
    expect(boardQuery(spec, search, [])).toEqual({ timeframe: "7d", endgame: "show" });
  });

  it("names a score only with its bound", () => {
    expect(boardQuery(spec, { score: "reputation" }, [])).toEqual({});
    expect(boardQuery(spec, { score: "reputation", min_score: "50" }, [])).toEqual({
      score: "reputation",
      min_score: "50",
    });
    const board: BoardSpec = { ...spec, others: ["score"] };
    expect(boardQuery(board, { score: "maker" }, [])).toEqual({ score: "maker" });
  });

  it("names the followed wallets, and is nothing without any", () => {
    expect(boardQuery(spec, { followed: "1" }, [wallet])).toEqual({ wallets: wallet.address });
    expect(boardQuery(spec, { followed: "1" }, [])).toBeNull();
    expect(boardQuery({ ...spec, byWallets: false }, { followed: "1" }, [])).toEqual({});
  });
});

describe("addresses", () => {
  it("keep other filters and leave the page and the open row", () => {
    const search = { tab: "flips", side: "yes", cursor: "abc", why: "0x1" };
    expect(changedHref("/whales", search, { tab: undefined, side: "no" })).toBe("/whales?side=no");
  });

  it("of files carry the same filters", () => {
    expect(csvHref("/api/whale/trades", { timeframe: "7d" })).toBe("/api/whale/trades.csv?timeframe=7d");
  });

  it("are narrowed by filters, not by the order or an open row", () => {
    expect(isNarrowed(spec, { sort: "value", why: "a", side: "yes" })).toBe(false);
    expect(isNarrowed(spec, { min_usdc: "5" })).toBe(true);
    expect(isNarrowed(spec, { followed: "1" })).toBe(true);
  });

  it("never offer a value twice", () => {
    for (const filter of Object.values(FILTERS)) {
      if (filter.kind !== "choice") continue;
      const values = filter.options.map(([value]) => value);
      expect(new Set(values).size).toBe(values.length);
    }
  });
});
