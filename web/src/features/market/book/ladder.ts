import type { BookDepth, BookLevel, OrderBook } from "../../../lib/apiTypes.ts";

/** One row of the ladder, with its place among those shown. */
export interface LadderRow {
  price: number;
  shares: number;
  totalShares: number;
  totalUsdc: number;
  /** Dollars to this row against the deepest row shown of either side, 0 to 1. */
  depthShare: number;
}

export interface Ladder {
  /** Worst first, so that the best ask stands beside the best bid. */
  asks: readonly LadderRow[];
  /** Best first. */
  bids: readonly LadderRow[];
  /** Levels beyond those shown. */
  hiddenAsks: number;
  hiddenBids: number;
}

/** Hundredths of a cent: prices become whole numbers, so that one less a price is exact. */
const PIPS = 10_000;

const mirroredPrice = (price: number) => (PIPS - Math.round(price * PIPS)) / PIPS;

/** Running totals of levels that come best first. */
export function withTotals(levels: readonly Pick<BookLevel, "price" | "shares">[]): BookLevel[] {
  let totalShares = 0;
  let totalUsdc = 0;
  return levels.map(({ price, shares }) => {
    totalShares += shares;
    totalUsdc += price * shares;
    return { price, shares, total_shares: totalShares, total_usdc: totalUsdc };
  });
}

const mirroredLevels = (levels: readonly BookLevel[]) =>
  withTotals(levels.map(({ price, shares }) => ({ price: mirroredPrice(price), shares })));

/** A book as it is shown: of a mirrored one the token and the dollars near the mid are not known here. */
export type ShownBook = Omit<OrderBook, "token_id" | "depth"> & {
  token_id: string | null;
  depth: BookDepth | null;
};

/**
 * The same book seen from the other outcome: who bids p for Yes offers No at 1 − p. Best first stays best first.
 * The dollars within a few cents are not known for the other side and become unknown.
 */
export function mirroredBook(book: ShownBook): ShownBook {
  const flip = (price: number | null) => (price === null ? null : mirroredPrice(price));
  const mid = book.mid === null ? null : 1 - book.mid;
  return {
    ...book,
    outcome: 1 - book.outcome,
    token_id: null,
    bids: mirroredLevels(book.asks),
    asks: mirroredLevels(book.bids),
    best_bid: flip(book.best_ask),
    best_ask: flip(book.best_bid),
    mid,
    spread_bps: mid !== null && mid > 0 && book.spread !== null ? (book.spread / mid) * 10_000 : null,
    depth: null,
    imbalance: book.imbalance === null ? null : -book.imbalance,
    last_trade_price: flip(book.last_trade_price),
  };
}

/** The best `depth` levels of each side as rows of a ladder. */
export function ladder(book: Pick<OrderBook, "bids" | "asks">, depth: number): Ladder {
  const asks = book.asks.slice(0, depth);
  const bids = book.bids.slice(0, depth);
  const deepest = Math.max(0, asks.at(-1)?.total_usdc ?? 0, bids.at(-1)?.total_usdc ?? 0);
  const row = ({ price, shares, total_shares, total_usdc }: BookLevel): LadderRow => ({
    price,
    shares,
    totalShares: total_shares,
    totalUsdc: total_usdc,
    depthShare: deepest > 0 ? total_usdc / deepest : 0,
  });
  return {
    asks: asks.map(row).toReversed(),
    bids: bids.map(row),
    hiddenAsks: book.asks.length - asks.length,
    hiddenBids: book.bids.length - bids.length,
  };
}

/** A corner of the depth curve: this many shares rest at this price or better. */
export interface DepthPoint {
  price: number;
  shares: number;
}

export interface DepthCurve {
  /** Best first. */
  bids: readonly DepthPoint[];
  asks: readonly DepthPoint[];
  /** Prices at the left and right edge. */
  from: number;
  to: number;
  /** Shares at the top edge. */
  top: number;
}

/** Part of a side's shares, and the least distance from the middle in dollars, that the depth chart reaches to. */
const REACH_SHARE = 0.8;
const LEAST_REACH = 0.05;

function reachOf(levels: readonly BookLevel[], middle: number): number {
  const all = levels.at(-1)?.total_shares ?? 0;
  const last = levels.find(({ total_shares }) => total_shares >= all * REACH_SHARE);
  return last === undefined ? 0 : Math.abs(last.price - middle);
}

/** The depth around the middle, as far as most of both sides' shares reach; null for a book with an empty side. */
export function depthCurve(book: Pick<OrderBook, "bids" | "asks" | "mid">): DepthCurve | null {
  const { mid } = book;
  if (mid === null || book.bids.length === 0 || book.asks.length === 0) return null;
  const reach = Math.max(LEAST_REACH, reachOf(book.bids, mid), reachOf(book.asks, mid));
  const from = Math.max(0, mid - reach);
  const to = Math.min(1, mid + reach);
  const inside = (levels: readonly BookLevel[]) =>
    levels
      .filter(({ price }) => price >= from && price <= to)
      .map(({ price, total_shares }) => ({ price, shares: total_shares }));
  const bids = inside(book.bids);
  const asks = inside(book.asks);
  return { bids, asks, from, to, top: Math.max(bids.at(-1)?.shares ?? 0, asks.at(-1)?.shares ?? 0) };
}

/** Shares that rest between the middle and a price, on the price's side; zero inside the spread. */
export function sharesTo(curve: DepthCurve, price: number, mid: number): number {
  const points = price < mid ? curve.bids : curve.asks;
  const reached = points.findLast((point) => (price < mid ? point.price >= price : point.price <= price));
  return reached?.shares ?? 0;
}
