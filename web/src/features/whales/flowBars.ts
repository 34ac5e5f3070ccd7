import type { FlowHour, TraderClass } from "../../lib/traders/contract.ts";
import { CLASSES } from "../../lib/traders/words.ts";

/** A class's part of an hour, from `from` to `to` dollars away from nothing: up toward the first outcome, down away from it. */
export interface FlowPart {
  class: TraderClass;
  from: number;
  to: number;
}

/** What was done in an hour, the parts of each direction one on the other. */
export interface FlowBar {
  /** When the hour begins, in milliseconds. */
  at: number;
  net: number;
  parts: readonly FlowPart[];
}

const HOUR_MS = 3_600_000;

/** Parts of hours for a chart: what nets to buying above the line, what nets to selling below it. */
export function flowBars(hours: readonly FlowHour[]): FlowBar[] {
  return hours
    .map(({ hour, by_class }) => {
      let up = 0;
      let down = 0;
      const parts = CLASSES.flatMap((name): FlowPart[] => {
        const net = by_class.find((part) => part.class === name)?.net_usdc ?? 0;
        if (net === 0) return [];
        const from = net > 0 ? up : down;
        const to = from + net;
        if (net > 0) up = to;
        else down = to;
        return [{ class: name, from, to }];
      });
      return { at: Date.parse(hour), net: up + down, parts };
    })
    .toSorted((left, right) => left.at - right.at);
}

/** The span of the hours, the last one whole; null without any. */
export function flowSpan(bars: readonly FlowBar[]): [number, number] | null {
  const first = bars[0];
  const last = bars.at(-1);
  return first && last ? [first.at, last.at + HOUR_MS] : null;
}

/** The bar that an instant is in; undefined where nothing traded. */
export function barAt(bars: readonly FlowBar[], at: number): FlowBar | undefined {
  return bars.find((bar) => at >= bar.at && at < bar.at + HOUR_MS);
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
