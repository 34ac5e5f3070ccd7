import type { TradeRow } from "../../../lib/live-contract.ts";

/** Trades held in the page; older ones are fetched again when asked for. */
export const KEPT_TRADES = 500;

/** Newest first; within a second, as they came. */
export interface Tape {
  trades: readonly TradeRow[];
  /** Where the older ones begin; null at the first trade of the market. */
  nextCursor: string | null;
}

/** The tape with trades of the stream on top. A trade that is already there stays where it is. */
export function withTrades(tape: Tape, arrived: readonly TradeRow[]): Tape {
  const known = new Set(tape.trades.map(({ trade_id }) => trade_id));
  const added = new Map<string, TradeRow>();
  for (const trade of arrived) if (!known.has(trade.trade_id)) added.set(trade.trade_id, trade);
  if (added.size === 0) return tape;
  const late = (left: TradeRow, right: TradeRow) => right.traded_at.localeCompare(left.traded_at);
  // The sort is stable: of one second's trades the newest arrival leads.
  const trades = [...[...added.values()].reverse(), ...tape.trades].sort(late);
  if (trades.length <= KEPT_TRADES) return { ...tape, trades };
  // What was cut off can no longer be continued from: the cursor points further down than the last row kept.
  return { trades: trades.slice(0, KEPT_TRADES), nextCursor: null };
}

/** The tape with an older page at its end. */
export function withOlder(tape: Tape, older: readonly TradeRow[], nextCursor: string | null): Tape {
  const known = new Set(tape.trades.map(({ trade_id }) => trade_id));
  return { trades: [...tape.trades, ...older.filter(({ trade_id }) => !known.has(trade_id))], nextCursor };
}

/** Trades above the one that was on top when the reader paused; all of them when it is gone. */
export function newerThan(trades: readonly TradeRow[], topId: string | undefined): number {
  const index = trades.findIndex(({ trade_id }) => trade_id === topId);
  return index < 0 ? trades.length : index;
}
