import { type QueryClient, queryOptions } from "@tanstack/react-query";
import type { EventDetail, ItemMetadata, MarketDetail, RelatedMarket } from "../../lib/apiTypes.ts";
import { type Answer, api, unwrap } from "../../lib/client.ts";
import { marketKeys } from "./keys.ts";

export type MarketAnswer = Answer<MarketDetail, ItemMetadata>;

/** Related markets shown beside a market. */
const RELATED_LIMIT = 8;

/** One market by its id, condition id or slug. */
export function marketDetail(id: string) {
  return queryOptions<MarketAnswer>({
    queryKey: marketKeys.detail(id),
    meta: { live: true },
    queryFn: ({ signal }) =>
      unwrap<MarketDetail, ItemMetadata>(
        api.GET("/api/polymarket/markets/{id}", { params: { path: { id } }, signal }),
      ),
  });
}

/** Markets like this one: shared tags and words, as the server ranks them. */
export function relatedMarkets(marketId: string) {
  return queryOptions<Answer<RelatedMarket[], ItemMetadata>>({
    queryKey: marketKeys.related(marketId),
    queryFn: ({ signal }) =>
      unwrap<RelatedMarket[], ItemMetadata>(
        api.GET("/api/polymarket/events/related", {
          params: { query: { market: marketId, limit: RELATED_LIMIT } },
          signal,
        }),
      ),
  });
}

/** Every market of the event that a market belongs to. */
export function siblingMarkets(eventSlug: string) {
  return queryOptions<Answer<EventDetail, ItemMetadata>>({
    queryKey: marketKeys.siblings(eventSlug),
    meta: { live: true },
    queryFn: ({ signal }) =>
      unwrap<EventDetail, ItemMetadata>(
        api.GET("/api/polymarket/events/{slug}", { params: { path: { slug: eventSlug } }, signal }),
      ),
  });
}

/** Puts the page's own answer where the market page looks for it. */
export function primeMarket(client: QueryClient, id: string, answer: unknown): void {
  client.setQueryData(marketKeys.detail(id), answer as MarketAnswer);
}
