//! The CLOB's own catalogue: a market as its long, simplified and compact rows have it.

use chrono::{DateTime, SecondsFormat};

use super::rows::{
    CompactRewards, CompactRow, CompactTerms, CompactToken, FeeRow, LongRow, Number, RateRow,
    RewardRow, SimplifiedRow, TokenRow, TokensRow,
};
use crate::decimal::PriceNumber;
use crate::exchange::{FeeRate, Listing, MICRO, MIN_RESTING, MarketIx, Outcome};
use crate::world::{Event, Market, Rewards, World};

/// Orders must rest so many seconds to count for rewards.
const REWARDED_AGE_S: u32 = 30;

/// What `base_fee` and its likes say of a market with fees. It is not what is charged.
const BASE_FEE: u32 = 1_000;

/// `base_fee` of a market.
pub(super) fn base_fee(fee: FeeRate) -> u32 {
    if fee == FeeRate::FREE { 0 } else { BASE_FEE }
}

/// Which markets a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    /// Open and closed ones.
    All,
    /// Those that take orders and pay liquidity rewards.
    Sampled,
}

/// A market with what this host tells of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listed<'a> {
    event: &'a Event,
    market: &'a Market,
    listing: &'a Listing,
    rewards: Option<Rewards>,
}

impl<'a> Listed<'a> {
    pub(super) fn at(world: &'a World, ix: MarketIx) -> Self {
        let (event, market) = world.market(ix);
        Self { event, market, listing: world.exchange().listing(ix), rewards: world.rewards(ix) }
    }

    /// The markets of a list in the order of listing.
    pub(super) fn of(world: &'a World, list: List) -> impl Iterator<Item = Self> {
        let count = u32::try_from(world.market_count()).unwrap_or(u32::MAX);
        let all = (0..count).map(|ix| Self::at(world, MarketIx(ix)));
        all.filter(move |listed| match list {
            List::All => true,
            List::Sampled => listed.rewards.is_some() && listed.listing.accepting,
        })
    }

    fn closed(&self) -> bool {
        self.listing.payouts.is_some()
    }

    fn reward_row(&self) -> RewardRow {
        match self.rewards {
            None => RewardRow { rates: None, min_size: 0, max_spread: Number(0.0) },
            Some(rewards) => RewardRow {
                rates: Some([RateRow {
                    asset_address: Rewards::ASSET,
                    rewards_daily_rate: rewards.daily_usdc,
                }]),
                min_size: rewards.min_size,
                max_spread: Number(rewards.max_spread),
            },
        }
    }

    fn token_rows(&self) -> [TokenRow<'a>; 2] {
        Outcome::BOTH.map(|outcome| TokenRow {
            token_id: &self.market.token_ids[outcome.index()],
            outcome: &self.market.draft.outcomes[outcome.index()],
            price: PriceNumber(self.listing.shown(outcome)),
            winner: self.listing.payouts.is_some_and(|paid| paid[outcome.index()] == MICRO),
        })
    }

    /// As `/markets` has it.
    pub(super) fn long(&self) -> LongRow<'a> {
        let (neg_risk_market_id, neg_risk_request_id) =
            self.event.neg_risk_ids(self.market).unwrap_or_default();
        let fee = base_fee(self.listing.terms.fee);
        LongRow {
            enable_order_book: !self.closed(),
            active: true,
            closed: self.closed(),
            archived: false,
            accepting_orders: self.listing.accepting,
            accepting_order_timestamp: iso(self.event.opens_s),
            minimum_order_size: MIN_RESTING / MICRO,
            minimum_tick_size: PriceNumber(self.listing.terms.tick),
            condition_id: &self.market.condition_id,
            question_id: &self.market.question_id,
            question: &self.market.draft.question,
            description: self.event.description(),
            market_slug: &self.market.slug,
            end_date_iso: iso(self.market.scheduled_s),
            game_start_time: self.event.game_starts_s().map(iso),
            seconds_delay: self.market.delay_s().unwrap_or(0),
            fpmm: "",
            maker_base_fee: fee,
            taker_base_fee: fee,
            notifications_enabled: true,
            neg_risk: self.event.group.is_some(),
            neg_risk_market_id,
            neg_risk_request_id,
            icon: "",
            image: "",
            rewards: self.reward_row(),
            is_50_50_outcome: self.listing.payouts.is_some_and(|[first, second]| first == second),
            tokens: self.token_rows(),
            tags: self.event.tag_labels(),
            version: "v1",
        }
    }

    /// As `/simplified-markets` has it.
    pub(super) fn simplified(&self) -> SimplifiedRow<'a> {
        SimplifiedRow {
            condition_id: &self.market.condition_id,
            rewards: self.reward_row(),
            tokens: self.token_rows(),
            active: true,
            closed: self.closed(),
            archived: false,
            accepting_orders: self.listing.accepting,
        }
    }

    /// As `/clob-markets` has it.
    pub(super) fn compact(&self) -> CompactRow<'a> {
        let fee = self.listing.terms.fee;
        let charged = (fee != FeeRate::FREE).then_some(());
        CompactRow {
            gst: self.event.game_starts_s().map(iso),
            r: CompactRewards {
                terms: self.rewards.map(|rewards| CompactTerms {
                    mi: rewards.min_size,
                    ma: Number(rewards.max_spread),
                    e: true,
                    moas: REWARDED_AGE_S,
                }),
            },
            t: Outcome::BOTH.map(|outcome| CompactToken {
                t: &self.market.token_ids[outcome.index()],
                o: &self.market.draft.outcomes[outcome.index()],
            }),
            c: &self.market.condition_id,
            sd: self.market.delay_s(),
            mos: MIN_RESTING / MICRO,
            mts: PriceNumber(self.listing.terms.tick),
            mbf: charged.map(|()| BASE_FEE),
            tbf: charged.map(|()| BASE_FEE),
            ao: self.listing.accepting,
            nr: self.event.group.is_some(),
            cbos: true,
            aot: iso(self.event.opens_s),
            ibce: true,
            fd: charged.map(|()| FeeRow { r: rate(fee), e: 1, to: true }),
            v: "v1",
        }
    }

    /// As `/markets-by-token` has it. Which token is the primary one does not follow the outcomes.
    pub(super) fn tokens(&self) -> TokensRow<'a> {
        let [first, second] = &self.market.token_ids;
        let (primary_token_id, secondary_token_id) =
            if first < second { (first, second) } else { (second, first) };
        TokensRow { condition_id: &self.market.condition_id, primary_token_id, secondary_token_id }
    }
}

/// Share of `shares × p(1 − p)` that takers pay.
fn rate(fee: FeeRate) -> f64 {
    fee.basis_points as f64 / 10_000.0
}

fn iso(at_s: i64) -> String {
    let at = DateTime::from_timestamp(at_s, 0).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
