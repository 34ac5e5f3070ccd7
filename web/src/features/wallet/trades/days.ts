import type { WalletActivity } from "../../../lib/apiTypes.ts";

/** What a wallet did on one day of UTC, by kind. */
export interface ActiveDay {
  date: string;
  lines: readonly DayLine[];
}

/** Activity of one kind and direction on one day. */
export interface DayLine {
  key: string;
  kind: string;
  side: string | null;
  count: number;
  /** Dollars together; null where one of them is unknown. */
  usdc: number | null;
  /** Titles of markets, each once, in order of time. */
  markets: readonly string[];
}

/** Activity, newest first, gathered by day, kind and direction. */
export function activeDays(rows: readonly WalletActivity[]): ActiveDay[] {
  const days = new Map<string, Map<string, DayLine>>();
  for (const { happened_at, kind, side, usdc, market } of rows) {
    const date = new Date(happened_at).toISOString().slice(0, 10);
    const lines = days.get(date) ?? new Map<string, DayLine>();
    days.set(date, lines);
    const key = `${kind} ${side ?? ""}`;
    const line = lines.get(key) ?? { key, kind, side, count: 0, usdc: 0, markets: [] };
    const title = market?.title;
    lines.set(key, {
      ...line,
      count: line.count + 1,
      usdc: line.usdc === null || usdc === null ? null : line.usdc + usdc,
      markets: title && !line.markets.includes(title) ? [...line.markets, title] : line.markets,
    });
  }
  return [...days].map(([date, lines]) => ({ date, lines: [...lines.values()] }));
}
