import type { MarketRow } from "../../lib/apiTypes.ts";

/** Markets of one event that end at the same instant. */
export interface AgendaEntry {
  /** Scheduled end, as upstream gives it; null for markets without one. */
  at: string | null;
  markets: readonly MarketRow[];
}

/** Open markets by their scheduled end, the next one first, those without a date last. */
export function agenda(markets: readonly MarketRow[]): AgendaEntry[] {
  const byEnd = new Map<string | null, MarketRow[]>();
  for (const market of markets) {
    if (market.status !== "open") continue;
    byEnd.set(market.end_date, [...(byEnd.get(market.end_date) ?? []), market]);
  }
  const time = ({ at }: AgendaEntry) => (at === null ? Number.POSITIVE_INFINITY : Date.parse(at));
  return [...byEnd]
    .map(([at, own]) => ({ at, markets: own.toSorted((a, b) => (b.price ?? -1) - (a.price ?? -1)) }))
    .sort((left, right) => (left.at === right.at ? 0 : time(left) - time(right)));
}
