import type { QueryClient } from "@tanstack/react-query";
import { type Boot, navigationScreenMs } from "../lib/boot.ts";
import { noteMetadata } from "../lib/live.ts";
import { parseSearch } from "../lib/urlSearch.ts";
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
  const { route, id } = matchRoute(path);
  // What it is, and where it belongs, is known to the page's own chunk.
  const page = await route.load();
  page.prime?.(
    client,
    id,
    { data, metadata, screenMs: navigationScreenMs() },
    parseSearch(boot.query_string),
  );
}
