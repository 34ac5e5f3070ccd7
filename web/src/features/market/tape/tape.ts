import type { TradeRow } from "../../../lib/apiTypes.ts";

/** Trades held in the page; older ones are fetched again when asked for. */
export const KEPT_TRADES = 500;

/** Newest first; within a second, as they came. */
export interface Tape {
  trades: readonly TradeRow[];
  /** Where the older ones begin; null at the first trade of the market. */
  nextCursor: string | null;
  /** Since when no trade is missing; null while that is not known. */
  completeFrom: string | null;
  /** Up to when no trade is missing: newer ones were heard and may be incomplete. */
  completeTo: string | null;
}

/** Two tellings of one trade may differ by so much in time: one source says when it was matched, one when it was mined. */
const SAME_TRADE_MS = 10_000;

function isSameTrade(left: TradeRow, right: TradeRow): boolean {
  return (
    left.outcome === right.outcome &&
    left.side === right.side &&
    left.shares === right.shares &&
    left.price === right.price &&
    Math.abs(Date.parse(left.traded_at) - Date.parse(right.traded_at)) <= SAME_TRADE_MS
  );
}

/** Newest first; the sort is stable, so that of one second's trades the one further in front stays there. */
const newestFirst = (left: TradeRow, right: TradeRow) =>
  Date.parse(right.traded_at) - Date.parse(left.traded_at);

/**
 * The tape with trades of the stream on top. A trade that is already there stays where it is; one that was only heard
 * gives way to its confirmation, one for one, whose name may be another.
 */
export function withTrades(tape: Tape, arrived: readonly TradeRow[]): Tape {
  const known = new Set(tape.trades.map(({ trade_id }) => trade_id));
  const present = [...tape.trades];
  const added: TradeRow[] = [];
  for (const trade of arrived) {
    if (known.has(trade.trade_id)) continue;
    known.add(trade.trade_id);
    const heard =
      trade.confirmed === true
        ? present.findIndex((other) => other.confirmed === false && isSameTrade(other, trade))
        : -1;
    if (heard >= 0) present[heard] = trade;
    else added.push(trade);
  }
  if (known.size === tape.trades.length) return tape;
  const trades = [...added.reverse(), ...present].sort(newestFirst);
  if (trades.length <= KEPT_TRADES) return { ...tape, trades };
  // What was cut off can no longer be continued from: the cursor points further down than the last row kept.
  return { ...tape, trades: trades.slice(0, KEPT_TRADES), nextCursor: null };
}

/**
 * The tape after the newest page was asked for again. The page is the truth for the time it covers; what came by the
 * stream since, and what was loaded below it, stays. Without a common row there may be a hole between: then only the
 * page counts.
 */
export function withFirstPage(tape: Tape | undefined, page: Tape): Tape {
  const newest = page.trades[0];
  const oldest = page.trades.at(-1);
  if (tape === undefined || newest === undefined || oldest === undefined) return page;
  const inPage = new Set(page.trades.map(({ trade_id }) => trade_id));
  const at = ({ traded_at }: TradeRow) => Date.parse(traded_at);
  const since = tape.trades.filter((trade) => at(trade) > at(newest) && !inPage.has(trade.trade_id));
  if (!tape.trades.some(({ trade_id }) => inPage.has(trade_id)))
    return { ...page, trades: [...since, ...page.trades] };
  const below = tape.trades.filter((trade) => at(trade) < at(oldest));
  return {
    ...page,
    trades: [...since, ...page.trades, ...below],
    nextCursor: below.length > 0 ? tape.nextCursor : page.nextCursor,
  };
}

/** The tape with an older page at its end. */
export function withOlder(tape: Tape, older: readonly TradeRow[], nextCursor: string | null): Tape {
  const known = new Set(tape.trades.map(({ trade_id }) => trade_id));
  const added = older.filter(({ trade_id }) => !known.has(trade_id));
  return { ...tape, trades: [...tape.trades, ...added], nextCursor };
}

/** Trades that came since the reader paused: not among those held, and not older than the newest of them. */
export function cameSince(held: readonly TradeRow[], trades: readonly TradeRow[]): number {
  const known = new Set(held.map(({ trade_id }) => trade_id));
  const newest = Math.max(0, ...held.slice(0, 1).map(({ traded_at }) => Date.parse(traded_at)));
  return trades.filter(({ trade_id, traded_at }) => !known.has(trade_id) && Date.parse(traded_at) >= newest)
    .length;
}
