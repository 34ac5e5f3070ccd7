import type { ChartRange, Interval } from "../../lib/apiTypes.ts";

export const marketKeys = {
  detail: (id: string) => ["market", id] as const,
  related: (marketId: string) => ["related", marketId] as const,
  siblings: (eventSlug: string) => ["market-siblings", eventSlug] as const,
  /** Of the stream only. */
  price: (marketId: string) => ["market-price", marketId] as const,
  book: (marketId: string) => ["market-book", marketId] as const,
  slippage: (marketId: string, order: object) => ["market-slippage", marketId, order] as const,
  tapes: (marketId: string) => ["market-tape", marketId] as const,
  tape: (marketId: string, leastUsdc: number) => ["market-tape", marketId, leastUsdc] as const,
  charts: (marketId: string) => ["market-chart", marketId] as const,
  chart: (marketId: string, range: ChartRange, interval: Interval, outcome: number) =>
    ["market-chart", marketId, range, interval, outcome] as const,
  timeline: (marketId: string) => ["market-timeline", marketId] as const,
  holders: (marketId: string) => ["market-holders", marketId] as const,
};
