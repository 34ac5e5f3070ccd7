import type { MarketRow } from "./apiTypes.ts";
import { tapeValue } from "./tape.ts";

/** Periods that the map and the categories tell changes over, the shortest first. */
export const CHANGE_PERIODS = ["10m", "1h", "6h", "12h", "24h", "7d"] as const;
export type ChangePeriod = (typeof CHANGE_PERIODS)[number];

/** The period that an address names; a day unless it names one. */
export function changePeriod(name: string | undefined): ChangePeriod {
  return CHANGE_PERIODS.find((known) => known === name) ?? "24h";
}

/** The change of a market's price: upstream's where it tells one, else the tape's, where the market traded. */
export function changeOf(market: MarketRow, period: ChangePeriod): number | null {
  switch (period) {
    case "10m":
    case "6h":
    case "12h":
      return tapeValue(market, period, "change");
    default:
      return market[`change_${period}`];
  }
}
