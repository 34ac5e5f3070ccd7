import { describe, expect, it } from "vitest";
import type { ClosedPosition } from "../../../lib/apiTypes.ts";
import { entryExitOf } from "./entryExit.ts";

const position = (change: Partial<ClosedPosition>) =>
  ({
    market: { title: "Rain", outcome: "Yes", token_id: "1", condition_id: "0x" },
    avg_price: 0.4,
    total_usdc: 60,
    bought_shares: 100,
    doubts: [],
    closed_at: null,
    ...change,
  }) as unknown as ClosedPosition;

describe("entry against exit", () => {
  it("is the cost and what came back, a share", () => {
    expect(entryExitOf(position({}))).toMatchObject({ title: "Rain: Yes", entry: 0.4, exit: 1, cost: 40 });
    expect(entryExitOf(position({ total_usdc: -40 }))?.exit).toBeCloseTo(0);
  });

  it("draws nothing that is unknown, doubted or no price", () => {
    expect(entryExitOf(position({ total_usdc: null }))).toBeNull();
    expect(entryExitOf(position({ bought_shares: 0 }))).toBeNull();
    expect(entryExitOf(position({ avg_price: -0.2 }))).toBeNull();
    expect(entryExitOf(position({ total_usdc: 90 }))).toBeNull();
    expect(entryExitOf(position({ doubts: ["oversold"] }))).toBeNull();
  });
});
