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
    | "whales"
    | "insiders"
    | "signals"
    | "signal"
    | "scores"
    | "score"
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
  const { prime } = ScreenerPage;
  return Object.assign(({ search }: PageProps) => <ScreenerPage search={search} Panel={SidePanel} />, {
    prime,
  });
});
const market = route("market", async () => (await import("../features/market/MarketPage.tsx")).MarketPage);
const events = route("events", async () => (await import("../features/events/EventsPage.tsx")).EventsPage);
const event = route("event", async () => (await import("../features/events/EventPage.tsx")).EventPage);
const map = route("map", async () => (await import("../features/map/MapPage.tsx")).MapPage);
const categories = route(
  "categories",
  async () => (await import("../features/categories/CategoriesPage.tsx")).CategoriesPage,
);
/** Wallets with those that are followed among them. */
const wallets = route("wallets", async () => {
  const [{ WalletsPage }, { FollowedList }] = await Promise.all([
    import("../features/wallet/WalletsPage.tsx"),
    import("../features/follow/FollowedList.tsx"),
  ]);
  const { prime } = WalletsPage;
  return Object.assign(
    ({ search }: PageProps) => <WalletsPage search={search} followed={<FollowedList />} />,
    { prime },
  );
});
const wallet = route("wallet", async () => (await import("../features/wallet/WalletPage.tsx")).WalletPage);
const compare = route(
  "compare",
  async () => (await import("../features/wallet/ComparePage.tsx")).ComparePage,
);
const whales = route("whales", async () => (await import("../features/whales/WhalesPage.tsx")).WhalesPage);
const insiders = route(
  "insiders",
  async () => (await import("../features/insiders/InsidersPage.tsx")).InsidersPage,
);
const signals = route(
  "signals",
  async () => (await import("../features/signals/SignalsPage.tsx")).SignalsPage,
);
const signal = route("signal", async () => (await import("../features/signals/SignalPage.tsx")).SignalPage);
const scores = route("scores", async () => (await import("../features/scores/ScoresPage.tsx")).ScoresPage);
const score = route("score", async () => (await import("../features/scores/ScorePage.tsx")).ScorePage);
const none = route("none", async () => (await import("./NotFoundPage.tsx")).NotFoundPage);

/** The page of an area, and that of one thing in it. */
const AREAS: ReadonlyMap<string, readonly [Route, Route?]> = new Map<string, readonly [Route, Route?]>([
  ["markets", [markets, market]],
  ["events", [events, event]],
  ["wallets", [wallets, wallet]],
  ["map", [map]],
  ["categories", [categories]],
  ["whales", [whales]],
  ["insiders", [insiders]],
  ["signals", [signals, signal]],
  ["scores", [scores, score]],
]);

/** The route of a path and the identifier in it. */
export function matchRoute(path: string): { route: Route; id: string } {
  const [area = "", id, ...more] = path.split("/").filter(Boolean);
  const pages = more.length === 0 ? AREAS.get(area) : undefined;
  if (id === undefined) return { route: pages?.[0] ?? none, id: "" };
  if (area === "wallets" && id === "compare" && pages) return { route: compare, id: "" };
  return pages?.[1] ? { route: pages[1], id: decoded(id) } : { route: none, id: "" };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
