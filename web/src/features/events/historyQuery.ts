import { queryOptions } from "@tanstack/react-query";
import type { ChartRange, EventHistory, ItemMetadata } from "../../lib/apiTypes.ts";
import { api, unwrap } from "../../lib/client.ts";
import { eventKeys } from "./keys.ts";

const HISTORY_REFRESH_MS = 60_000;

export const HISTORY_RANGES = ["1d", "1w", "1m", "3m", "max"] as const satisfies readonly ChartRange[];
export type HistoryRange = (typeof HISTORY_RANGES)[number];

/** How the prices of an event's leading outcomes have moved. */
export function eventHistory(slug: string, range: HistoryRange) {
  return queryOptions<EventHistory>({
    queryKey: eventKeys.history(slug, range),
    refetchInterval: HISTORY_REFRESH_MS,
    queryFn: async ({ signal }) =>
      (
        await unwrap<EventHistory, ItemMetadata>(
          api.GET("/api/polymarket/events/{slug}/history", {
            params: { path: { slug }, query: { range } },
            signal,
          }),
        )
      ).data,
  });
}
