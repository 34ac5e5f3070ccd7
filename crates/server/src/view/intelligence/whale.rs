//! Large trades and positions, flows, reversals, concentration.

use chrono::{DateTime, TimeDelta, Utc};
use domain::whales::NEW_DAYS;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::intelligence::boards::{
    concentration::StoredConcentration, flips::StoredFlip, flows, trades::NotableTrade,
    wallets::Face,
};
use store::intelligence::flips::Toward;
use utoipa::ToSchema;

use super::{Evidence, MarketNames, MarketRef, WalletRef, number};

/// A trade that was large when it was made, measured by what was known before it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WhaleTrade {
    /// When, to the second.
    pub traded_at: DateTime<Utc>,
    /// When we learned of it.
    pub observed_at: DateTime<Utc>,
    /// The taker.
    pub wallet: WalletRef,
    /// What was traded.
    pub market: MarketRef,
    /// What the taker did with that outcome's token: `buy` or `sell`.
    pub action: String,
    /// What that means for the first outcome: `yes` for it (bought it, or sold the other), `no` against it.
    pub side: String,
    /// Dollars before fees.
    pub usdc: f64,
    /// Dollars a share of the token.
    pub price: f64,
    /// Shares.
    pub shares: f64,
    /// Deviations of its size from the middle of the market's day until then; null with too few trades.
    pub size_z: Option<f64>,
    /// Part of the dollars traded there within 24 hours; null unknown.
    pub volume_share: Option<f64>,
    /// Part of the dollars within two cents of the best price on the side it took; null where no book was known.
    pub depth_share: Option<f64>,
    /// Whether it is large by the market's own measures; null where unknown ones could decide it.
    pub is_large: Option<bool>,
    /// Whether the wallet's first act was within two weeks before; null where its first act is not known.
    pub new_wallet: Option<bool>,
    /// The transaction.
    pub transaction_hash: String,
    /// The records.
    pub evidence: Vec<Evidence>,
}

/// Whether a wallet was new at an instant.
fn is_new(face: Option<&Face>, at: DateTime<Utc>) -> Option<bool> {
    let face = face?;
    let is_within = at - face.first_active_at? < TimeDelta::days(NEW_DAYS);
    // What was before the first act that is known can only make a wallet older.
    (face.begins_there || !is_within).then_some(is_within)
}

impl WhaleTrade {
    /// A trade as held, and its wallet as it is known now.
    pub fn of(
        trade: &NotableTrade,
        face: Option<&Face>,
        wallet: WalletRef,
        markets: &mut MarketNames<'_>,
    ) -> Self {
        let market = markets.market(trade.market_id.as_str(), Some(trade.outcome_index.into()));
        let is_for_first = (trade.action == domain::Side::Buy) == (trade.outcome_index == 0);
        let transaction_hash = trade.transaction_hash.to_string();
        let evidence = vec![
            Evidence::trade(&transaction_hash, Some(&market)),
            Evidence::market(&market),
            Evidence::wallet(&wallet.address),
        ];
        let class = wallet.class.clone().or_else(|| Some(trade.wallet_class.clone()));
        Self {
            traded_at: trade.traded_at,
            observed_at: trade.observed_at,
            wallet: WalletRef { class, ..wallet },
            market,
            action: trade.action.slug().to_owned(),
            side: side_word(is_for_first).to_owned(),
            usdc: number(trade.usdc),
            price: number(trade.price),
            shares: number(trade.shares),
            size_z: trade.size_z,
            volume_share: trade.volume_share,
            depth_share: trade.depth_share,
            is_large: trade.is_large,
            new_wallet: is_new(face, trade.traded_at),
            transaction_hash,
            evidence,
        }
    }
}

/// The word for the first outcome or against it.
pub(super) fn side_word(is_for_first: bool) -> &'static str {
    if is_for_first { "yes" } else { "no" }
}

/// A large position in a market that is not resolved, by its wallet's own history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WhalePosition {
    /// Whose.
    pub wallet: WalletRef,
    /// What is held.
    pub market: MarketRef,
    /// Shares held.
    pub shares: f64,
    /// Dollars a share paid on average, without fees; null unknown.
    pub average_price: Option<f64>,
    /// What somebody offers for a share now; null where nobody does.
    pub current_price: Option<f64>,
    /// Dollars paid for what is held, without fees; null unknown.
    pub cost_usdc: Option<f64>,
    /// What it would bring now; null without an offer.
    pub value_usdc: Option<f64>,
    /// Value less cost; null where either is unknown.
    pub unrealized_usdc: Option<f64>,
    /// Whether it cost or is worth more than $10,000, the fixed rule; null where what is unknown could decide it.
    pub is_whale: Option<bool>,
    /// Part of all shares of the outcome; null: nobody tells how many there are.
    pub share_of_outcome: Option<f64>,
    /// Its value by what rests near the market's mid; null where that is unknown or nothing.
    pub share_of_liquidity: Option<f64>,
    /// When it was first bought; null unknown.
    pub opened_at: Option<DateTime<Utc>>,
    /// Up to when its wallet's history is known.
    pub as_of: DateTime<Utc>,
    /// How complete that history is: `full`, `capped` or `gap`; null unknown.
    pub completeness: Option<String>,
    /// The records.
    pub evidence: Vec<Evidence>,
}

/// What takers of a class did, in terms of each market's first outcome: by owner and hour, what each on balance bought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ClassFlow {
    /// Whose money it is, as the wallets were known when it was counted.
    pub class: String,
    /// Bought less sold.
    pub net_usdc: f64,
    /// Dollars of owners that within an hour on balance were for the first outcome: bought it, or sold the other.
    pub bought_usdc: f64,
    /// Dollars of those that were against it.
    pub sold_usdc: f64,
    /// Trades.
    pub trades: u64,
    /// Owners; null over several markets or hours, where who traded in two would be counted twice.
    pub wallets: Option<u64>,
}

impl ClassFlow {
    /// A flow as held.
    pub fn of(flow: &flows::ClassFlow, is_of_one_market: bool) -> Self {
        Self {
            class: flow.class.clone(),
            net_usdc: number(flow.bought - flow.sold),
            bought_usdc: number(flow.bought),
            sold_usdc: number(flow.sold),
            trades: flow.trades,
            wallets: is_of_one_market.then_some(flow.wallets),
        }
    }
}

/// What takers did within an hour.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FlowHour {
    /// Its beginning.
    pub hour: DateTime<Utc>,
    /// By class.
    pub by_class: Vec<ClassFlow>,
}

/// A class and its net flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ClassNet {
    /// Whose money it is.
    pub class: String,
    /// Dollars for the first outcome less those against it.
    pub net_usdc: f64,
}

/// What takers did in a market.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MarketFlow {
    /// The market.
    pub market: MarketRef,
    /// Dollars for its first outcome less those against it.
    pub net_usdc: f64,
    /// Dollars for it.
    pub bought_usdc: f64,
    /// Dollars against it.
    pub sold_usdc: f64,
    /// By class.
    pub by_class: Vec<ClassNet>,
    /// Trades.
    pub trades: u64,
}

/// Flows of takers by class, direction-adjusted: buying the first outcome and selling the other are the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Flows {
    /// By hour, the oldest first; hours without a trade are left out.
    pub hours: Vec<FlowHour>,
    /// The markets with the largest net flow either way.
    pub markets: Vec<MarketFlow>,
    /// What was read: `feed`, the tape of takers. Whoever rested took the other side, unnamed.
    pub basis: String,
    /// What must come first, where there is no flow and none could be there yet.
    pub waiting_for: Option<String>,
    /// Since when no trade is missing; null while that is not known.
    pub complete_since: Option<DateTime<Utc>>,
}

/// A reversal of a wallet's side in an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WhaleFlip {
    /// When.
    pub at: DateTime<Utc>,
    /// Whose.
    pub wallet: WalletRef,
    /// The market that it is for or against now, and the outcome it is for; where that has no name, the market of the
    /// act that did it.
    pub market: MarketRef,
    /// The event it is in; null where the market has none.
    pub event: Option<super::MarketEventRef>,
    /// The market that it was for or against before; null where that has no name.
    pub from: Option<MarketRef>,
    /// What it was for: `yes` that market's first outcome, `no` against it; null where that has no name.
    pub from_side: Option<String>,
    /// What it is for now; null where that has no name.
    pub to_side: Option<String>,
    /// Dollars that depended on the answer before it began to turn.
    pub before_usdc: f64,
    /// Dollars that depend on it after.
    pub after_usdc: f64,
    /// The most that did since the last turn.
    pub peak_usdc: f64,
    /// The change along the peak, as a part of it; 2 is a full turn.
    pub change: f64,
    /// Whether everything the wallet did on the question was seen; if not, what was held before may undo it.
    pub is_whole: bool,
    /// The records.
    pub evidence: Vec<Evidence>,
}

impl WhaleFlip {
    /// A reversal as held.
    pub fn of(flip: &StoredFlip, wallet: WalletRef, markets: &mut MarketNames<'_>) -> Self {
        let mut named = |side: &Toward| {
            markets.market(side.condition_id.as_str(), Some(side.outcome_index.into()))
        };
        let from = flip.from.as_ref().map(&mut named);
        let market = flip.to.as_ref().map(&mut named);
        let market = market.unwrap_or_else(|| markets.market(flip.condition_id.as_str(), None));
        let side = |side: &Toward| side_word(side.outcome_index == 0).to_owned();
        let mut evidence = Evidence::read(&flip.evidence, Some(&market), Some(&wallet.address));
        evidence.push(Evidence::wallet(&wallet.address));
        evidence.push(Evidence::market(&market));
        Self {
            at: flip.at,
            event: market.event.clone(),
            from_side: flip.from.as_ref().map(side),
            to_side: flip.to.as_ref().map(side),
            from,
            before_usdc: number(flip.before),
            after_usdc: number(flip.after),
            peak_usdc: number(flip.peak),
            change: flip.change,
            is_whole: flip.is_whole,
            wallet,
            market,
            evidence,
        }
    }
}

/// One of the largest holders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HolderPart {
    /// Who.
    pub wallet: WalletRef,
    /// Part of the shares of all holders that are named, 0 to 1.
    pub share: f64,
}

/// How concentrated the holdings of a market's outcome are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConcentrationRow {
    /// The market and the outcome.
    pub market: MarketRef,
    /// Holders that are named.
    pub holders: u32,
    /// Herfindahl-Hirschman index: the sum of their squared parts, 1/n to 1.
    pub hhi: f64,
    /// 1/HHI: so many equal holders would be as concentrated.
    pub effective_holders: f64,
    /// Part of the largest.
    pub top_share: f64,
    /// The five largest.
    pub top: Vec<HolderPart>,
    /// When they were looked at.
    pub observed_at: DateTime<Utc>,
    /// Only the largest holders are named, and all of this is about those.
    pub is_top_only: bool,
    /// What was read: `holders`, upstream's list of them.
    pub basis: String,
}

impl ConcentrationRow {
    /// The addresses among what was written down of the largest, and their parts.
    pub fn top_of(row: &StoredConcentration) -> Vec<(domain::Address, f64)> {
        let largest = row.top.as_array().into_iter().flatten();
        largest.filter_map(|one| Some((address(one)?, one.get("share")?.as_f64()?))).collect()
    }

    /// A reading as held.
    pub fn of(
        row: &StoredConcentration,
        top: Vec<HolderPart>,
        markets: &mut MarketNames<'_>,
    ) -> Self {
        Self {
            market: markets.market(row.market_id.as_str(), Some(row.outcome_index.into())),
            holders: row.holders,
            hhi: row.hhi,
            effective_holders: row.effective_holders,
            top_share: row.top_share,
            top,
            observed_at: row.observed_at,
            is_top_only: row.is_top_only,
            basis: "holders".to_owned(),
        }
    }
}

fn address(written: &Value) -> Option<domain::Address> {
    domain::Address::parse(written.get("address")?.as_str()?).ok()
}
