/** What the intelligence routes send, under the names that pages use. */

export type TraderClass = "whale" | "smart" | "maker_like" | "bot_like" | "new" | "other";
export type ScoreKind = "whale" | "smart_money" | "reputation" | "maker" | "bot";
export type Verdict = "scored" | "too_few" | "withheld" | "excluded";

export interface WalletRef {
  address: string;
  name: string | null;
  class: TraderClass | null;
  owner: { id: string; wallets: number } | null;
  whale_score: number | null;
  smart_money_score: number | null;
  reputation_score: number | null;
}

export interface MarketRef {
  id: string;
  slug: string;
  question: string;
  outcome: string | null;
  outcome_index: number | null;
  event: { id: string; slug: string; title: string } | null;
  category: string | null;
  closed: boolean;
}

export interface Evidence {
  kind: string;
  id: string;
  href: string | null;
  label: string;
}

export interface Ingredient {
  name: string;
  label: string;
  value: number | null;
  unit: string | null;
}

export interface Page<Row> {
  rows: Row[];
  next_cursor: string | null;
  waiting_for: string | null;
}

export interface WhaleTrade {
  traded_at: string;
  observed_at: string;
  wallet: WalletRef;
  market: MarketRef;
  action: "buy" | "sell";
  side: "yes" | "no";
  usdc: number;
  price: number;
  shares: number;
  size_z: number | null;
  volume_share: number | null;
  depth_share: number | null;
  is_large: boolean | null;
  new_wallet: boolean | null;
  transaction_hash: string;
  evidence: Evidence[];
}

export interface WhalePosition {
  wallet: WalletRef;
  market: MarketRef;
  shares: number;
  average_price: number | null;
  current_price: number | null;
  cost_usdc: number | null;
  value_usdc: number | null;
  unrealized_usdc: number | null;
  is_whale: boolean | null;
  share_of_outcome: number | null;
  share_of_liquidity: number | null;
  opened_at: string | null;
  as_of: string;
  completeness: string | null;
  evidence: Evidence[];
}

export interface ClassFlow {
  class: TraderClass;
  net_usdc: number;
  bought_usdc: number;
  sold_usdc: number;
  trades: number;
  wallets: number | null;
}

export interface FlowHour {
  hour: string;
  by_class: ClassFlow[];
}

export interface MarketFlow {
  market: MarketRef;
  net_usdc: number;
  bought_usdc: number;
  sold_usdc: number;
  by_class: { class: TraderClass; net_usdc: number }[];
  trades: number;
}

export interface Flows {
  hours: FlowHour[];
  markets: MarketFlow[];
  basis: string;
  waiting_for: string | null;
  complete_since: string | null;
}

export interface Flip {
  at: string;
  wallet: WalletRef;
  market: MarketRef;
  event: { id: string; slug: string; title: string } | null;
  from_side: string;
  to_side: string;
  before_usdc: number;
  after_usdc: number;
  peak_usdc: number;
  change: number | null;
  is_whole: boolean | null;
  evidence: Evidence[];
}

export interface Concentration {
  market: MarketRef;
  holders: number;
  hhi: number;
  effective_holders: number;
  top_share: number;
  top: { wallet: WalletRef; share: number }[];
  observed_at: string;
  is_top_only: boolean;
  basis: string;
}

export interface Score {
  wallet: WalletRef;
  kind: string;
  rank: number | null;
  value: number | null;
  low: number | null;
  high: number | null;
  n: number;
  version: number;
  as_of: string;
  checked_at: string;
  verdict: Verdict;
  reason: string | null;
  ingredients: Ingredient[];
  evidence: Evidence[];
  profit_usdc: number | null;
  unreconciled: boolean | null;
}

export interface Population {
  as_of: string;
  scored: number;
  too_few: number;
  withheld: number;
  excluded: number;
  tau2: number | null;
  pi0: number | null;
  discoveries: number | null;
  fdr: number | null;
}

export interface AuditBadge {
  trial: string;
  is_within: boolean;
  ran_at: string;
  type1: number | null;
  power: number | null;
}

export interface Scoreboard extends Page<Score> {
  population: Population | null;
  audit: AuditBadge[];
  withdrawn: { reason: string; since: string } | null;
}

export interface InformedMarket {
  market: MarketRef;
  pairs: number;
  strongest_sd: number | null;
  leakage: { ils: number | null; out_of_scope: string | null; low: number | null; high: number | null };
  gate: "open" | "shut" | "unknown";
  gate_reason: string | null;
  wording: string;
  first_at: string;
  last_at: string;
  evidence: Evidence[];
}

export interface EvidenceRow {
  signal: string;
  label: string;
  value: number | null;
  present: boolean | null;
  matched: number;
  matched_present: number;
  rate: number | null;
  low: number | null;
  high: number | null;
}

export interface InformedWallet {
  wallet: WalletRef;
  market: MarketRef | null;
  layer: "pair" | "history";
  strength: number | null;
  tail_p: number | null;
  verdict: string;
  out_of_scope: string | null;
  gate: "open" | "shut" | "unknown";
  gate_reason: string | null;
  table: EvidenceRow[];
  wording: string;
  reserve: string;
  as_of: string;
  version: number;
  evidence: Evidence[];
}

export interface SignalResult {
  settled_at: string;
  status: "settled" | "push" | "void";
  reason: string | null;
  exit_price: number | null;
  gain: number | null;
  net: number | null;
}

export interface Signal {
  id: string;
  published_at: string;
  as_of: string;
  due_at: string | null;
  version: number;
  n: number;
  kind: string;
  market: MarketRef;
  side: "yes" | "no" | null;
  strength: number;
  price: number | null;
  cost: number | null;
  basis: string;
  ingredients: Ingredient[];
  evidence: Evidence[];
  result: SignalResult | null;
}

export interface Tally {
  kind: string;
  published: number;
  open: number;
  settled: number;
  right: number;
  wrong: number;
  push: number;
  void: number;
  events: number;
  mean_net: number | null;
  low: number | null;
  high: number | null;
}

export interface SignalPage extends Page<Signal> {
  tally: Tally[];
}

export interface ScoreDefinition {
  kind: ScoreKind;
  title: string;
  version: number;
  definition: string;
  formula: string;
  needs: string;
  budget: number | null;
  unit: string;
  doc_href: string;
}

export interface TrialLine {
  name: string;
  label: string;
  n: number;
  k: number;
  rate: number | null;
  low: number | null;
  high: number | null;
  note: string | null;
}

export interface Trial {
  trial: "synthetic" | "redrawn" | "planted";
  ran_at: string;
  version: number;
  is_within: boolean;
  results: {
    lines: TrialLine[];
    rankings: {
      name: string;
      top: number;
      hits: number;
      rate: number | null;
      low: number | null;
      high: number | null;
    }[];
    persistence: { rho: number | null; low: number | null; high: number | null; n: number } | null;
    seed: number | null;
    seconds: number | null;
  };
}

export interface Audit {
  kind: ScoreKind;
  version: number;
  budget: number | null;
  is_within: boolean | null;
  withdrawn: { reason: string; since: string } | null;
  trials: Trial[];
  waiting_for: string | null;
}

export interface WalletScores {
  current: Score[];
  history: {
    kind: ScoreKind;
    as_of: string;
    version: number;
    value: number | null;
    low: number | null;
    high: number | null;
    n: number;
    verdict: Verdict;
  }[];
  owner: {
    id: string;
    wallets: WalletRef[];
    log_likelihood: number;
    evidence: Evidence[];
    as_of: string;
  } | null;
  class: TraderClass | null;
}

export interface MarketIntelligence {
  consensus: {
    imbalance: number;
    low: number | null;
    high: number | null;
    voices: number;
    paid: number | null;
    price: number | null;
    divergence: number | null;
    as_of: string;
    version: number;
    n: number | null;
    basis: string;
  } | null;
  why_none: string | null;
  concentration: Concentration[];
  flows: { h24: { class: TraderClass; net_usdc: number }[] };
  notable: number;
  wash: {
    measures: { name: string; label: string; low: number | null; high: number | null }[];
    low: number | null;
    high: number | null;
    basis: string;
    as_of: string;
  } | null;
  informed: {
    pairs: number;
    gate: "open" | "shut" | "unknown";
    gate_reason: string | null;
    leakage: InformedMarket["leakage"];
  };
  signals: Signal[];
}
