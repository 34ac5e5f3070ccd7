import type { components, paths } from "./api.gen.ts";

type Schemas = components["schemas"];

/** Parameters of the two lists, as the API reads them. */
export type MarketsQuery = NonNullable<paths["/api/polymarket/markets"]["get"]["parameters"]["query"]>;
export type EventsQuery = NonNullable<paths["/api/polymarket/events"]["get"]["parameters"]["query"]>;

export type MarketRow = Schemas["MarketRow"];
export type MarketDetail = Schemas["MarketDetail"];
export type RelatedMarket = Schemas["RelatedMarket"];
export type EventRow = Schemas["EventRow"];
export type EventDetail = Schemas["EventDetail"];
export type Facets = Schemas["Facets"];
export type FacetCount = Schemas["FacetCount"];
export type ListMetadata = Schemas["ListMetadata"];
export type GenerationTick = Schemas["GenerationTick"];
export type SyncStatus = Schemas["SyncStatus"];
export type SyncOverview = Schemas["SyncOverview"];
export type SearchResults = Schemas["SearchResults"];
export type ItemMetadata = Schemas["ItemMetadata"];
export type FieldError = Schemas["FieldError"];
export type ErrorCode = Schemas["ErrorCode"];
export type ErrorBody = Schemas["ErrorBody"];

/** The live half: books, bars, trades and what happens. */
export type OrderBook = Schemas["OrderBookView"];
export type BookLevel = Schemas["BookLevelView"];
export type BookDepth = Schemas["DepthView"];
export type BookState = OrderBook["state"];
export type Slippage = Schemas["SlippageView"];
export type Side = Slippage["side"];
export type Ohlc = Schemas["OhlcView"];
export type Bar = Schemas["BarView"];
export type Gap = Schemas["GapView"];
export type Interval = Ohlc["interval"];
export type ChartRange = "1h" | "6h" | "1d" | "1w" | "1m" | "3m" | "max";
export type TradeRow = Schemas["TradeView"];
export type TapeMetadata = Schemas["TapeMetadata"];
export type TimelineEntry = Schemas["TimelineEntry"];
export type Holders = Schemas["HoldersView"];
export type HolderSide = Schemas["HoldersSide"];
export type Holder = Schemas["HolderView"];
export type MarketAnalytics = Schemas["AnalyticsView"];
export type AnalyticsWindow = Schemas["WindowView"];
export type Distribution = Schemas["DistributionView"];
export type EventHistory = Schemas["EventHistory"];
export type CategoryRow = Schemas["CategoryView"];
export type PriceEvent = Schemas["PriceTick"];
export type ResolutionEvent = Schemas["ResolutionTick"];
export interface ResetEvent {
  reason: string;
}

/** Wallets. */
export type WalletMetadata = Schemas["WalletMetadata"];
export type WalletListMetadata = Schemas["WalletListMetadata"];
export type WalletProfile = Schemas["WalletProfile"];
export type WalletMarket = Schemas["WalletMarket"];
export type WalletPosition = Schemas["PositionView"];
export type ClosedPosition = Schemas["ClosedPositionView"];
export type WalletActivity = Schemas["ActivityView"];
export type WalletActivityQuery = NonNullable<
  paths["/api/polymarket/wallet/{address}/trades"]["get"]["parameters"]["query"]
>;
export type WalletValue = Schemas["ValueView"];
export type WalletPnl = Schemas["PnlView"];
export type PnlTotals = Schemas["TotalsView"];
export type PnlSeries = Schemas["PnlSeries"];
export type PnlPoint = Schemas["PnlPointView"];
export type ReconciliationRow = Schemas["ReconciliationView"];
export type WalletMetricsAnswer = Schemas["WalletMetricsAnswer"];
export type WalletMetrics = Schemas["WalletMetricsView"];
export type RecordFigures = Schemas["RecordView"];
export type Estimate = Schemas["IntervalView"];
export type CalibrationFigures = Schemas["CalibrationView"];
export type CalibrationBin = Schemas["CalibrationBin"];
export type SettledEvent = Schemas["SettledEvent"];
export type WalletExposure = Schemas["ExposureView"];
export type WalletsFound = Schemas["FoundWallets"];
export type FoundWallet = Schemas["FoundWallet"];
