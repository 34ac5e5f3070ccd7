/**
 * The live half of the API, by hand, until `api.gen.ts` is generated from a server that has it: names and shapes are
 * those of the contract of issue 4. Prices are dollars from 0 to 1, sizes shares, money USDC, instants RFC 3339 in UTC,
 * null is unknown.
 */
import createClient from "openapi-fetch";
import type { EventDetail, ItemMetadata, MarketDetail } from "./apiTypes.ts";

export interface BookLevel {
  price: number;
  shares: number;
  /** Shares from the best level to this one. */
  total_shares: number;
  /** Dollars from the best level to this one. */
  total_usdc: number;
}

export type BookState = "live" | "stale" | "gap" | "unknown";

/** The order book of one outcome, both sides best first. */
export interface OrderBook {
  market_id: string;
  outcome: number;
  token_id: string | null;
  state: BookState;
  state_cause: string | null;
  as_of: string | null;
  /** Since something of it was received. */
  age_ms: number | null;
  source: "stream" | "rest" | null;
  bids: BookLevel[];
  asks: BookLevel[];
  best_bid: number | null;
  best_ask: number | null;
  mid: number | null;
  spread: number | null;
  spread_bps: number | null;
  /** Dollars resting within one and five cents of the mid. */
  depth: BookDepth | null;
  /** −1 (all asks) to 1 (all bids). */
  imbalance: number | null;
  tick_size: number | null;
  min_order_size: number | null;
  last_trade_price: number | null;
}

export interface BookDepth {
  bid_1c: number | null;
  ask_1c: number | null;
  bid_5c: number | null;
  ask_5c: number | null;
}

export type Side = "buy" | "sell";

/** What an order of a size would get from the book as it stands. */
export interface Slippage {
  side: Side;
  outcome: number;
  requested_usdc: number | null;
  requested_shares: number | null;
  filled_shares: number;
  filled_usdc: number;
  average_price: number | null;
  worst_price: number | null;
  fee_usdc: number | null;
  total_usdc: number | null;
  best_price: number | null;
  impact_cents: number | null;
  impact_bps: number | null;
  unfilled_shares: number | null;
  unfilled_usdc: number | null;
  complete: boolean;
  book_state: BookState;
  as_of: string | null;
}

export type Interval = "1m" | "5m" | "15m" | "1h" | "6h" | "1d";
export type ChartRange = "1h" | "6h" | "1d" | "1w" | "1m" | "3m" | "max";

export interface Bar {
  /** Beginning of the bucket. */
  at: string;
  open: number;
  high: number;
  low: number;
  close: number;
  volume_usdc: number | null;
  volume_shares: number | null;
  trades: number | null;
  bid: number | null;
  ask: number | null;
  source: "trades" | "quotes" | "history";
  /** Not true open, high, low and close, but drawn from upstream's samples. */
  synthetic: boolean;
}

/** A time that was not recorded, half open. */
export interface Gap {
  from: string;
  to: string;
  cause: string | null;
}

export interface Ohlc {
  market_id: string;
  outcome: number;
  interval: Interval;
  from: string;
  to: string;
  bars: Bar[];
  gaps: Gap[];
  recorded_since: string | null;
}

export interface TradeRow {
  trade_id: string;
  traded_at: string;
  outcome: number;
  /** Left out by the stream: the page knows the outcomes' names. */
  outcome_label?: string;
  /** What the taker did with the outcome's token. */
  side: Side;
  price: number;
  shares: number;
  usdc: number;
  wallet: string | null;
  name: string | null;
  transaction_hash: string | null;
  /** The price in terms of outcome 0. */
  canonical_price: number | null;
  /** False while it was only heard on the stream; a confirmed row may bring the wallet and the transaction. */
  confirmed?: boolean;
}

export type TimelineKind =
  | "opened"
  | "rules_changed"
  | "title_changed"
  | "end_date_changed"
  | "proposed"
  | "challenged"
  | "disputed"
  | "resolved"
  | "closed"
  | "reopened"
  | "delisted";

export interface TimelineEntry {
  at: string;
  observed_at: string | null;
  kind: TimelineKind;
  summary: string;
  before: string | null;
  after: string | null;
}

export interface Holder {
  wallet: string;
  name: string | null;
  shares: number;
  value_usdc: number | null;
  /** Part of the shares of the holders shown. */
  share: number | null;
}

export interface HolderSide {
  outcome: number;
  outcome_label: string;
  token_id: string | null;
  holders: Holder[];
  shown_shares: number | null;
  hhi: number | null;
  effective_holders: number | null;
  top_1_share: number | null;
  top_10_share: number | null;
}

export interface Holders {
  market_id: string;
  observed_at: string | null;
  netted: boolean;
  sides: HolderSide[];
}

export interface AnalyticsWindow {
  window: string;
  trades: number | null;
  buyers: number | null;
  sellers: number | null;
  buy_usdc: number | null;
  sell_usdc: number | null;
  volume_usdc: number | null;
  /** Bought part of bought and sold dollars, outcome 0. */
  buy_share: number | null;
  change: number | null;
}

export interface MarketAnalytics {
  as_of: string | null;
  windows: AnalyticsWindow[];
  momentum: { slope_per_day: number; standard_error: number | null; n: number } | null;
  /** Of log-odds, per square root of a day. */
  volatility: number | null;
  spread_bps: number | null;
  depth: BookDepth | null;
  imbalance: number | null;
  opinion_changes_24h: number | null;
  hours_to_close: number | null;
  annualised_return: number | null;
}

export type LiveMarketDetail = MarketDetail & { analytics?: MarketAnalytics | null };

export interface DistributionOutcome {
  market_id: string;
  slug: string;
  title: string;
  price: number | null;
  /** The price after all outcomes are scaled to add up to one. */
  coherent: number | null;
}

export interface Distribution {
  /** At most one of the outcomes can come true. */
  exclusive: boolean;
  raw_sum: number | null;
  outcomes: DistributionOutcome[];
  excluded: {
    market_id: string;
    slug: string;
    title: string;
    reason: "placeholder" | "other" | "closed" | "no_price";
  }[];
  /** What one share of every outcome costs now, fees included. */
  buy_all_cost: number | null;
  sell_all_value: number | null;
}

export type LiveEventDetail = EventDetail & { distribution?: Distribution | null };

export interface EventHistory {
  interval: Interval;
  from: string;
  to: string;
  outcomes: {
    market_id: string;
    title: string;
    points: { at: string; price: number | null }[];
  }[];
  gaps: Gap[];
}

export interface CategoryRow {
  category: string;
  label: string;
  markets: number;
  events: number;
  volume_24h: number | null;
  liquidity: number | null;
  /** Open markets that end within a day. */
  closing_soon: number;
  top_markets: {
    market_id: string;
    slug: string;
    title: string;
    price: number | null;
    change_24h: number | null;
    volume_24h: number | null;
  }[];
}

/** Events of the stream, by name. */
export interface PriceEvent {
  market_id: string;
  price: number | null;
  best_bid: number | null;
  best_ask: number | null;
  last_trade_price: number | null;
  state: BookState;
  at: string | null;
}
export type TradeEvent = TradeRow & { market_id: string };
export interface ResolutionEvent {
  market_id: string;
}
export interface ResetEvent {
  reason: string;
}

export type CursorMetadata = ItemMetadata & { next_cursor?: string | null };

interface Read<Query, Path, Data, Metadata = ItemMetadata> {
  get: {
    parameters: { query?: Query; path: Path };
    responses: {
      200: { content: { "application/json": { success: true; data: Data; metadata: Metadata } } };
    };
  };
}
interface ReadAll<Query, Data> {
  get: {
    parameters: { query?: Query };
    responses: {
      200: { content: { "application/json": { success: true; data: Data; metadata: ItemMetadata } } };
    };
  };
}

interface LivePaths {
  "/api/polymarket/order-book/{id}": Read<{ outcome?: number }, { id: string }, OrderBook>;
  "/api/polymarket/order-book/{id}/slippage": Read<
    { side: Side; outcome?: number; usdc?: number; shares?: number },
    { id: string },
    Slippage
  >;
  "/api/polymarket/ohlc/{id}": Read<
    { interval?: Interval; range?: ChartRange; outcome?: number },
    { id: string },
    Ohlc
  >;
  "/api/polymarket/markets/{id}/trades": Read<
    { limit?: number; cursor?: string; side?: Side; outcome?: number; min_usdc?: number },
    { id: string },
    TradeRow[],
    CursorMetadata
  >;
  "/api/polymarket/markets/{id}/timeline": Read<never, { id: string }, TimelineEntry[]>;
  "/api/polymarket/events/{slug}/history": Read<{ range?: ChartRange }, { slug: string }, EventHistory>;
  "/api/polymarket/holders": ReadAll<{ market: string; limit?: number }, Holders>;
  "/api/polymarket/categories": ReadAll<never, CategoryRow[]>;
}

export const liveApi = createClient<LivePaths>({ baseUrl: "" });
