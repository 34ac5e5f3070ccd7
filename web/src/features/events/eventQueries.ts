import { type QueryClient, queryOptions } from "@tanstack/react-query";
import type { EventDetail, EventRow, EventsQuery, ItemMetadata, ListMetadata } from "../../lib/apiTypes.ts";
import { type Answer, api, unwrap } from "../../lib/client.ts";
import type { UrlSearch } from "../../lib/urlSearch.ts";
import type { ListWindow } from "../../lib/useWindowedList.ts";
import { WINDOW_ROWS } from "../../lib/windows.ts";
import { eventScreenToSearch, parseEventScreen } from "./eventScreen.ts";
import { eventKeys } from "./keys.ts";

export type EventAnswer = Answer<EventDetail, ItemMetadata>;

/** One window of the list of events. The first also brings the facets. */
export function eventsWindow(query: UrlSearch, offset: number) {
  return queryOptions<ListWindow<EventRow>>({
    queryKey: eventKeys.window(query, offset),
    meta: { live: true },
    queryFn: async ({ signal }) => {
      // The address holds exactly what the API reads, as text; the generated type has it parsed.
      const sent = { ...query, limit: WINDOW_ROWS, offset, facets: offset === 0 } as EventsQuery;
      const request = api.GET("/api/polymarket/events", { params: { query: sent }, signal });
      return { ...(await unwrap<EventRow[], ListMetadata>(request)), query };
    },
  });
}

/** One event by its slug or id, with every market of it. */
export function eventDetail(slug: string) {
  return queryOptions<EventAnswer>({
    queryKey: eventKeys.detail(slug),
    meta: { live: true },
    queryFn: ({ signal }) =>
      unwrap<EventDetail, ItemMetadata>(
        api.GET("/api/polymarket/events/{slug}", { params: { path: { slug } }, signal }),
      ),
  });
}

/** Puts the page's own first answer where the list looks for it; not that of a page further down. */
export function primeEvents(client: QueryClient, _id: string, handed: unknown, search: UrlSearch): void {
  const answer = handed as Omit<ListWindow<EventRow>, "query">;
  if (answer.metadata.offset !== 0 || answer.metadata.limit !== WINDOW_ROWS) return;
  const query = eventScreenToSearch(parseEventScreen(search).screen);
  client.setQueryData(eventKeys.window(query, 0), { ...answer, query });
}

/** Puts the page's own answer where the event page looks for it. */
export function primeEvent(client: QueryClient, slug: string, answer: unknown): void {
  client.setQueryData(eventKeys.detail(slug), answer as EventAnswer);
}
