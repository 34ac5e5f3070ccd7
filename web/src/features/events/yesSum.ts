import type { MarketRow } from "../../lib/apiTypes.ts";

/** Sum of the first outcome's price over the open markets that have one, and how many those are. */
export function yesSum(markets: readonly Pick<MarketRow, "status" | "price">[]): {
  sum: number;
  priced: number;
} {
  const prices = markets.flatMap(({ status, price }) => (status === "open" && price !== null ? [price] : []));
  return { sum: prices.reduce((total, price) => total + price, 0), priced: prices.length };
}
