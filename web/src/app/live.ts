import type { QueryClient } from "@tanstack/react-query";
import { followGenerations } from "../lib/live.ts";

/** How often live queries are asked again while the stream is lost. */
const FALLBACK_MS = 60_000;

/** Refreshes come at most this often, however fast generations follow each other. */
const PACE_MS = 1_000;

/** Keeps what is on screen current: each new generation of the catalogue refetches the live queries in view. */
export function keepLive(client: QueryClient): void {
  const refresh = () =>
    void client.invalidateQueries({
      predicate: (query) => query.meta?.live === true,
      // A hidden tab is only marked stale; it refetches when it is looked at again.
      refetchType: document.hidden ? "none" : "active",
    });
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let isScheduled = false;
  const refreshSoon = () => {
    if (isScheduled) return;
    isScheduled = true;
    const rest = Math.max(0, refreshedAt + PACE_MS - performance.now());
    setTimeout(() => {
      isScheduled = false;
      refreshedAt = performance.now();
      refresh();
    }, rest);
  };
  const stream = followGenerations("/api/polymarket/stream", refreshSoon);
  setInterval(() => {
    if (!stream.isOpen() && !document.hidden) refresh();
  }, FALLBACK_MS);
}
