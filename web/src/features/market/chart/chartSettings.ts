import type { ChartRange, Interval } from "../../../lib/apiTypes.ts";
import type { UrlSearch } from "../../../lib/urlSearch.ts";

export const RANGES = ["1h", "6h", "1d", "1w", "1m", "3m", "max"] as const satisfies readonly ChartRange[];
export type Range = (typeof RANGES)[number];
export const CHART_KINDS = ["line", "candles"] as const;
export type ChartKind = (typeof CHART_KINDS)[number];
/** Which outcome the chart shows, by index; `both` draws two lines. */
export type ChartOutcome = "0" | "1" | "both";

/** How a market's page is set, as its address says. */
export interface ChartSettings {
  range: Range;
  kind: ChartKind;
  outcome: ChartOutcome;
}

/** Bars of a range: a hundred or two, so that each can be told from the next. */
export const INTERVAL: Readonly<Record<Range, Interval>> = {
  "1h": "1m",
  "6h": "5m",
  "1d": "15m",
  "1w": "1h",
  "1m": "6h",
  "3m": "1d",
  max: "1d",
};

const DEFAULTS: ChartSettings = { range: "1w", kind: "line", outcome: "0" };

/** Settings of an address; what it does not say, or says wrongly, is the default. */
export function parseChartSettings(search: UrlSearch): ChartSettings {
  const outcome = (["0", "1", "both"] as const).find((known) => known === search.outcome) ?? DEFAULTS.outcome;
  const kind = CHART_KINDS.find((known) => known === search.chart) ?? DEFAULTS.kind;
  return {
    range: RANGES.find((known) => known === search.range) ?? DEFAULTS.range,
    // Candles of two outcomes would lie on each other.
    kind: outcome === "both" ? "line" : kind,
    outcome,
  };
}

/** The parameters of an address with these settings; defaults are left out and other parameters stay. */
export function chartSearch(search: UrlSearch, { range, kind, outcome }: ChartSettings): UrlSearch {
  const { range: _range, chart: _chart, outcome: _outcome, ...others } = search;
  return {
    ...others,
    ...(range === DEFAULTS.range ? {} : { range }),
    ...(kind === DEFAULTS.kind ? {} : { chart: kind }),
    ...(outcome === DEFAULTS.outcome ? {} : { outcome }),
  };
}
