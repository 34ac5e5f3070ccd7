import { go, place } from "../../lib/navigation.ts";
import { parseSearch, stringifySearch } from "../../lib/urlSearch.ts";

/** Changes parameters of the present address in place; undefined takes one out. */
export function changeSearch(change: Readonly<Record<string, string | undefined>>): void {
  const { path, queryString } = place.get();
  go(`${path}${stringifySearch({ ...parseSearch(queryString), ...change })}`, true);
}

/** The page that says what the figures mean. */
export const GUIDE = "/docs/pnl";

/** Wallets that are compared at most: more columns than that are not read beside each other. */
export const MOST_COMPARED = 4;

/** The wallets of `?w=a,b` or `?w=a&w=b`, each once. */
export function comparedOf(w: string | undefined): string[] {
  const wallets = (w ?? "")
    .split(",")
    .map((wallet) => wallet.trim())
    .filter(Boolean);
  const seen = new Set<string>();
  return wallets.filter((wallet) => {
    const key = wallet.toLowerCase();
    return !seen.has(key) && seen.add(key);
  });
}

export const walletHref = (id: string) => `/wallets/${encodeURIComponent(id)}`;

/** The address that compares these wallets. */
export const compareHref = (wallets: readonly string[]) =>
  `/wallets/compare${stringifySearch({ w: wallets.join(",") })}`;
