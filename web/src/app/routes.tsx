import type { QueryClient } from "@tanstack/react-query";
import type { ComponentType } from "react";
import type { PageProps } from "../lib/navigation.ts";
import type { UrlSearch } from "../lib/urlSearch.ts";
import { SidePanel } from "./SidePanel.tsx";

type Page = ComponentType<PageProps> & {
  /** Takes what the server wrote into the page, where the page's own chunk knows what that is. */
  prime?: (client: QueryClient, id: string, answer: unknown, search: UrlSearch) => void;
};

/** A page of the terminal and the code it needs. */
export interface Route {
  name:
    | "markets"
    | "market"
    | "events"
    | "event"
    | "map"
    | "categories"
    | "wallets"
    | "wallet"
    | "compare"
    | "none";
  /** Loads the page's code, once. */
  load(): Promise<Page>;
  /** The page, once loaded. */
  page(): Page | undefined;
}

/**
 * The code of a page that could not be had: the server is gone, or is another version by now, whose files have other
 * names. The failure is remembered, because a render that asks again would ask for ever; only the whole terminal, loaded
 * anew, knows the present names.
 */
export class MissingPart extends Error {
  constructor(cause: unknown) {
    super("A part of the terminal could not be loaded. The server may be away or may have been updated.", {
      cause,
    });
  }
}

function route(name: Route["name"], fetchPage: () => Promise<Page>): Route {
  let loading: Promise<Page> | undefined;
  let loaded: Page | undefined;
  const load = async () => {
    try {
      loaded = await fetchPage();
      return loaded;
    } catch (cause) {
      throw new MissingPart(cause);
    }
  };
  return {
    name,
    load: () => {
      loading ??= load();
      return loading;
    },
    page: () => loaded,
  };
}

/** The screener with the market feature's details at its side: features do not know each other, the app does. */
const markets = route("markets", async () => {
  const { ScreenerPage } = await import("../features/screener/ScreenerPage.tsx");
  return ({ search }: PageProps) => <ScreenerPage search={search} Panel={SidePanel} />;
});
const market = route("market", async () => (await import("../features/market/MarketPage.tsx")).MarketPage);
const events = route("events", async () => (await import("../features/events/EventsPage.tsx")).EventsPage);
const event = route("event", async () => (await import("../features/events/EventPage.tsx")).EventPage);
const map = route("map", async () => (await import("../features/map/MapPage.tsx")).MapPage);
const categories = route(
  "categories",
  async () => (await import("../features/categories/CategoriesPage.tsx")).CategoriesPage,
);
const wallets = route(
  "wallets",
  async () => (await import("../features/wallet/WalletsPage.tsx")).WalletsPage,
);
const wallet = route("wallet", async () => (await import("../features/wallet/WalletPage.tsx")).WalletPage);
const compare = route(
  "compare",
  async () => (await import("../features/wallet/ComparePage.tsx")).ComparePage,
);
const none = route("none", async () => (await import("./NotFoundPage.tsx")).NotFoundPage);

/** The route of a path and the identifier in it. */
export function matchRoute(path: string): { route: Route; id: string } {
  const [area, id, ...more] = path.split("/").filter(Boolean);
  if (more.length > 0) return { route: none, id: "" };
  if (area === "markets")
    return id === undefined ? { route: markets, id: "" } : { route: market, id: decoded(id) };
  if (area === "events")
    return id === undefined ? { route: events, id: "" } : { route: event, id: decoded(id) };
  if (area === "wallets") {
    if (id === "compare") return { route: compare, id: "" };
    return id === undefined ? { route: wallets, id: "" } : { route: wallet, id: decoded(id) };
  }
  if (id === undefined && area === "map") return { route: map, id: "" };
  if (id === undefined && area === "categories") return { route: categories, id: "" };
  return { route: none, id: "" };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
