import type { MarketRow } from "../../lib/apiTypes.ts";
import { type ChangePeriod, changeOf } from "../../lib/changes.ts";

export type Period = ChangePeriod;

/** The change, in probability, that has the full colour. */
export const FULL_CHANGE: Readonly<Record<Period, number>> = {
  "10m": 0.02,
  "1h": 0.05,
  "6h": 0.07,
  "12h": 0.08,
  "24h": 0.1,
  "7d": 0.2,
};

export interface MapLeaf {
  market: MarketRow;
  /** Dollars traded in 24 hours, above zero. */
  volume: number;
  change: number | null;
}

export interface MapBranch {
  /** Slug of the category; `unknown` for markets without one. */
  category: string;
  volume: number;
  leaves: readonly MapLeaf[];
}

export interface MapTree {
  branches: readonly MapBranch[];
  /** Markets drawn. */
  shown: number;
  /** Markets that are not, because they had no volume or it is unknown. */
  untraded: number;
}

/** Markets by category, both by volume. A market without volume has no area and is counted instead. */
export function mapTree(markets: readonly MarketRow[], period: Period): MapTree {
  const leaves = markets.flatMap((market): MapLeaf[] =>
    market.volume_24h !== null && market.volume_24h > 0
      ? [{ market, volume: market.volume_24h, change: changeOf(market, period) }]
      : [],
  );
  const byCategory = new Map<string, MapLeaf[]>();
  for (const leaf of leaves) {
    const category = leaf.market.category ?? "unknown";
    byCategory.set(category, [...(byCategory.get(category) ?? []), leaf]);
  }
  const branches = [...byCategory]
    .map(([category, own]) => ({
      category,
      volume: own.reduce((sum, { volume }) => sum + volume, 0),
      leaves: own.toSorted((left, right) => right.volume - left.volume),
    }))
    .sort((left, right) => right.volume - left.volume);
  return { branches, shown: leaves.length, untraded: markets.length - leaves.length };
}

/** How strong the colour of a change is, from −1 (fell as far as the scale goes) to 1; null when it is unknown. */
export function strength(change: number | null, period: Period): number | null {
  return change === null ? null : Math.max(-1, Math.min(1, change / FULL_CHANGE[period]));
}
