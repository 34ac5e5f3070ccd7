import { coalesce, FEED_KINDS, type FeedEvent, type FeedKind, parseFeedEvent } from "./feedEvents.ts";
import { createStore } from "./store.ts";

/** How the stream of the present page stands. */
export interface FeedStatus {
  /** `idle`: nobody listens. `lost`: it was open, or could not be opened; what is shown may be out of date. */
  state: "idle" | "connecting" | "live" | "lost";
  /** When it came into this state, in milliseconds. */
  since: number;
}

export const feedStatus = createStore<FeedStatus>({ state: "idle", since: 0 });

/** Bursts are handed on at most this often: fast enough to look immediate, slow enough not to redraw for each event. */
const FLUSH_MS = 100;

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

/** A connecting stream is shown as lost only when it takes longer than this. */
const PATIENCE_MS = 4_000;

/** A hidden page keeps its stream this long: browsers allow few connections to one server, and others may be looked at. */
const HIDDEN_MS = 30_000;

/** Time before the retry after so many failures, doubling to a limit and spread by `random` (0 to 1). */
export function retryDelay(failures: number, random: number): number {
  const ceiling = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures);
  return ceiling / 2 + (ceiling / 2) * random;
}

function note(state: FeedStatus["state"]): void {
  if (feedStatus.get().state !== state) feedStatus.set({ state, since: Date.now() });
}

export function feedAddress(markets: readonly string[], kinds: readonly FeedKind[]): string {
  const list = (values: readonly string[]) => values.map(encodeURIComponent).join(",");
  return `/api/polymarket/stream?markets=${list(markets)}&kinds=${list(kinds)}`;
}

/**
 * Follows these markets until the returned function is called. A page has one such stream. The browser reconnects and
 * resumes by itself after a broken connection; after a refusal it gives up, and then this asks again, ever more rarely.
 * What may have been missed in such a pause is announced as a `reset`.
 */
export function followMarkets(
  markets: readonly string[],
  kinds: readonly FeedKind[],
  onEvents: (events: readonly FeedEvent[]) => void,
): () => void {
  const address = feedAddress(markets, kinds);
  let source: EventSource | undefined;
  let failures = 0;
  let isEnded = false;
  /** The stream was away for a time that it cannot resume from. */
  let hasMissed = false;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let flushTimer: ReturnType<typeof setTimeout> | undefined;
  let patience: ReturnType<typeof setTimeout> | undefined;
  let hiddenTimer: ReturnType<typeof setTimeout> | undefined;
  let waiting: FeedEvent[] = [];

  const flush = () => {
    flushTimer = undefined;
    const events = coalesce(waiting);
    waiting = [];
    onEvents(events);
  };
  const take = (event: FeedEvent) => {
    waiting.push(event);
    flushTimer ??= setTimeout(flush, FLUSH_MS);
  };
  const open = () => {
    source = new EventSource(address);
    source.addEventListener("open", () => {
      clearTimeout(patience);
      failures = 0;
      note("live");
      if (hasMissed) take({ kind: "reset", data: { reason: "the stream was away for a while" } });
      hasMissed = false;
    });
    source.addEventListener("error", () => {
      clearTimeout(patience);
      note("lost");
      if (source?.readyState !== EventSource.CLOSED || isEnded) return;
      source.close();
      hasMissed = true;
      retryTimer = setTimeout(open, retryDelay(failures++, Math.random()));
    });
    for (const kind of [...FEED_KINDS, "reset"] as const) {
      source.addEventListener(kind, (message) => {
        const event = parseFeedEvent(kind, (message as MessageEvent<string>).data);
        if (event !== null) take(event);
      });
    }
  };
  const start = () => {
    note("connecting");
    patience = setTimeout(() => note("lost"), PATIENCE_MS);
    open();
  };
  const rest = () => {
    source?.close();
    source = undefined;
    hasMissed = true;
    clearTimeout(retryTimer);
    clearTimeout(patience);
    note("idle");
  };
  const followVisibility = () => {
    clearTimeout(hiddenTimer);
    if (document.hidden) hiddenTimer = setTimeout(rest, HIDDEN_MS);
    else if (source === undefined) start();
  };
  document.addEventListener("visibilitychange", followVisibility);
  start();

  return () => {
    isEnded = true;
    document.removeEventListener("visibilitychange", followVisibility);
    rest();
    clearTimeout(hiddenTimer);
    clearTimeout(flushTimer);
  };
}
