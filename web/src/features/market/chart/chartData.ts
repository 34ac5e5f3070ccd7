import type { Bar, Interval, Ohlc } from "../../../lib/apiTypes.ts";

/** Length of each interval in seconds. */
export const SECONDS: Readonly<Record<Interval, number>> = {
  "1m": 60,
  "5m": 300,
  "15m": 900,
  "1h": 3_600,
  "6h": 21_600,
  "1d": 86_400,
};

/** A bucket of the chart's even time scale; `bar` is null where nothing is known. */
export interface Slot {
  /** Beginning, in seconds. */
  time: number;
  bar: Bar | null;
  /** The line to the slot with a bar before this one may be drawn. */
  isJoined: boolean;
}

/** A time without a recording, in seconds. */
export interface Band {
  from: number;
  to: number;
  cause: string | null;
}

/** More slots than any range has; an answer that claims more is cut at its beginning. */
const MOST_SLOTS = 6_000;

/** History is sampled, at times sparsely; its points are joined over so many empty slots at most. */
const HISTORY_REACH = 12;

const toSeconds = (instant: string) => Math.floor(Date.parse(instant) / 1_000);

export function bandsOf({ gaps }: Pick<Ohlc, "gaps">): Band[] {
  return gaps
    .map(({ from, to, cause }) => ({ from: toSeconds(from), to: toSeconds(to), cause }))
    .filter(({ from, to }) => to > from);
}

/**
 * The bars on an even time scale. The chart places slots side by side, so that a time without bars needs empty slots to
 * stay as wide as it was long. Empty slots before the first bar are left out, unless a gap explains them.
 */
export function slotsOf(ohlc: Pick<Ohlc, "bars" | "gaps" | "interval" | "from" | "to">): Slot[] {
  const step = SECONDS[ohlc.interval];
  const bars = new Map(ohlc.bars.map((bar) => [Math.floor(toSeconds(bar.at) / step) * step, bar]));
  const bands = bandsOf(ohlc);
  const times = [...bars.keys()];
  if (times.length === 0) return [];
  const firstBar = Math.min(...times);
  const lastBar = Math.max(...times);
  const asked = toSeconds(ohlc.from);
  const end = toSeconds(ohlc.to);
  const firstGap = Math.min(firstBar, ...bands.map(({ from }) => Math.max(from, asked)));
  const lastGap = Math.max(lastBar, ...bands.map(({ to }) => Math.min(to, end) - 1));
  const last = Math.floor(lastGap / step) * step;
  const first = Math.max(Math.floor(firstGap / step) * step, last - (MOST_SLOTS - 1) * step);

  const slots: Slot[] = [];
  let before: { time: number; bar: Bar } | null = null;
  for (let time = first; time <= last; time += step) {
    const bar = bars.get(time) ?? null;
    if (bar === null) {
      slots.push({ time, bar, isJoined: false });
      continue;
    }
    slots.push({ time, bar, isJoined: before !== null && isJoined(before, { time, bar }, step, bands) });
    before = { time, bar };
  }
  return slots;
}

function isJoined(
  left: { time: number; bar: Bar },
  right: { time: number; bar: Bar },
  step: number,
  bands: readonly Band[],
): boolean {
  // A gap inside one bucket does not part it from its neighbour; one that swallows a boundary does.
  const isParted = bands.some(
    ({ from, to }) => from < right.time && to > left.time + step && to - from >= step,
  );
  if (isParted) return false;
  const steps = (right.time - left.time) / step;
  if (steps <= 1) return true;
  const isHistory = left.bar.source === "history" && right.bar.source === "history";
  return isHistory && steps <= HISTORY_REACH;
}

/** What the chart shows, for its sentence. */
export interface Summary {
  first: Bar;
  last: Bar;
  lowest: Bar;
  highest: Bar;
  change: number;
  bars: number;
  synthetic: number;
  volumeUsdc: number | null;
  gaps: number;
  gapSeconds: number;
}

/** Null when there is no bar. */
export function summaryOf(ohlc: Pick<Ohlc, "bars" | "gaps">): Summary | null {
  const bars = ohlc.bars.toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at));
  const [first] = bars;
  const last = bars.at(-1);
  if (first === undefined || last === undefined) return null;
  const bands = bandsOf(ohlc);
  const volumes = bars.flatMap(({ volume_usdc }) => (volume_usdc === null ? [] : [volume_usdc]));
  return {
    first,
    last,
    lowest: bars.reduce((best, bar) => (bar.low < best.low ? bar : best)),
    highest: bars.reduce((best, bar) => (bar.high > best.high ? bar : best)),
    change: last.close - first.open,
    bars: bars.length,
    synthetic: bars.filter(({ synthetic }) => synthetic).length,
    volumeUsdc: volumes.length === 0 ? null : volumes.reduce((sum, volume) => sum + volume, 0),
    gaps: bands.length,
    gapSeconds: bands.reduce((sum, { from, to }) => sum + to - from, 0),
  };
}

/** The nearest slot with a bar from `index` in direction `step`; `index` itself when there is none. */
export function neighbour(slots: readonly Slot[], index: number, step: 1 | -1): number {
  for (let next = index + step; next >= 0 && next < slots.length; next += step) {
    if (slots[next]?.bar) return next;
  }
  return index;
}
