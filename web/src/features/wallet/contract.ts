/**
 * What the wallet endpoints answer, until `api.gen.ts` has them. Amounts are dollars, shares are shares, prices and parts
 * are 0 to 1, and null is unknown.
 */
import type { Told } from "./told.ts";

export interface Interval {
  value: number;
  low?: number | null;
  high?: number | null;
  n: number;
}

export interface WalletImport {
  state: "unknown" | "waiting" | "importing" | "imported" | "failed" | "empty";
  progress_rows: number | null;
  due_at: string | null;
  attempts: number;
  last_error: string | null;
}

export interface WalletHistory {
  completeness: "full" | "capped" | "gap";
  reasons: string[];
  since: string | null;
  until: string | null;
  imported_at: string;
  activity_count: number | null;
  first_active_at: string | null;
  last_active_at: string | null;
}

export interface WalletProfile {
  address: string;
  name: string | null;
  pseudonym: string | null;
  bio: string | null;
  profile_image: string | null;
  x_username: string | null;
  is_verified: boolean | null;
  joined_at: string | null;
  identity_observed_at: string | null;
  found_at: string | null;
  found_by: string | null;
  import: WalletImport;
  history: WalletHistory | null;
  badges: { kind: string; text: string }[];
}

export interface WalletMarket {
  condition_id: string | null;
  market_id: string | null;
  slug: string | null;
  title: string | null;
  event: { title: string; slug: string } | null;
  category: string | null;
  outcome: string | null;
  outcome_index: number | null;
  token_id: string | null;
}

export interface VenueFigures {
  shares: number | null;
  avg_price: number | null;
  cost_usdc: number | null;
  value_usdc: number | null;
  realized_usdc: number | null;
  unrealized_usdc: number | null;
  total_usdc: number | null;
  status: string | null;
  observed_at: string | null;
}

export interface WalletPosition {
  market: WalletMarket;
  shares: number | null;
  avg_price: number | null;
  cost_usdc: number | null;
  fifo_cost_usdc: number | null;
  realized_usdc: number | null;
  fifo_realized_usdc: number | null;
  fees_usdc: number | null;
  bought_shares: number | null;
  mark_price: number | null;
  mark_source: string | null;
  mark_as_of: string | null;
  value_usdc: number | null;
  unrealized_usdc: number | null;
  total_usdc: number | null;
  as_of: string;
  doubts: string[];
  first_at: string | null;
  last_at: string | null;
  venue: VenueFigures | null;
  differs: string[];
}

export interface ClosedPosition extends WalletPosition {
  closed_at: string | null;
  payout: number | null;
  unredeemed_shares: number | null;
  settled_usdc: number | null;
  hold_s: number | null;
}

export interface WalletActivity {
  id: string;
  happened_at: string;
  kind: string;
  side: string | null;
  role: string | null;
  market: WalletMarket | null;
  price: number | null;
  shares: number | null;
  usdc: number | null;
  transaction_hash: string | null;
  is_combo: boolean;
}

export interface WalletValue {
  value_usdc: number | null;
  withheld: string | null;
  value_as_of: string | null;
  open_positions: number;
  unmarked_positions: number;
  redeemable_usdc: number | null;
  cash_usdc: number | null;
  venue_value_usdc: number | null;
  venue_as_of: string | null;
}

export interface PnlPoint {
  at: string;
  total: number | null;
  realized: number | null;
  unrealized: number | null;
  fees: number | null;
  income: number | null;
}

export interface PnlSeries {
  source: string;
  meaning: string;
  as_of: string | null;
  points: PnlPoint[];
}

export interface ReconciliationRow {
  measure: string;
  ours: Told<number>;
  venue: number;
  venue_as_of: string | null;
  residual: Told<number>;
  tolerance: number;
  class: string;
}

export interface PnlTotals {
  realized: Told<number>;
  realized_fifo: Told<number>;
  unrealized: Told<number>;
  fees: Told<number>;
  income: Told<number>;
  total: Told<number>;
  value: Told<number>;
  invested: number | null;
  roi: Told<number>;
  unexplained: number | null;
}

export interface WalletPnl {
  method: string;
  completeness: string | null;
  as_of: string | null;
  totals: PnlTotals | null;
  series: PnlSeries[];
  reconciliation: ReconciliationRow[];
}

export interface RecordFigures {
  events: number;
  wins: number;
  losses: number;
  pushes: number;
  win_rate: Interval | null;
  profit_usdc: number;
  invested_usdc: number;
  roi: number | null;
  profit_factor: number | null;
  edge: Interval | null;
}

export interface CalibrationBin {
  tenth: number;
  trades: number;
  price: number;
  frequency: Interval;
}

export interface CalibrationCurve {
  bins: CalibrationBin[];
  score: number;
  reliability: number;
  resolution: number;
  uncertainty: number;
  expected: number;
  skill: number | null;
}

export interface CalibrationFigures {
  trades: number;
  events: number;
  excluded: number;
  by_event: CalibrationCurve;
}

export interface CourseFigures {
  events: number;
  drawdown_usdc: number;
  longest_wins: number;
  longest_losses: number;
  current: number;
}

export interface SettledEvent {
  /** One market of it; its `event` names the event. */
  market: WalletMarket;
  closed_at: string | null;
  profit_usdc: number;
  invested_usdc: number;
}

export interface WalletMetrics {
  as_of: string;
  totals: PnlTotals;
  all_time: Told<RecordFigures>;
  windows: { days: number; record: Told<RecordFigures> }[];
  by_category: Told<{ category: string | null; record: RecordFigures }[]>;
  by_price: Told<{ from_cents: number; record: RecordFigures }[]>;
  calibration: Told<CalibrationFigures>;
  course: Told<CourseFigures>;
  courses: Told<{ last_events: number; course: CourseFigures | null }[]>;
  best_event: Told<SettledEvent>;
  worst_event: Told<SettledEvent>;
  settled: Told<SettledEvent[]>;
  left_out: number;
  hold_time: Told<{ mean_s: number; median_s: number; positions: number }>;
  concentration: Told<{ events: number; hhi: number; effective_events: number; top_share: number }>;
  frequency: Told<{
    fills: number;
    active_days: number;
    first_at: string;
    last_at: string;
    per_day: number;
    per_active_day: number;
  }>;
  maker_share: Told<number>;
}

export interface WalletExposure {
  /** One market of it that is held; its `event` names the event. */
  market: WalletMarket;
  positions: number;
  cost_usdc: number | null;
  value_usdc: number | null;
  worst_payoff_usdc: number;
  best_payoff_usdc: number;
  worst_profit_usdc: number | null;
  best_profit_usdc: number | null;
  worst_winner: WalletMarket | null;
}

export interface WalletCandidate {
  address: string;
  name: string | null;
  pseudonym: string | null;
  imported: boolean;
  last_active_at: string | null;
}
