import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { followMarkets } from "../../lib/feed.ts";
import { eventKeys } from "./keys.ts";

/** Markets of an event that are watched: those a reader looks at first. */
const WATCHED = 12;

/** The page is asked for anew at most this often, however fast its prices move. */
const PACE_MS = 3_000;

/**
 * Keeps an event's page current: a move of any of its leading markets asks for the whole page again, so that prices,
 * sum and distribution are always of one instant.
 */
export function useEventFeed(pageId: string, marketIds: readonly string[]): void {
  const client = useQueryClient();
  const watched = marketIds.slice(0, WATCHED).toSorted().join(",");
  useEffect(() => {
    if (watched === "") return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = followMarkets(watched.split(","), ["price", "resolution"], () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey: eventKeys.detail(pageId) });
      }, PACE_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client, pageId, watched]);
}
