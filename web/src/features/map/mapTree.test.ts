import { describe, expect, it } from "vitest";
import type { MarketRow } from "../../lib/apiTypes.ts";
import { mapTree, strength } from "./mapTree.ts";

function market(id: string, category: string | null, volume: number | null, change: number | null) {
  return { market_id: id, category, volume_24h: volume, change_24h: change, change_1h: null } as MarketRow;
}

describe("the map", () => {
  const tree = mapTree(
    [
      market("a", "sports", 10, 0.1),
      market("b", null, 5, null),
      market("c", "politics", 100, -0.02),
      market("d", "sports", 30, 0),
      market("e", "sports", 0, 0.5),
      market("f", "sports", null, 0.5),
    ],
    "24h",
  );

  it("groups by category, the most traded first", () => {
    expect(tree.branches.map(({ category, volume }) => [category, volume])).toEqual([
      ["politics", 100],
      ["sports", 40],
      ["unknown", 5],
    ]);
    expect(tree.branches[1]?.leaves.map(({ market: { market_id } }) => market_id)).toEqual(["d", "a"]);
  });

  it("counts what has no area", () => {
    expect([tree.shown, tree.untraded]).toEqual([4, 2]);
  });
});

describe("the colour of a change", () => {
  it("is full at the end of its period's scale and stays so beyond", () => {
    expect(strength(0.05, "24h")).toBe(0.5);
    expect(strength(-0.4, "24h")).toBe(-1);
    expect(strength(0.05, "1h")).toBe(1);
  });

  it("of an unknown change is none", () => {
    expect(strength(null, "7d")).toBeNull();
  });
});
