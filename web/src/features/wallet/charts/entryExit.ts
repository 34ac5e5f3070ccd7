import type { ClosedPosition } from "../../../lib/apiTypes.ts";

/** A closed position between what its shares cost and what came back. */
export interface EntryExit {
  key: string;
  title: string;
  /** Average cost a share, 0 to 1. */
  entry: number;
  /** That and the profit a share, 0 to 1. */
  exit: number;
  /** Dollars that went into it at that cost. */
  cost: number;
}

const SLACK = 1e-6;
const DUST = 10_000;
const isPrice = (price: number) => price >= -SLACK && price <= 1 + SLACK;
const clamped = (price: number) => Math.min(1, Math.max(0, price));

/**
 * Where a closed position lies: what a share cost on average when it was last held, and that with the profit before fees a
 * share bought. The distance from the diagonal is therefore exact. Null where one of them is unknown or doubted, or where
 * conversions leave a cost that is no price.
 */
export function entryExitOf(position: ClosedPosition): EntryExit | null {
  const { avg_price, total_usdc, bought_shares, doubts, market } = position;
  if (avg_price === null || total_usdc === null || bought_shares === null || bought_shares <= 0) return null;
  if (doubts.length > 0) return null;
  // Fractions of a cent's hundredth are dust of the division.
  const exit = Math.round((avg_price + total_usdc / bought_shares) * DUST) / DUST;
  if (!isPrice(avg_price) || !isPrice(exit)) return null;
  return {
    key: `${market.token_id ?? market.condition_id} ${position.closed_at ?? ""}`,
    title: [market.title ?? "a market that is not in the catalogue", market.outcome]
      .filter(Boolean)
      .join(": "),
    entry: clamped(avg_price),
    exit: clamped(exit),
    cost: avg_price * bought_shares,
  };
}
