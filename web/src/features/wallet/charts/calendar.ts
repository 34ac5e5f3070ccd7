/** A day of the calendar: what settled on it came to. */
export interface CalendarDay {
  /** UTC date, `2026-03-03`. */
  date: string;
  /** Together, in dollars; null where nothing settled. */
  profit: number | null;
  events: number;
  /** Column, from the oldest week. */
  week: number;
  /** Row, Monday first. */
  weekday: number;
}

interface Settled {
  closed_at: string | null;
  profit_usdc: number;
}

const DAY_MS = 86_400_000;

/** Profit by UTC day. Events whose end is unknown are on no day. */
export function profitByDay(settled: readonly Settled[]): Map<string, { profit: number; events: number }> {
  const days = new Map<string, { profit: number; events: number }>();
  for (const { closed_at, profit_usdc } of settled) {
    if (closed_at === null) continue;
    const date = new Date(closed_at).toISOString().slice(0, 10);
    const day = days.get(date) ?? { profit: 0, events: 0 };
    days.set(date, { profit: day.profit + profit_usdc, events: day.events + 1 });
  }
  return days;
}

/** Every day of the last `weeks` weeks, the present one included, in order. */
export function calendarOf(settled: readonly Settled[], now: number, weeks: number): CalendarDay[] {
  const days = profitByDay(settled);
  const today = Math.floor(now / DAY_MS);
  // The epoch began on a Thursday.
  const weekday = (day: number) => (day + 3) % 7;
  const first = today - weekday(today) - (weeks - 1) * 7;
  return Array.from({ length: today - first + 1 }, (_, index) => {
    const date = new Date((first + index) * DAY_MS).toISOString().slice(0, 10);
    const found = days.get(date);
    return {
      date,
      profit: found?.profit ?? null,
      events: found?.events ?? 0,
      week: Math.floor(index / 7),
      weekday: index % 7,
    };
  });
}

/** Shades on each side of zero. */
export const LEVELS = 4;

/**
 * How strongly a day is shaded, −4 to 4, by where it lies among the days of its own sign: one large day does not
 * blank all others. Null for a day on which nothing settled.
 */
export function levelsOf(days: readonly CalendarDay[]): (number | null)[] {
  const sizes = (sign: number) =>
    days
      .flatMap(({ profit }) => (profit !== null && Math.sign(profit) === sign ? Math.abs(profit) : []))
      .toSorted((left, right) => left - right);
  const ordered = { 1: sizes(1), [-1]: sizes(-1) };
  return days.map(({ profit }) => {
    if (profit === null) return null;
    const sign = Math.sign(profit);
    if (sign !== 1 && sign !== -1) return 0;
    const peers = ordered[sign] ?? [];
    const below = peers.filter((size) => size <= Math.abs(profit)).length;
    return sign * Math.max(1, Math.ceil((below / peers.length) * LEVELS));
  });
}
