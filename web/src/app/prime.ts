import type { QueryClient } from "@tanstack/react-query";
import { type CategoriesAnswer, primeCategories } from "../features/categories/primeCategories.ts";
import { type EventAnswer, primeEvent, primeEvents } from "../features/events/eventQueries.ts";
import { type MarketAnswer, primeMarket } from "../features/market/marketQueries.ts";
import { primeMarkets } from "../features/screener/marketsQuery.ts";
import type { EventRow, MarketRow } from "../lib/apiTypes.ts";
import { type Boot, navigationScreenMs } from "../lib/boot.ts";
import { noteMetadata } from "../lib/live.ts";
import { parseSearch } from "../lib/urlSearch.ts";
import type { ListWindow } from "../lib/useWindowedList.ts";
import { matchRoute } from "./routes.tsx";

/** The reply inside the page, once known to be a success; its shape is that of the page's main request. */
interface Success {
  success: true;
  data: unknown;
  metadata: unknown;
}

function isSuccess(reply: unknown): reply is Success {
  return (reply as Partial<Success> | null)?.success === true;
}

/** Gives the page's own answer to the queries that the page will ask, so that nothing is fetched twice. */
export async function prime(client: QueryClient, boot: Boot, path: string): Promise<void> {
  if (!isSuccess(boot.reply)) return;
  const { data, metadata } = boot.reply;
  noteMetadata(metadata);
  const answer: unknown = { data, metadata, screenMs: navigationScreenMs() };
  const search = parseSearch(boot.query_string);
  const { route, id } = matchRoute(path);
  switch (boot.route) {
    case "markets":
      primeMarkets(client, search, answer as Omit<ListWindow<MarketRow>, "query">);
      break;
    case "events":
      primeEvents(client, search, answer as Omit<ListWindow<EventRow>, "query">);
      break;
    case "market":
      primeMarket(client, id, answer as MarketAnswer);
      break;
    case "categories":
      primeCategories(client, answer as CategoriesAnswer);
      break;
    case "event":
      primeEvent(client, id, answer as EventAnswer);
      break;
    default:
      (await route.load()).prime?.(client, id, answer, search);
  }
}
