//! Markets: one condition with its outcomes, as last observed on Gamma.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};

use crate::{
    Category, ConditionId, EventId, FeeSchedule, MarketId, Price, PriceChange, TokenId, Usdc,
};

/// One answer of a market.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Free text: Yes, Over, a team's name.
    pub label: String,
    /// Upstream's displayed price: the midpoint if the spread is at most 0.10, else the last trade. Not
    /// executable. Within a closed market it becomes the payout.
    pub price: Option<Price>,
    /// The token that pays one dollar if this outcome happens.
    pub token_id: Option<TokenId>,
}

/// A market as last observed on Gamma.
#[derive(Debug, Clone, PartialEq)]
pub struct Market {
    /// Gamma's id.
    pub market_id: MarketId,
    /// The on-chain condition; `None` on rows that were never deployed.
    pub condition_id: Option<ConditionId>,
    /// The oracle's question.
    pub question_id: Option<String>,
    /// Kebab-case name in URLs. Not unique over time; the id where upstream has none.
    pub slug: String,
    /// The event it belongs to.
    pub event_id: Option<EventId>,
    /// The question.
    pub title: String,
    /// Its name within the event ("No change").
    pub group_title: Option<String>,
    /// Rules, as text.
    pub description: Option<String>,
    /// Where the answer will be read.
    pub resolution_source: Option<String>,
    /// The event's category. `None` where unknown, or where the row came without its event's tags.
    pub category: Option<Category>,
    /// Address of a picture.
    pub image: Option<String>,
    /// The answers, in upstream's order; prices and tokens are aligned with them. Legacy rows have other
    /// numbers than two.
    pub outcomes: Vec<Outcome>,
    /// Best bid of outcome 0; lags the book by seconds to minutes.
    pub best_bid: Option<Price>,
    /// Best ask of outcome 0; lags the book by seconds to minutes.
    pub best_ask: Option<Price>,
    /// Best ask less best bid, as upstream states it.
    pub spread: Option<Price>,
    /// Last traded price of outcome 0; may be days old.
    pub last_trade_price: Option<Price>,
    /// Change of outcome 0's price over an hour.
    pub change_1h: Option<PriceChange>,
    /// Over a day.
    pub change_24h: Option<PriceChange>,
    /// Over a week.
    pub change_7d: Option<PriceChange>,
    /// Over a month.
    pub change_30d: Option<PriceChange>,
    /// Dollars traded, one side counted, over a day. Missing is not zero: idle rows omit it.
    pub volume_24h: Option<Usdc>,
    /// Over a week.
    pub volume_7d: Option<Usdc>,
    /// Over a month.
    pub volume_30d: Option<Usdc>,
    /// Over a year.
    pub volume_1y: Option<Usdc>,
    /// Over its life.
    pub volume_total: Option<Usdc>,
    /// Dollars resting near the mid, as upstream counts them.
    pub liquidity: Option<Usdc>,
    /// Upstream's nearness of the price to one half, 0 to 1.
    pub competitive: Option<Decimal>,
    /// Upstream's flag, true of nearly everything.
    pub active: bool,
    /// Terminal: trading has ended.
    pub closed: bool,
    /// Hidden by upstream.
    pub archived: bool,
    /// The exchange takes orders. Stays true on some closed rows.
    pub accepting_orders: bool,
    /// Marked new by upstream.
    pub new: bool,
    /// Where the oracle stands.
    pub uma_status: Option<UmaStatus>,
    /// One of several markets that exclude each other.
    pub neg_risk: bool,
    /// The changing "Other" of an augmented event.
    pub neg_risk_other: bool,
    /// The group of a neg-risk event.
    pub neg_risk_market_id: Option<String>,
    /// Taker's rate: fee = shares × rate × (p(1−p))^exponent dollars. Zero is free, `None` unknown.
    pub fee_rate: Option<Decimal>,
    /// Exponent of the fee formula.
    pub fee_exponent: Option<Decimal>,
    /// Upstream's name of the schedule.
    pub fee_type: Option<String>,
    /// Smallest size that earns liquidity rewards; positive where there are any.
    pub rewards_min_size: Option<Decimal>,
    /// Widest spread, in cents, that earns them.
    pub rewards_max_spread: Option<Decimal>,
    /// Price step of the book.
    pub tick_size: Option<Decimal>,
    /// Smallest order, in shares.
    pub min_order_size: Option<Decimal>,
    /// The game, for sports.
    pub game_id: Option<String>,
    /// moneyline, spreads, totals …
    pub sports_market_type: Option<String>,
    /// The handicap or total of a line.
    pub line: Option<Decimal>,
    /// When the game starts.
    pub game_start_at: Option<DateTime<Utc>>,
    /// When trading was announced to begin.
    pub start_date: Option<DateTime<Utc>>,
    /// When the answer is expected. An estimate: markets close before and after it.
    pub end_date: Option<DateTime<Utc>>,
    /// When it closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// When upstream created the row.
    pub created_at: Option<DateTime<Utc>>,
    /// Upstream's own time of its last change.
    pub upstream_updated_at: Option<DateTime<Utc>>,
    /// Fields that have no place above, verbatim.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

impl Market {
    /// The displayed price of outcome 0.
    pub fn price(&self) -> Option<Price> {
        self.outcomes.first().and_then(|outcome| outcome.price)
    }

    /// Where the market stands.
    pub fn status(&self) -> MarketStatus {
        if !self.closed {
            MarketStatus::Open
        } else if self.resolution().is_some() {
            MarketStatus::Resolved
        } else {
            MarketStatus::Closed
        }
    }

    /// The final payouts, where they can be known from the row. See [`Resolution::of`].
    pub fn resolution(&self) -> Option<Resolution> {
        let prices: Option<Vec<Price>> =
            self.outcomes.iter().map(|outcome| outcome.price).collect();
        Resolution::of(self.closed, self.uma_status, &prices?)
    }

    /// Open although its end date has passed: trading goes on until somebody reports the answer.
    pub fn awaits_resolution(&self, now: DateTime<Utc>) -> bool {
        !self.closed && self.end_date.is_some_and(|end| end < now)
    }

    /// What takers pay. `None` where the row does not say, or says what no schedule can be.
    pub fn fee_schedule(&self) -> Option<FeeSchedule> {
        let rate = self.fee_rate?;
        // Free whatever the exponent, which such rows leave out.
        let exponent = if rate.is_zero() { Decimal::ONE } else { self.fee_exponent? };
        FeeSchedule::new(rate, exponent)
    }

    /// Earns liquidity rewards.
    pub fn has_rewards(&self) -> bool {
        self.rewards_min_size.is_some_and(|size| size > Decimal::ZERO)
            && self.rewards_max_spread.is_some_and(|spread| spread > Decimal::ZERO)
    }
}

/// Where a market stands. `closed` is upstream's only reliable flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MarketStatus {
    /// Not closed.
    Open,
    /// Trading has ended; the answer is not final, or not known to be.
    Closed,
    /// The answer is final.
    Resolved,
}

impl MarketStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Open, Self::Closed, Self::Resolved];

    /// The stable lower-case name used in URLs and the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Resolved => "resolved",
        }
    }
}

/// What a resolution was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResolutionBasis {
    /// The prices of the closed row are exactly a payout vector.
    Payout,
    /// The oracle says resolved, and the prices are within a cent of a payout vector.
    Uma,
}

/// The final payouts of a market.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// The outcome that pays a whole dollar; `None` when the payout is split.
    pub outcome_index: Option<usize>,
    /// Dollars per share, aligned with the outcomes, summing to one.
    pub payouts: Vec<Price>,
    /// What it was read from.
    pub basis: ResolutionBasis,
}

impl Resolution {
    /// Reads the payouts off a closed row's prices.
    ///
    /// * Exactly one price 1 and the others 0: final.
    /// * All prices equal and summing to 1 (50/50): final only when the oracle says resolved or settled,
    ///   because an untraded market also shows one half.
    /// * Within a cent of a single winner: final only when the oracle says resolved or settled; rows
    ///   show 0.9995 for minutes after closing, and a dispute may still flip them.
    /// * Anything else (0/0 and 1/1 occur on old rows): not known.
    pub fn of(closed: bool, uma: Option<UmaStatus>, prices: &[Price]) -> Option<Self> {
        if !closed || prices.len() < 2 {
            return None;
        }
        let oracle_is_final = matches!(uma, Some(UmaStatus::Resolved | UmaStatus::Settled));
        let contested = matches!(uma, Some(UmaStatus::Disputed | UmaStatus::Requested));
        let near = |target: Decimal, tolerance: Decimal| {
            prices.iter().filter(|price| (price.decimal() - target).abs() <= tolerance).count()
        };
        let others = prices.len() - 1;
        let winner = || prices.iter().enumerate().max_by_key(|(_, price)| **price).map(|(i, _)| i);

        if near(Decimal::ONE, Decimal::ZERO) == 1 && near(Decimal::ZERO, Decimal::ZERO) == others {
            return (!contested).then(|| Self {
                outcome_index: winner(),
                payouts: prices.to_vec(),
                basis: ResolutionBasis::Payout,
            });
        }
        if !oracle_is_final {
            return None;
        }
        let sum: Decimal = prices.iter().map(|price| price.decimal()).sum();
        if sum == Decimal::ONE && prices.iter().all(|price| price == &prices[0]) {
            return Some(Self {
                outcome_index: None,
                payouts: prices.to_vec(),
                basis: ResolutionBasis::Payout,
            });
        }
        let cent = dec!(0.01);
        if near(Decimal::ONE, cent) == 1 && near(Decimal::ZERO, cent) == others {
            let winner = winner()?;
            let payout = |index| if index == winner { Decimal::ONE } else { Decimal::ZERO };
            let payouts =
                (0..prices.len()).map(|i| Price::new(payout(i))).collect::<Result<_, _>>();
            return Some(Self {
                outcome_index: Some(winner),
                payouts: payouts.ok()?,
                basis: ResolutionBasis::Uma,
            });
        }
        None
    }
}

/// Where UMA's oracle stands with a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UmaStatus {
    /// An answer was asked for.
    Requested,
    /// An answer was proposed; the challenge window runs.
    Proposed,
    /// The proposal was challenged.
    Disputed,
    /// Final.
    Resolved,
    /// Final, the older word.
    Settled,
}

impl UmaStatus {
    /// Every status.
    pub const ALL: [Self; 5] =
        [Self::Requested, Self::Proposed, Self::Disputed, Self::Resolved, Self::Settled];

    /// Upstream's word.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Proposed => "proposed",
            Self::Disputed => "disputed",
            Self::Resolved => "resolved",
            Self::Settled => "settled",
        }
    }
}

/// Text that is no known oracle status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a known oracle status")]
pub struct UnknownUmaStatus;

impl FromStr for UmaStatus {
    type Err = UnknownUmaStatus;
    fn from_str(text: &str) -> Result<Self, UnknownUmaStatus> {
        Self::ALL.into_iter().find(|s| s.slug().eq_ignore_ascii_case(text)).ok_or(UnknownUmaStatus)
    }
}

impl fmt::Display for UmaStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

impl fmt::Display for MarketStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An open market of a new event, priced at 0.4 and 0.6, of which nothing else is known.
    pub(crate) fn market() -> Market {
        let outcome = |label: &str, tenths| Outcome {
            label: label.to_owned(),
            price: Price::new(Decimal::new(tenths, 1)).ok(),
            token_id: None,
        };
        Market {
            market_id: MarketId::parse("1").unwrap(),
            condition_id: None,
            question_id: None,
            slug: "a-market".to_owned(),
            event_id: None,
            title: "A market?".to_owned(),
            group_title: None,
            description: None,
            resolution_source: None,
            category: None,
            image: None,
            outcomes: vec![outcome("Yes", 4), outcome("No", 6)],
            best_bid: None,
            best_ask: None,
            spread: None,
            last_trade_price: None,
            change_1h: None,
            change_24h: None,
            change_7d: None,
            change_30d: None,
            volume_24h: None,
            volume_7d: None,
            volume_30d: None,
            volume_1y: None,
            volume_total: None,
            liquidity: None,
            competitive: None,
            active: true,
            closed: false,
            archived: false,
            accepting_orders: true,
            new: false,
            uma_status: None,
            neg_risk: false,
            neg_risk_other: false,
            neg_risk_market_id: None,
            fee_rate: None,
            fee_exponent: None,
            fee_type: None,
            rewards_min_size: None,
            rewards_max_spread: None,
            tick_size: None,
            min_order_size: None,
            game_id: None,
            sports_market_type: None,
            line: None,
            game_start_at: None,
            start_date: None,
            end_date: None,
            closed_at: None,
            created_at: None,
            upstream_updated_at: None,
            extra: serde_json::Map::new(),
        }
    }

    #[test]
    fn a_fee_is_known_where_the_row_says_all_of_it() {
        let fee = |rate, exponent| {
            Market { fee_rate: rate, fee_exponent: exponent, ..market() }.fee_schedule()
        };
        let one = Some(Decimal::ONE);
        assert_eq!(fee(None, one), None);
        assert_eq!(fee(Some(dec!(0.05)), None), None);
        assert_eq!(fee(Some(dec!(0.05)), one), FeeSchedule::new(dec!(0.05), Decimal::ONE));
        assert_eq!(fee(Some(dec!(0)), None), Some(FeeSchedule::FREE));
        assert_eq!(fee(Some(dec!(7)), one), None);
    }

    fn prices(values: &[&str]) -> Vec<Price> {
        values.iter().map(|v| Price::new(v.parse().unwrap()).unwrap()).collect()
    }

    /// The winner's index, "split", or "not final".
    fn outcome(uma: Option<UmaStatus>, values: &[&str]) -> String {
        match Resolution::of(true, uma, &prices(values)) {
            None => "not final".to_owned(),
            Some(resolution) => resolution
                .outcome_index
                .map_or_else(|| "split".to_owned(), |index| index.to_string()),
        }
    }

    #[test]
    fn a_payout_vector_is_final_unless_contested() {
        assert_eq!(outcome(None, &["1", "0"]), "0");
        assert_eq!(outcome(Some(UmaStatus::Proposed), &["0", "1"]), "1");
        assert_eq!(outcome(Some(UmaStatus::Disputed), &["0", "1"]), "not final");
        assert_eq!(Resolution::of(false, None, &prices(&["1", "0"])), None, "open");
    }

    #[test]
    fn a_split_is_final_only_with_the_oracle() {
        assert_eq!(outcome(None, &["0.5", "0.5"]), "not final");
        assert_eq!(outcome(Some(UmaStatus::Resolved), &["0.5", "0.5"]), "split");
    }

    #[test]
    fn nearly_certain_prices_are_provisional() {
        assert_eq!(outcome(Some(UmaStatus::Proposed), &["0.9995", "0.0005"]), "not final");
        let resolved =
            Resolution::of(true, Some(UmaStatus::Settled), &prices(&["0.9995", "0.0005"]));
        let resolved = resolved.unwrap();
        assert_eq!(resolved.basis, ResolutionBasis::Uma);
        assert_eq!(resolved.payouts, prices(&["1", "0"]));
    }

    #[test]
    fn incoherent_rows_are_not_resolved() {
        for uma in [None, Some(UmaStatus::Resolved)] {
            assert_eq!(outcome(uma, &["0", "0"]), "not final");
            assert_eq!(outcome(uma, &["1", "1"]), "not final");
            assert_eq!(outcome(uma, &["1"]), "not final");
            assert_eq!(outcome(uma, &[]), "not final");
        }
        assert_eq!(outcome(Some(UmaStatus::Resolved), &["0", "0", "1", "0"]), "2");
    }

    proptest! {
        #[test]
        fn payouts_sum_to_one(raw in prop::collection::vec(0u32..=1000, 0..6), uma in 0usize..6) {
            let uma = UmaStatus::ALL.get(uma).copied();
            let prices: Vec<_> =
                raw.iter().map(|v| Price::new(Decimal::new(i64::from(*v), 3)).unwrap()).collect();
            if let Some(resolution) = Resolution::of(true, uma, &prices) {
                let sum: Decimal = resolution.payouts.iter().map(|p| p.decimal()).sum();
                prop_assert_eq!(sum, Decimal::ONE);
                prop_assert_eq!(resolution.payouts.len(), prices.len());
            }
        }
    }
}
