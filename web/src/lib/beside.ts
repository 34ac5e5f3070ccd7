import { place } from "./navigation.ts";
import { parseSearch, stringifySearch } from "./urlSearch.ts";

/** The present page with a wallet at its side; without one, the page alone. */
export function besideHref(wallet: string | undefined): string {
  const { path, queryString } = place.get();
  return `${path}${stringifySearch({ ...parseSearch(queryString), wallet })}`;
}
