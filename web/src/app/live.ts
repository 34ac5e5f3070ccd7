import type { QueryClient } from "@tanstack/react-query";
import { followGenerations } from "../lib/live.ts";

/** How often live queries are asked again while the stream is lost. */
const FALLBACK_MS = 60_000;

/** Keeps what is on screen current: each new generation of the catalogue refetches the live queries in view. */
export function keepLive(client: QueryClient): void {
  const refresh = () =>
    void client.invalidateQueries({
      predicate: (query) => query.meta?.live === true,
      // A hidden tab is only marked stale; it refetches when it is looked at again.
      refetchType: document.hidden ? "none" : "active",
    });
  const stream = followGenerations("/api/polymarket/stream", refresh);
  setInterval(() => {
    if (!stream.isOpen() && !document.hidden) refresh();
  }, FALLBACK_MS);
}
