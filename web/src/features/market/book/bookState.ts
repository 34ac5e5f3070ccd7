import type { BookState, OrderBook } from "../../../lib/apiTypes.ts";
import type { FeedStatus } from "../../../lib/feed.ts";
import { age, words } from "../../../lib/format.ts";

/** What may be said of a book on screen. */
export interface BookReport {
  state: BookState;
  /** One line for the badge: `live · 0.4 s`, `stale · socket silent · 2 min`. */
  text: string;
  /** The whole sentence for the tooltip and for screen readers. */
  long: string;
}

interface Reading {
  book: Pick<OrderBook, "state" | "state_cause" | "age_ms" | "as_of" | "source">;
  /** When the answer came, in milliseconds. */
  receivedAt: number;
  /** Why the last attempt to refresh it failed; null when it did not. */
  refreshError: string | null;
  feed: FeedStatus["state"];
  now: number;
}

const LONG: Readonly<Record<BookState, string>> = {
  live: "The book follows the exchange.",
  stale: "The book is the last good one and no longer follows the exchange.",
  gap: "Messages were missed: levels may be wrong until the book is fetched again.",
  unknown: "Nothing is known about this book yet.",
};

/** How long ago the book was heard of: its age at the server and the time since. Free of differences between clocks. */
export function bookAge(
  { age_ms }: Pick<OrderBook, "age_ms">,
  receivedAt: number,
  now: number,
): number | null {
  return age_ms === null ? null : age_ms + Math.max(0, now - receivedAt);
}

/** A book is live only if the server says so and this page still hears from the server. */
export function bookReport({ book, receivedAt, refreshError, feed, now }: Reading): BookReport {
  const isCutOff = refreshError !== null || feed === "lost";
  const state: BookState = book.state === "live" && isCutOff ? "stale" : book.state;
  const cause =
    book.state === "live" && isCutOff
      ? feed === "lost"
        ? "stream to this page lost"
        : "not refreshed"
      : state === "live"
        ? null
        : book.state_cause && words(book.state_cause);
  const old = bookAge(book, receivedAt, now);
  const parts = [state as string];
  if (state === "live" && book.source === "rest") parts.push("polled");
  if (cause) parts.push(cause);
  if (old !== null && state !== "unknown") parts.push(age(old));
  const since = old === null ? "" : ` Last heard of ${age(old)} ago.`;
  return {
    state,
    text: parts.join(" · "),
    long: `${LONG[state]}${cause ? ` Cause: ${cause}.` : ""}${since}`,
  };
}
