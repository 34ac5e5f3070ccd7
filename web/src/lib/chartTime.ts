import { VENUE_ZONE } from "./format.ts";

/** How finely a time axis is labelled: by `year`, `month`, `day`, or by the clock. */
export type AxisStep = "year" | "month" | "day" | "clock";

const OPTIONS: Readonly<Record<AxisStep, Intl.DateTimeFormatOptions>> = {
  year: { year: "numeric" },
  month: { month: "short" },
  day: { month: "short", day: "numeric" },
  clock: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};

const formats = new Map<string, Intl.DateTimeFormat>();

function format(key: string, options: Intl.DateTimeFormatOptions, timeZone?: string): Intl.DateTimeFormat {
  const name = `${key} ${timeZone ?? ""}`;
  let known = formats.get(name);
  if (known === undefined) {
    known = new Intl.DateTimeFormat("en-US", { ...options, ...(timeZone ? { timeZone } : {}) });
    formats.set(name, known);
  }
  return known;
}

/** A label of the time axis, in the reader's zone. */
export function axisLabel(seconds: number, step: AxisStep, timeZone?: string): string {
  return format(step, OPTIONS[step], timeZone).format(seconds * 1_000);
}

const MOMENT: Intl.DateTimeFormatOptions = {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
};

/** An instant for a chart's readout, with the zone's name: `Mar 3, 21:00 PST`. */
export function momentLabel(seconds: number, timeZone?: string): string {
  return format("moment", MOMENT, timeZone).format(seconds * 1_000);
}

const CLOCK: Intl.DateTimeFormatOptions = { ...OPTIONS.clock, timeZoneName: "short" };

/**
 * The same instant on the clocks of UTC and of the venue, whose rules are written in New York's time, as far as they
 * differ from the reader's: `21:00 UTC`, `16:00 EST`.
 */
export function otherZones(seconds: number, timeZone?: string): string[] {
  const told = (zone?: string) => format("clock with zone", CLOCK, zone).format(seconds * 1_000);
  const clock = (zone?: string) => axisLabel(seconds, "clock", zone);
  const day = (zone?: string) => axisLabel(seconds, "day", zone);
  const isOther = (zone: string) => clock(zone) !== clock(timeZone) || day(zone) !== day(timeZone);
  return ["UTC", VENUE_ZONE].filter(isOther).map(told);
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Distances between labels of a time axis, in milliseconds. */
const TICK_STEPS_MS = [
  ...[5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 4, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 5, 7, 14, 30, 60, 120].map((days) => days * DAY_MS),
];

/**
 * Instants to label between two, in milliseconds: round ones of the reader's clock, at most so many. `eastMs` is how far
 * the reader's clock is ahead of UTC.
 */
export function timeTicks(
  from: number,
  to: number,
  most: number,
  eastMs = -new Date(to).getTimezoneOffset() * MINUTE_MS,
): { at: number; text: string }[] {
  const step = TICK_STEPS_MS.find((known) => (to - from) / known <= most) ?? (to - from) / most;
  const first = Math.ceil((from + eastMs) / step) * step - eastMs;
  const ticks: { at: number; text: string }[] = [];
  for (let at = first; at < to; at += step) {
    const isMidnight = (at + eastMs) % DAY_MS === 0;
    ticks.push({ at, text: axisLabel(at / 1_000, step >= DAY_MS || isMidnight ? "day" : "clock") });
  }
  return ticks;
}
