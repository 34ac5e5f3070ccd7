import { expect, it } from "vitest";
import { yesSum } from "./yesSum.ts";

it("adds open markets with a price and counts them", () => {
  const markets = [
    { status: "open", price: 0.6 },
    { status: "open", price: 0.41 },
    { status: "open", price: null },
    { status: "resolved", price: 0 },
  ] as const;
  const { sum, priced } = yesSum(markets);
  expect(sum).toBeCloseTo(1.01);
  expect(priced).toBe(2);
});

it("is nothing for no markets", () => {
  expect(yesSum([])).toEqual({ sum: 0, priced: 0 });
});
