import type { components } from "../api.gen.ts";

/** What the intelligence routes send, under the names that pages use. */
type Schemas = components["schemas"];

export type WalletRef = Schemas["WalletRef"];
export type MarketRef = Schemas["MarketRef"];
export type Evidence = Schemas["Evidence"];
export type Ingredient = Schemas["Ingredient"];

/** What every list page by page sends. */
export interface Page<Row> {
  rows: Row[];
  next_cursor: string | null;
  waiting_for: string | null;
}

export type WhaleTrade = Schemas["WhaleTrade"];
export type WhalePosition = Schemas["WhalePosition"];
export type Flows = Schemas["Flows"];
export type FlowHour = Schemas["FlowHour"];
export type ClassFlow = Schemas["ClassFlow"];
export type TraderClass = ClassFlow["class"];
export type MarketFlow = Schemas["MarketFlow"];
export type Flip = Schemas["WhaleFlip"];
export type Concentration = Schemas["ConcentrationRow"];
export type Score = Schemas["ScoreRow"];
export type Scoreboard = Schemas["Scoreboard"];
export type Population = Schemas["ScoredPopulation"];
export type TrialSummary = Schemas["TrialSummary"];
export type InformedMarket = Schemas["InformedMarket"];
export type InformedWallet = Schemas["InformedWallet"];
export type EvidenceRow = Schemas["EvidenceRow"];
export type Leakage = Schemas["LeakageView"];
export type Signal = Schemas["Signal"];
export type SignalResult = Schemas["SignalResult"];
export type SignalPage = Schemas["SignalPage"];
export type Tally = Schemas["SignalTally"];
export type ScoreDefinition = Schemas["ScoreDefinition"];
export type Audit = Schemas["ScoreAudit"];
export type Trial = Schemas["AuditTrial"];
export type WalletScores = Schemas["WalletScores"];
export type PastScore = Schemas["PastScore"];
export type OwnerCluster = Schemas["OwnerView"];
export type MarketIntelligence = Schemas["MarketIntelligence"];
