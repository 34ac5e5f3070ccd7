/**
 * How numbers and times look. Unknown is an em dash, never a zero; minus is U+2212; nothing here invents a digit
 * that the input does not have.
 */

export const UNKNOWN = "—";
const MINUS = "\u2212";

type Maybe = number | null | undefined;

const exactMoney = new Intl.NumberFormat("en-US", {
  style: "currency",
  currency: "USD",
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});
const wholeNumber = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

function isKnown(value: Maybe): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** Decimals of a price in cents: one, or two where the market's tick is finer than a tenth of a cent. */
function centDecimals(tickSize: Maybe): number {
  return isKnown(tickSize) && tickSize < 0.001 ? 2 : 1;
}

/** A price between 0 and 1 as cents: `44.5¢`; a price too small or too near 1 to show says so (`<0.1¢`, `>99.9¢`). */
export function cents(price: Maybe, tickSize?: Maybe): string {
  if (!isKnown(price)) return UNKNOWN;
  const decimals = centDecimals(tickSize);
  const smallest = 10 ** -decimals;
  const value = price * 100;
  if (value > 0 && value < smallest / 2) return `<${smallest.toFixed(decimals)}¢`;
  if (value < 100 && value > 100 - smallest / 2) return `>${(100 - smallest).toFixed(decimals)}¢`;
  return `${value.toFixed(decimals)}¢`;
}

export type Direction = "up" | "down" | "flat" | "unknown";

/** A change of probability (absolute, 0.1 = 10 percentage points) as text and direction. */
export function change(difference: Maybe): { text: string; direction: Direction } {
  if (!isKnown(difference)) return { text: UNKNOWN, direction: "unknown" };
  const points = Math.abs(difference * 100).toFixed(1);
  if (points === "0.0") return { text: `${points} pp`, direction: "flat" };
  return difference > 0
    ? { text: `▲ ${points} pp`, direction: "up" }
    : { text: `▼ ${points} pp`, direction: "down" };
}

const SCALES: readonly (readonly [number, string])[] = [
  [1, ""],
  [1e3, "k"],
  [1e6, "M"],
  [1e9, "B"],
];

/** USDC to three significant digits: `$512`, `$76.8k`, `$1.24M`. */
export function money(amount: Maybe): string {
  if (!isKnown(amount)) return UNKNOWN;
  const sign = amount < 0 ? MINUS : "";
  const size = Math.abs(amount);
  if (size === 0) return "$0";
  if (size < 0.01) return `${sign}<$0.01`;
  if (size < 1) return `${sign}$${size.toFixed(2)}`;
  for (const [index, [unit, suffix]] of SCALES.entries()) {
    const scaled = size / unit;
    const digits = scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2;
    const text = unit === 1 ? scaled.toFixed(0) : scaled.toFixed(digits);
    if (Number(text) < 1000 || index === SCALES.length - 1) return `${sign}$${text}${suffix}`;
  }
  return UNKNOWN;
}

/** USDC to the cent with thousands separators, for details and tooltips. */
export function moneyExact(amount: Maybe): string {
  if (!isKnown(amount)) return UNKNOWN;
  // What rounds to nothing has no sign.
  return exactMoney.format(Math.abs(amount) < 0.005 ? 0 : amount).replace("-", MINUS);
}

/** USDC with a direction: `+$512`, `−$76.8k`; nothing in either is `$0`. */
export function flow(amount: Maybe): string {
  return `${isKnown(amount) && amount > 0 ? "+" : ""}${money(amount)}`;
}

/** A count with thousands separators. */
export function count(value: Maybe): string {
  return isKnown(value) ? wholeNumber.format(value) : UNKNOWN;
}

/** A plain number with at most `digits` decimals and a true minus. */
export function decimal(value: Maybe, digits: number): string {
  if (!isKnown(value)) return UNKNOWN;
  return Number(value.toFixed(digits)).toString().replace("-", MINUS);
}

/** A plain number with exactly so many decimals, for columns and pairs that are compared. */
export function fixed(value: Maybe, digits: number): string {
  return isKnown(value) ? value.toFixed(digits).replace("-", MINUS) : UNKNOWN;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time by its largest unit: `45 s`, `12 min`, `18 h`, `24 d`. */
export function duration(milliseconds: number): string {
  const size = Math.max(0, milliseconds);
  if (size < MINUTE) return `${Math.floor(size / SECOND)} s`;
  if (size < HOUR) return `${Math.floor(size / MINUTE)} min`;
  if (size < 2 * DAY) return `${Math.floor(size / HOUR)} h`;
  return `${wholeNumber.format(Math.floor(size / DAY))} d`;
}

function parseInstant(instant: string | null | undefined): number | null {
  if (!instant) return null;
  const milliseconds = Date.parse(instant);
  return Number.isNaN(milliseconds) ? null : milliseconds;
}

/** How long ago an instant was, in words: `2 min ago`. */
export function ago(instant: string | null | undefined, now: number): string {
  const then = parseInstant(instant);
  if (then === null) return UNKNOWN;
  const age = now - then;
  return age < 5 * SECOND ? "just now" : `${duration(age)} ago`;
}

/** Time from now to an instant, or how long ago it passed: `24 d`, `3 d ago`. */
export function until(instant: string | null | undefined, now: number): string {
  const then = parseInstant(instant);
  if (then === null) return UNKNOWN;
  return then >= now ? duration(then - now) : `${duration(now - then)} ago`;
}

/** An instant in UTC to the minute: `2026-03-03 21:00 UTC`. */
export function utc(instant: string | null | undefined): string {
  const then = parseInstant(instant);
  if (then === null) return UNKNOWN;
  return `${new Date(then).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** The same instant in the reader's zone, with the zone's name: `Mar 3, 2026, 1:00 PM PST`. */
export function local(instant: string | null | undefined, timeZone?: string): string {
  const then = parseInstant(instant);
  if (then === null) return UNKNOWN;
  return new Intl.DateTimeFormat("en-US", {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
    ...(timeZone ? { timeZone } : {}),
  }).format(then);
}

/** The zone that the venue writes its rules in. */
export const VENUE_ZONE = "America/New_York";

/** An instant in the reader's zone, in the venue's, and how far off it is: for tooltips. */
export function everyZone(instant: string, now: number): string {
  return [...new Set([local(instant), local(instant, VENUE_ZONE)]), until(instant, now)].join(" · ");
}

/** An instant in UTC and in the venue's zone, to the second, for what is shown in the reader's. */
export function venueAndUtc(instant: string): string {
  const then = parseInstant(instant);
  if (then === null) return UNKNOWN;
  const venue = new Intl.DateTimeFormat("en-US", {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZone: VENUE_ZONE,
    timeZoneName: "short",
  });
  return `${new Date(then).toISOString().slice(0, 19).replace("T", " ")} UTC · ${venue.format(then)}`;
}

/** The reader's zone by its short name, such as `UTC` or `PST`. */
export function zoneName(): string {
  const parts = new Intl.DateTimeFormat("en-US", { timeZoneName: "short" }).formatToParts();
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "local time";
}

/** Whether an instant is of the reader's present day. */
export function isToday(instant: string): boolean {
  return new Date(instant).toDateString() === new Date().toDateString();
}

/** An instant of another day, in the reader's zone: `Nov 22 14:32`. */
export function dayAndTime(instant: string): string {
  const then = parseInstant(instant);
  if (then === null) return UNKNOWN;
  const options = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" } as const;
  return new Intl.DateTimeFormat("en-US", { ...options, hourCycle: "h23" }).format(then).replace(",", "");
}

/** The wall clock with its offset from UTC: `UTC−8 · 14:32:08`. `offsetMinutes` as in `Date.getTimezoneOffset`. */
export function clock(now: Date, offsetMinutes: number): string {
  const east = -offsetMinutes;
  const hours = Math.floor(Math.abs(east) / 60);
  const minutes = Math.abs(east) % 60;
  const sign = east < 0 ? MINUS : "+";
  const zone =
    east === 0 ? "UTC" : `UTC${sign}${hours}${minutes ? `:${String(minutes).padStart(2, "0")}` : ""}`;
  const shifted = new Date(now.getTime() + east * MINUTE);
  return `${zone} · ${shifted.toISOString().slice(11, 19)}`;
}

/** A slug as words: `neg_risk` → `neg risk`. */
export function words(slug: string): string {
  return slug.replaceAll(/[_-]+/g, " ");
}

/** The name of a category: `politics` → `Politics`; null and `unknown` are none. */
export function categoryLabel(slug: string | null): string {
  if (slug === null || slug === "unknown") return "No category";
  return words(slug).replace(/^./, (first) => first.toUpperCase());
}

/** Shares to a whole number from 10 up, else with at most two decimals: `4,845`, `7.25`. */
export function shares(value: Maybe): string {
  if (!isKnown(value)) return UNKNOWN;
  if (value > 0 && value < 0.01) return "<0.01";
  return value >= 10 ? wholeNumber.format(value) : decimal(value, 2);
}

/** A part of a whole, 0 to 1, as percent with a decimal below ten: `61%`, `4.2%`, `3.0%`. */
export function percent(part: Maybe): string {
  if (!isKnown(part)) return UNKNOWN;
  const value = part * 100;
  if (value > 0 && value < 0.05) return "<0.1%";
  const digits = value !== 0 && Math.abs(value) < 9.95 ? 1 : 0;
  return `${fixed(value, digits)}%`;
}

/** A return on what was paid, as percent; what is beyond tenfold says no more than that: `>1,000%`. */
export function yearlyReturn(part: Maybe): string {
  return isKnown(part) && part > 10 ? ">1,000%" : percent(part);
}

/** A signed number with at most `digits` decimals: `+0.42`, `−1.3`, `0`. */
export function signed(value: Maybe, digits: number): string {
  if (!isKnown(value)) return UNKNOWN;
  const text = decimal(value, digits);
  return Number(value.toFixed(digits)) > 0 ? `+${text}` : text;
}

/** An age with tenths of a second while it is young: `0.4 s`, `12 s`, `3 min`. */
export function age(milliseconds: Maybe): string {
  if (!isKnown(milliseconds)) return UNKNOWN;
  return milliseconds < 10 * SECOND
    ? `${(Math.max(0, milliseconds) / SECOND).toFixed(1)} s`
    : duration(milliseconds);
}

/** An address or hash by its ends: `0x2005…75ea`. */
export function shortHash(text: string): string {
  return text.length <= 12 ? text : `${text.slice(0, 6)}…${text.slice(-4)}`;
}

/** An instant as the wall clock shows it, in a zone: `14:32:08`. */
export function timeOfDay(instant: string, timeZone?: string): string {
  const then = parseInstant(instant);
  if (then === null) return UNKNOWN;
  return new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    ...(timeZone ? { timeZone } : {}),
  }).format(then);
}
