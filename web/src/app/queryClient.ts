import { QueryClient } from "@tanstack/react-query";
import { isRetryable } from "../lib/client.ts";

/** Answers younger than this are not asked for again on focus or mount; the stream refreshes what changes sooner. */
const STALE_MS = 30_000;
const RETRIES = 2;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_MS,
        // Requests are tried even when the browser believes itself offline: the server may be on this machine.
        networkMode: "always",
        retry: (failures, error) => failures < RETRIES && isRetryable(error),
      },
    },
  });
}
