//! Markets as the API sends them.

use chrono::{DateTime, Utc};
use domain::{Category, Market, MarketStatus, ResolutionBasis, TapeColumn, UmaStatus};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AnalyticsView, TapeWindows};

/// The event a market belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventRef {
    /// Gamma's id.
    pub event_id: String,
    /// Kebab-case name in URLs.
    pub slug: String,
    /// The question of the family.
    pub title: String,
}

/// The final payouts of a market.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResolutionView {
    /// Index of the outcome that pays a whole dollar; null when the payout is split.
    pub outcome_index: Option<usize>,
    /// Label of that outcome.
    pub outcome: Option<String>,
    /// Dollars per share, aligned with `outcomes`, summing to 1.
    pub payouts: Option<Vec<f64>>,
    /// What it was read from: `payout` (the prices are a payout vector) or `uma` (the oracle says
    /// resolved and the prices are within a cent of one).
    #[schema(value_type = String, example = "payout")]
    pub basis: ResolutionBasis,
}

/// A market as lists show it. Prices are dollars per share (0 to 1), amounts USDC, changes absolute
/// differences of outcome 0's price (−1 to 1). `null` means unknown, never zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the JSON")]
pub struct MarketRow {
    /// Gamma's id.
    pub market_id: String,
    /// The on-chain condition; null on rows that were never deployed.
    pub condition_id: Option<String>,
    /// Kebab-case name in URLs. Not unique over time.
    pub slug: String,
    /// The question.
    pub title: String,
    /// Its name within the event.
    pub group_title: Option<String>,
    /// The event it belongs to, where known.
    pub event: Option<EventRef>,
    /// Slug of the category; null where the tags say nothing.
    #[schema(value_type = Option<String>, example = "politics")]
    pub category: Option<Category>,
    /// Slugs of the event's tags.
    pub tags: Vec<String>,
    /// Address of a picture.
    pub image: Option<String>,
    /// Labels of the outcomes; prices and tokens are aligned with them.
    pub outcomes: Vec<String>,
    /// Displayed price of each outcome: the midpoint where the spread is at most 0.10, else the last
    /// trade. Not executable.
    pub outcome_prices: Vec<Option<f64>>,
    /// Token of each outcome, in decimal; empty text where unknown.
    pub token_ids: Vec<String>,
    /// Displayed price of outcome 0.
    pub price: Option<f64>,
    /// Best bid of outcome 0; lags the book by seconds to minutes.
    pub best_bid: Option<f64>,
    /// Best ask of outcome 0; lags the book by seconds to minutes.
    pub best_ask: Option<f64>,
    /// Best ask less best bid.
    pub spread: Option<f64>,
    /// Last traded price of outcome 0; may be days old.
    pub last_trade_price: Option<f64>,
    /// Change of price over an hour.
    pub change_1h: Option<f64>,
    /// Over a day.
    pub change_24h: Option<f64>,
    /// Over a week.
    pub change_7d: Option<f64>,
    /// Over a month.
    pub change_30d: Option<f64>,
    /// USDC traded over a day, one side counted.
    pub volume_24h: Option<f64>,
    /// Over a week.
    pub volume_7d: Option<f64>,
    /// Over a month.
    pub volume_30d: Option<f64>,
    /// Over a year.
    pub volume_1y: Option<f64>,
    /// Over its life.
    pub volume_total: Option<f64>,
    /// USDC resting near the mid, as upstream counts them.
    pub liquidity: Option<f64>,
    /// Upstream's nearness of the price to one half, 0 to 1.
    pub competitive: Option<f64>,
    /// `open` (not closed), `closed` (trading has ended, the outcome is not final) or `resolved` (the
    /// outcome is final).
    #[schema(value_type = String, example = "open")]
    pub status: MarketStatus,
    /// Upstream's flag, true of nearly everything.
    pub active: bool,
    /// Trading has ended.
    pub closed: bool,
    /// The exchange takes orders.
    pub accepting_orders: bool,
    /// Open although its end date has passed.
    pub awaiting_resolution: bool,
    /// The final payouts; null until they are known.
    pub resolution: Option<ResolutionView>,
    /// Where the oracle stands: `requested`, `proposed`, `disputed`, `resolved` or `settled`.
    #[schema(value_type = Option<String>, example = "proposed")]
    pub uma_status: Option<UmaStatus>,
    /// One of several markets that exclude each other.
    pub neg_risk: bool,
    /// The changing "Other" of an event whose outcomes are named one by one.
    pub neg_risk_other: bool,
    /// Taker's rate: fee = shares × rate × (p(1−p))^exponent USDC. 0 is free, null unknown.
    pub fee_rate: Option<f64>,
    /// Exponent of that formula.
    pub fee_exponent: Option<f64>,
    /// Earns liquidity rewards.
    pub rewards: bool,
    /// Marked new by upstream.
    pub new: bool,
    /// Price step of the book.
    pub tick_size: Option<f64>,
    /// Smallest order, in shares.
    pub min_order_size: Option<f64>,
    /// When trading was announced to begin.
    pub start_date: Option<DateTime<Utc>>,
    /// When the answer is expected: an estimate.
    pub end_date: Option<DateTime<Utc>>,
    /// When it closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// When upstream created it.
    pub created_at: Option<DateTime<Utc>>,
    /// When this row was last seen upstream.
    pub observed_at: DateTime<Utc>,
    /// What takers did, by window, as the tape has it.
    // Absent only within the catalogue, which completes its rows when they are sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = TapeWindows, required = true)]
    pub windows: Option<TapeWindows>,
    /// Where those stand whose record speaks for them; `null` where that is unknown.
    // Written when rows are completed, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SmartMoney>, required = true)]
    pub smart_money: Option<SmartMoney>,
}

/// Where those stand in a market whose record speaks for them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SmartMoney {
    /// −100 all against the first outcome to 100 all for it; null: too few independent voices to say, or no price or
    /// depth to weigh them by.
    pub imbalance: Option<f64>,
    /// So many equal and independent voices.
    pub voices: f64,
    /// Up to when what it rests on was known.
    pub as_of: DateTime<Utc>,
}

/// A market with what only its own page needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MarketDetail {
    /// What lists show.
    #[serde(flatten)]
    pub row: MarketRow,
    /// The rules, as text.
    pub description: Option<String>,
    /// Where the answer will be read.
    pub resolution_source: Option<String>,
    /// The oracle's question.
    pub question_id: Option<String>,
    /// The group of a neg-risk event.
    pub neg_risk_market_id: Option<String>,
    /// Upstream's name of the fee schedule.
    pub fee_type: Option<String>,
    /// Upstream's own time of its last change.
    pub upstream_updated_at: Option<DateTime<Utc>>,
    /// How many markets its event has, this one included; 0 for a market without an event.
    pub siblings_total: usize,
    /// What it is doing, from what was recorded of it; null while the records cannot be read.
    pub analytics: Option<AnalyticsView>,
}

/// A market of another event that resembles the one asked about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RelatedMarket {
    /// What lists show.
    #[serde(flatten)]
    pub row: MarketRow,
    /// Share of the subject's tags and title words, weighted by their rarity, that the other event has:
    /// above 0, at most 1.
    pub similarity: f64,
    /// Slugs of the tags both have, rarest first.
    pub shared_tags: Vec<String>,
}

impl MarketRow {
    /// The row of a market, without what belongs to its event: `event` and `tags` are empty and
    /// `category` is the market's own.
    pub fn new(market: &Market, observed_at: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let price = |price: domain::Price| price.to_f64();
        let usdc = |amount: Option<domain::Usdc>| amount.map(domain::Usdc::to_f64);
        let change = |change: Option<domain::PriceChange>| change.map(domain::PriceChange::to_f64);
        let label = |index: usize| market.outcomes.get(index).map(|o| o.label.clone());
        Self {
            market_id: market.market_id.as_str().to_owned(),
            condition_id: market.condition_id.as_ref().map(|id| id.as_str().to_owned()),
            slug: market.slug.clone(),
            title: market.title.clone(),
            group_title: market.group_title.clone(),
            event: None,
            category: market.category,
            tags: Vec::new(),
            image: market.image.clone(),
            outcomes: market.outcomes.iter().map(|outcome| outcome.label.clone()).collect(),
            outcome_prices: market.outcomes.iter().map(|o| o.price.map(price)).collect(),
            token_ids: market
                .outcomes
                .iter()
                .map(|o| o.token_id.as_ref().map_or_else(String::new, |id| id.as_str().to_owned()))
                .collect(),
            price: market.price().map(price),
            best_bid: market.best_bid.map(price),
            best_ask: market.best_ask.map(price),
            spread: market.spread.map(price),
            last_trade_price: market.last_trade_price.map(price),
            change_1h: change(market.change_1h),
            change_24h: change(market.change_24h),
            change_7d: change(market.change_7d),
            change_30d: change(market.change_30d),
            volume_24h: usdc(market.volume_24h),
            volume_7d: usdc(market.volume_7d),
            volume_30d: usdc(market.volume_30d),
            volume_1y: usdc(market.volume_1y),
            volume_total: usdc(market.volume_total),
            liquidity: usdc(market.liquidity),
            competitive: decimal(market.competitive),
            status: market.status(),
            active: market.active,
            closed: market.closed,
            accepting_orders: market.accepting_orders,
            awaiting_resolution: market.awaits_resolution(now),
            resolution: market.resolution().map(|resolution| ResolutionView {
                outcome_index: resolution.outcome_index,
                outcome: resolution.outcome_index.and_then(label),
                payouts: Some(resolution.payouts.into_iter().map(price).collect()),
                basis: resolution.basis,
            }),
            uma_status: market.uma_status,
            neg_risk: market.neg_risk,
            neg_risk_other: market.neg_risk_other,
            fee_rate: decimal(market.fee_rate),
            fee_exponent: decimal(market.fee_exponent),
            rewards: market.has_rewards(),
            new: market.new,
            tick_size: decimal(market.tick_size),
            min_order_size: decimal(market.min_order_size),
            start_date: market.start_date,
            end_date: market.end_date,
            closed_at: market.closed_at,
            created_at: market.created_at,
            observed_at,
            windows: None,
            smart_money: None,
        }
    }

    /// The smart-money imbalance; `None` where it is unknown.
    pub fn smart_imbalance(&self) -> Option<f64> {
        self.smart_money.and_then(|known| known.imbalance)
    }

    /// The value of a column of the tape; `None` where it is unknown.
    pub fn tape(&self, column: TapeColumn) -> Option<f64> {
        self.windows.as_ref().and_then(|windows| windows.figure(column))
    }
}

/// The nearest double to eight decimal places: few enough digits that reading the JSON back gives the
/// same double.
fn decimal(value: Option<Decimal>) -> Option<f64> {
    value.and_then(|value| value.round_dp(8).try_into().ok())
}
