import type { Estimate } from "../../../lib/apiTypes.ts";
import { fixed, percent, signed, UNKNOWN } from "../../../lib/format.ts";

/** Ends of an interval in percent, as `[52, 70]`; nothing where there is no interval. */
function ends(low: number | null | undefined, high: number | null | undefined, digits: number): string {
  if (low == null || high == null) return "";
  return ` [${fixed(low * 100, digits)}, ${fixed(high * 100, digits)}]`;
}

/** A rate with its interval, in percent: `61% [52, 70]`. */
export function rateText(one: Estimate | null | undefined): string {
  if (!one) return UNKNOWN;
  return `${percent(one.value)}${ends(one.low, one.high, 0)}`;
}

/** What a dollar came to more than was paid, with its interval, in cents: `+2.1¢ [−0.4, 4.6]`. */
export function edgeText(one: Estimate | null | undefined): string {
  if (!one) return UNKNOWN;
  return `${signed(one.value * 100, 1)}¢${ends(one.low, one.high, 1)}`;
}

/** Whether an interval leaves no doubt about the sign. */
export function signOf(one: Estimate | null | undefined): "up" | "down" | "" {
  if (one?.low == null || one.high == null) return "";
  return one.low > 0 ? "up" : one.high < 0 ? "down" : "";
}
