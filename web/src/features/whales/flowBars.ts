import type { FlowHour, TraderClass } from "../../lib/traders/contract.ts";
import { CLASSES } from "../../lib/traders/words.ts";

/** A class's part of a bar, from `from` to `to` dollars away from nothing: up toward the first outcome, down away from it. */
export interface FlowPart {
  class: TraderClass;
  from: number;
  to: number;
}

/** What was done in a bucket of hours, the parts of each direction one on the other. */
export interface FlowBar {
  /** When it begins, in milliseconds. */
  at: number;
  net: number;
  parts: readonly FlowPart[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 1970 began on a Thursday: weeks begin four days later. */
const MONDAY_MS = 4 * DAY_MS;

/** So many hours that are drawn as one bar. */
export interface Bucket {
  ms: number;
  /** Where they are counted from. */
  offsetMs: number;
  /** "an hour". */
  per: string;
  /** "one hour". */
  length: string;
}

const HOUR: Bucket = { ms: HOUR_MS, offsetMs: 0, per: "an hour", length: "one hour" };
const BUCKETS: readonly Bucket[] = [
  HOUR,
  { ms: 6 * HOUR_MS, offsetMs: 0, per: "six hours", length: "six hours" },
  { ms: DAY_MS, offsetMs: 0, per: "a day of UTC", length: "one day" },
  { ms: 7 * DAY_MS, offsetMs: MONDAY_MS, per: "a week", length: "one week" },
];
/** A bar that can be told from the next, in pixels. */
const LEAST_BAR_PX = 4;

/**
 * The hours that a chart is drawn of: those since which no trade is missing, and as long before. A year of which almost
 * nothing was heard would leave no room for the days that are known.
 */
export function chartedHours(hours: readonly FlowHour[], completeSince: number | null): readonly FlowHour[] {
  const last = Math.max(...hours.map(({ hour }) => Date.parse(hour))) + HOUR_MS;
  if (completeSince === null || completeSince >= last) return hours;
  const from = completeSince - Math.max(DAY_MS, last - completeSince);
  return hours.filter(({ hour }) => Date.parse(hour) >= from);
}

/** The fewest hours a bar with which the bars of all hours have room. */
export function bucketFor(hours: readonly FlowHour[], widthPx: number): Bucket {
  const instants = hours.map(({ hour }) => Date.parse(hour));
  const span = Math.max(...instants) - Math.min(...instants) + HOUR_MS;
  const hasRoom = ({ ms }: Bucket) => (widthPx * ms) / span >= LEAST_BAR_PX;
  return instants.length === 0 ? HOUR : (BUCKETS.find(hasRoom) ?? BUCKETS.at(-1) ?? HOUR);
}

/** Parts of hours for a chart: what nets to buying above the line, what nets to selling below it. */
export function flowBars(hours: readonly FlowHour[], { ms, offsetMs }: Bucket): FlowBar[] {
  const nets = new Map<number, Map<TraderClass, number>>();
  for (const { hour, by_class } of hours) {
    const at = Math.floor((Date.parse(hour) - offsetMs) / ms) * ms + offsetMs;
    const known = nets.get(at) ?? new Map<TraderClass, number>();
    for (const part of by_class) known.set(part.class, (known.get(part.class) ?? 0) + part.net_usdc);
    nets.set(at, known);
  }
  return [...nets].map(([at, known]) => barOf(at, known)).toSorted((left, right) => left.at - right.at);
}

/** The parts of each direction one on the other, in the order of classes. */
function barOf(at: number, nets: ReadonlyMap<TraderClass, number>): FlowBar {
  let up = 0;
  let down = 0;
  const parts = CLASSES.flatMap((name): FlowPart[] => {
    const net = nets.get(name) ?? 0;
    if (net === 0) return [];
    const from = net > 0 ? up : down;
    const to = from + net;
    if (net > 0) up = to;
    else down = to;
    return [{ class: name, from, to }];
  });
  return { at, net: up + down, parts };
}

/** The span of the bars, the last one whole; null without any. */
export function flowSpan(bars: readonly FlowBar[], { ms }: Bucket): [number, number] | null {
  const first = bars[0];
  const last = bars.at(-1);
  return first && last ? [first.at, last.at + ms] : null;
}

/** The bar that an instant is in; undefined where nothing traded. */
export function barAt(bars: readonly FlowBar[], { ms }: Bucket, at: number): FlowBar | undefined {
  return bars.find((bar) => at >= bar.at && at < bar.at + ms);
}

/** What each class came to over all hours, in the order of classes; those that did nothing are left out. */
export function flowTotals(
  hours: readonly FlowHour[],
): { class: TraderClass; net: number; trades: number }[] {
  return CLASSES.flatMap((name) => {
    const own = hours.flatMap(({ by_class }) => by_class.filter((part) => part.class === name));
    if (own.length === 0) return [];
    const sum = (of: (part: (typeof own)[number]) => number) =>
      own.reduce((total, part) => total + of(part), 0);
    return [{ class: name, net: sum(({ net_usdc }) => net_usdc), trades: sum(({ trades }) => trades) }];
  });
}
