import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { ErrorState, State } from "../components/State.tsx";
import { parseSearch, stringifySearch, type UrlSearch } from "../lib/urlSearch.ts";
import { Shell } from "./Shell.tsx";

/** The address keeps its parameters as text; each page reads them with its own schema. */
const asText = (search: Record<string, unknown>): UrlSearch => search as UrlSearch;

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => (
    <main className="main page" id="main">
      <State title="There is no such page">
        <p>
          <a className="chip primary" href="/markets">
            Open the screener
          </a>
        </p>
      </State>
    </main>
  ),
  errorComponent: ({ error, reset }) => <ErrorState error={error} retry={reset} />,
});

const index = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/markets", replace: true });
  },
});

const markets = createRoute({
  getParentRoute: () => root,
  path: "/markets",
  validateSearch: asText,
  component: lazyRouteComponent(() => import("./ScreenerRoute.tsx"), "ScreenerRoute"),
});

const market = createRoute({
  getParentRoute: () => root,
  path: "/markets/$marketId",
  component: lazyRouteComponent(() => import("../features/market/MarketPage.tsx"), "MarketPage"),
});

const events = createRoute({
  getParentRoute: () => root,
  path: "/events",
  validateSearch: asText,
  component: lazyRouteComponent(() => import("../features/events/EventsPage.tsx"), "EventsPage"),
});

const event = createRoute({
  getParentRoute: () => root,
  path: "/events/$eventSlug",
  component: lazyRouteComponent(() => import("../features/events/EventPage.tsx"), "EventPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([index, markets, market, events, event]),
  parseSearch,
  stringifySearch,
  defaultPendingMs: 300,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
