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

/** What `acts` in the page's address may say. */
export const ACTS = { others: "others" } as const;

/** Everything that is no trade, in the API's words. */
const OTHERS =
  "split,merge,redeem,conversion,reward,maker_rebate,taker_rebate,referral_reward,yield,tip,deposit,withdrawal";

/** What the page's address narrows the activity by. */
export function kindsOf(search: UrlSearch): ActivityFilter {
  return search.acts === ACTS.others ? { kinds: OTHERS } : {};
}
