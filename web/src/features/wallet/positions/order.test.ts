import { describe, expect, it } from "vitest";
import type { WalletPosition } from "../../../lib/apiTypes.ts";
import { sortedPositions } from "./order.ts";

const position = (value_usdc: number | null, last_at: string | null) =>
  ({ value_usdc, total_usdc: null, last_at }) as unknown as WalletPosition;

describe("the order of positions", () => {
  const all = [
    position(null, null),
    position(1, "2026-01-02T00:00:00Z"),
    position(-5, "2026-01-03T00:00:00Z"),
  ];

  it("has the largest first and the unknown last", () => {
    expect(sortedPositions(all, "value").map(({ value_usdc }) => value_usdc)).toEqual([1, -5, null]);
    expect(sortedPositions(all, "recent").map(({ value_usdc }) => value_usdc)).toEqual([-5, 1, null]);
  });

  it("leaves what is all unknown as it is", () => {
    expect(sortedPositions(all, "total")).toEqual(all);
  });
});
