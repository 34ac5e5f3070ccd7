import type { UrlSearch } from "../../../lib/urlSearch.ts";
import type { ActivityFilter } from "../walletQueries.ts";

export const SIDES = [
  { value: "", label: "all" },
  { value: "buy", label: "buys" },
  { value: "sell", label: "sells" },
] as const;

export const LEAST = [
  { value: "", label: "any size" },
  { value: "100", label: "≥ $100" },
  { value: "1000", label: "≥ $1k" },
  { value: "10000", label: "≥ $10k" },
] as const;

type Side = (typeof SIDES)[number]["value"];
type Least = (typeof LEAST)[number]["value"];

/** What the page's address narrows trades by, as the API reads it; what it does not offer is left out. */
export function filterOf(search: UrlSearch): ActivityFilter & { side?: Side; min_usdc?: Least } {
  const side = SIDES.find(({ value }) => value !== "" && value === search.side)?.value;
  const least = LEAST.find(({ value }) => value !== "" && value === search.min)?.value;
  return { ...(side ? { side } : {}), ...(least ? { min_usdc: least } : {}) };
}
