import { useMemo } from "react";
import { createStore, useStore } from "./store.ts";
import { parseSearch, type UrlSearch } from "./urlSearch.ts";

/** Where the reader is. */
export interface Place {
  path: string;
  /** The query string with its `?`, or empty. */
  queryString: string;
  /** Reached by the browser's back or forward: the page may restore where the reader was in it. */
  isReturn: boolean;
}

function currentPlace(isReturn: boolean): Place {
  return { path: window.location.pathname, queryString: window.location.search, isReturn };
}

/** The present address. Everything a page shows that a link should carry is in it. */
export const place = createStore<Place>(currentPlace(false));

let moved = false;

/** Whether the reader has moved within the terminal since the page was loaded. */
export function hasMoved(): boolean {
  return moved;
}

place.subscribe(() => {
  moved = true;
});
window.addEventListener("popstate", () => place.set(currentPlace(true)));

/** Goes to an address of the terminal; with `replace`, without a new step in the history. */
export function go(href: string, replace = false): void {
  const isHere = href === window.location.pathname + window.location.search;
  if (replace || isHere) window.history.replaceState(null, "", href);
  else window.history.pushState(null, "", href);
  if (!isHere) place.set(currentPlace(false));
}

export function usePlace(): Place {
  return useStore(place);
}

/** The parameters of a query string, the same object for the same text. */
export function useParsedSearch(queryString: string): UrlSearch {
  return useMemo(() => parseSearch(queryString), [queryString]);
}

/** What every page receives: the variable part of its path and its parameters. */
export interface PageProps {
  /** Identifier in the path, empty for pages without one. */
  id: string;
  search: UrlSearch;
}
