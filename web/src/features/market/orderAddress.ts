import type { Side } from "../../lib/apiTypes.ts";
import type { UrlSearch } from "../../lib/urlSearch.ts";
import type { Order } from "./live/liveQueries.ts";

/** What is tried on the book unless the address says otherwise. */
const DEFAULT_SIZE = "100";
const LONGEST = 15;

/** An order as the calculator's fields hold it: the size as it was typed. */
export interface TriedOrder {
  side: Side;
  size: string;
  unit: Order["unit"];
}

/** The order of an address; what it does not say, or says wrongly, is the default. A size stays as it is written. */
export function parseTriedOrder(search: UrlSearch): TriedOrder {
  return {
    side: search.side === "sell" ? "sell" : "buy",
    size: (search.size ?? DEFAULT_SIZE).slice(0, LONGEST),
    unit: search.unit === "shares" ? "shares" : "usdc",
  };
}

/** The parameters of an address with this order; defaults are left out and other parameters stay. */
export function orderSearch(search: UrlSearch, { side, size, unit }: TriedOrder): UrlSearch {
  const { side: _side, size: _size, unit: _unit, ...others } = search;
  return {
    ...others,
    ...(side === "sell" ? { side } : {}),
    ...(size === DEFAULT_SIZE ? {} : { size }),
    ...(unit === "shares" ? { unit } : {}),
  };
}
