import { stringifySearch } from "../../lib/urlSearch.ts";
import { type Screen, screenToQuery, screenToSearch } from "./screen.ts";

/** The screener's address of a screen. */
export function hrefOf(screen: Screen): string {
  return `/markets${stringifySearch(screenToSearch(screen))}`;
}

/** Where the whole result of a screen is to be had as CSV. */
export function csvHrefOf(screen: Screen): string {
  return `/api/polymarket/markets.csv${stringifySearch(screenToQuery(screen))}`;
}
