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
