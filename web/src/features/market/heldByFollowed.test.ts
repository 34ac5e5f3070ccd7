import { describe, expect, it } from "vitest";
import type { HolderSide } from "../../lib/apiTypes.ts";
import { heldByFollowed } from "./heldByFollowed.ts";

const ann = `0x${"a".repeat(40)}`;
const side = (outcome: number, outcome_label: string, holders: object[]) =>
  ({ outcome, outcome_label, holders }) as unknown as HolderSide;

describe("what followed wallets hold", () => {
  const sides = [
    side(0, "Yes", [
      { wallet: `0x${"A".repeat(40)}`, name: null, shares: 5 },
      { wallet: `0x${"b".repeat(40)}`, name: "Bob", shares: 90 },
    ]),
    side(1, "No", [{ wallet: ann, name: "Ann of upstream", shares: 7 }]),
  ];

  it("is of both outcomes, the largest first, under upstream's name or one's own", () => {
    expect(heldByFollowed(sides, [{ address: ann, name: "Ann" }])).toEqual([
      { wallet: ann, name: "Ann of upstream", shares: 7, outcome: 1, label: "No" },
      { wallet: `0x${"A".repeat(40)}`, name: "Ann", shares: 5, outcome: 0, label: "Yes" },
    ]);
  });

  it("is nothing of those who are not followed", () => {
    expect(heldByFollowed(sides, [])).toEqual([]);
  });
});
