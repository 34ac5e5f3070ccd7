//! Positions: ours and the venue's.

use chrono::{DateTime, Utc};
use domain::ledger::{Doubt, Figure, Measure, MicroUsdc, OwnNumbers, Reason, VenueNumber};
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive as _, ToPrimitive};
use serde::{Deserialize, Serialize};
use store::wallets::positions::{Closed, Position, Reported};
use utoipa::ToSchema;

use super::market::{KnownMarkets, Mark, MarkSource, WalletMarket, rounded};
use super::pnl::{ReconciliationView, micro};

/// What the venue says of a position, cut to four decimals, as of its own time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VenuePosition {
    /// Shares held.
    pub shares: Option<f64>,
    /// Average cost a share, without fees.
    pub avg_price: Option<f64>,
    /// What the shares held cost, without fees.
    pub cost_usdc: Option<f64>,
    /// Fees of buying them, or of the lifetime once closed.
    pub fees_usdc: Option<f64>,
    /// Shares ever bought.
    pub bought_shares: Option<f64>,
    /// Dollars a share as the venue marks it.
    pub price: Option<f64>,
    /// What the shares are worth at that.
    pub value_usdc: Option<f64>,
    /// Made with what is not held any more, before fees.
    pub realized_usdc: Option<f64>,
    /// Worth above cost of what is held.
    pub unrealized_usdc: Option<f64>,
    /// Both.
    pub total_usdc: Option<f64>,
    /// The venue's word for how it stands.
    pub status: Option<String>,
    /// When it was asked.
    pub observed_at: DateTime<Utc>,
}

impl VenuePosition {
    fn of(reported: &Reported) -> Option<Self> {
        Some(Self {
            shares: number(reported.venue_shares),
            avg_price: number(reported.venue_avg_price),
            cost_usdc: number(reported.venue_cost_usdc),
            fees_usdc: number(reported.venue_fees_usdc),
            bought_shares: number(reported.venue_bought_shares),
            price: number(reported.venue_price),
            value_usdc: number(reported.venue_value_usdc),
            realized_usdc: number(reported.venue_realized_usdc),
            unrealized_usdc: number(reported.venue_unrealized_usdc),
            total_usdc: number(reported.venue_total_usdc),
            status: reported.venue_status.clone(),
            observed_at: reported.venue_observed_at?,
        })
    }
}

/// A token that a wallet holds or held, as our ledger has it, beside what the venue says. Costs and gains are before
/// fees, as the venue's are. Null is unknown: the history does not support the figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PositionView {
    /// Of which market and outcome.
    pub market: WalletMarket,
    /// Shares held.
    pub shares: Option<f64>,
    /// Average cost a share: of those held, or of the last ones held.
    pub avg_price: Option<f64>,
    /// What the shares held cost, on average.
    pub cost_usdc: Option<f64>,
    /// What they cost, first in first out.
    pub fifo_cost_usdc: Option<f64>,
    /// Proceeds less cost of what is not held any more, on average.
    pub realized_usdc: Option<f64>,
    /// The same, first in first out.
    pub fifo_realized_usdc: Option<f64>,
    /// Fees paid.
    pub fees_usdc: Option<f64>,
    /// Shares that ever came in at a known cost.
    pub bought_shares: Option<f64>,
    /// Money that moved without our knowing for what.
    pub unexplained_usdc: Option<f64>,
    /// What a share is worth now.
    pub mark_price: Option<f64>,
    /// What that is: `bid` (somebody offers it) or `payout` (the resolution pays it).
    pub mark_source: Option<String>,
    /// As of when.
    pub mark_as_of: Option<DateTime<Utc>>,
    /// What the shares held are worth at that.
    pub value_usdc: Option<f64>,
    /// That above their average cost.
    pub unrealized_usdc: Option<f64>,
    /// Realised and unrealised, before fees.
    pub total_usdc: Option<f64>,
    /// Why figures are null that are: `gap`, `capped`, `transfer_cost`, `conversion_cost` or `no_mark`.
    pub withheld: Option<String>,
    /// What speaks against the figures, by name.
    pub doubts: Vec<String>,
    /// When the wallet first touched the token.
    pub first_at: Option<DateTime<Utc>>,
    /// When it last did.
    pub last_at: Option<DateTime<Utc>>,
    /// Up to when our ledger was kept.
    pub as_of: DateTime<Utc>,
    /// What the venue says; null where it does not list the position.
    pub venue: Option<VenuePosition>,
    /// Our profit on it, realised and unrealised before fees, beside the venue's, each at its own marks; null where the
    /// venue tells none.
    pub reconciliation: Option<ReconciliationView>,
    /// Figures in which ours and the venue's differ beyond its four decimals: of `shares`, `avg_price`, `cost_usdc`,
    /// `bought_shares`, `realized_usdc`.
    pub differs: Vec<String>,
}

impl PositionView {
    /// A position as held, marked now. `completeness`: of its wallet's history.
    pub fn of(
        position: &Position,
        completeness: Option<&str>,
        markets: &mut KnownMarkets<'_>,
    ) -> Self {
        let mark = markets.mark(&position.condition_id, position.outcome_index);
        Self::marked(position, completeness, markets, mark)
    }

    fn marked(
        position: &Position,
        completeness: Option<&str>,
        markets: &mut KnownMarkets<'_>,
        mark: Option<Mark>,
    ) -> Self {
        let Position { booked, reported, .. } = position;
        let shares = number(booked.shares);
        let value = worth(booked.shares, mark);
        let withheld = withheld(position, value, completeness);
        let gain =
            value.zip(number(booked.cost_usdc)).map(|(value, cost)| to_millionths(value - cost));
        let realized = number(booked.realized_usdc);
        Self {
            market: markets.market(
                Some(&position.condition_id),
                Some(position.outcome_index),
                Some(&position.token_id),
            ),
            shares,
            avg_price: number(booked.avg_price),
            cost_usdc: number(booked.cost_usdc),
            fifo_cost_usdc: number(booked.fifo_cost_usdc),
            realized_usdc: realized,
            fifo_realized_usdc: number(booked.fifo_realized_usdc),
            fees_usdc: number(booked.fees_usdc),
            bought_shares: number(booked.bought_shares),
            unexplained_usdc: number(booked.unexplained_usdc),
            mark_price: mark.map(|mark| mark.price),
            mark_source: mark.map(|mark| mark.source.slug().to_owned()),
            mark_as_of: mark.map(|mark| mark.as_of),
            value_usdc: value,
            unrealized_usdc: gain,
            total_usdc: gain.zip(realized).map(|(gain, realized)| to_millionths(gain + realized)),
            withheld: withheld.map(|reason| reason.slug().to_owned()),
            doubts: position.doubts.clone(),
            first_at: booked.first_at,
            last_at: booked.last_at,
            as_of: position.as_of,
            venue: VenuePosition::of(reported),
            reconciliation: reconciliation(position, gain, withheld),
            differs: differing(position),
        }
    }
}

/// A token that a wallet does not hold any more, or that its market's resolution has settled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ClosedPositionView {
    /// What it was.
    #[serde(flatten)]
    pub position: PositionView,
    /// When the last share went, or the market was resolved with shares still there; null unknown.
    pub closed_at: Option<DateTime<Utc>>,
    /// Dollars a share that the resolution pays; null where it was left before one.
    pub payout: Option<f64>,
    /// Shares that the resolution settled and nobody has redeemed.
    pub unredeemed_shares: Option<f64>,
    /// What those were settled for, less their cost: already a gain or a loss.
    pub settled_usdc: Option<f64>,
    /// Seconds from the first touch to the end.
    pub hold_s: Option<i64>,
}

impl ClosedPositionView {
    /// A position as held. Marked at what the resolution paid; one that was left before is not marked at all.
    pub fn of(
        position: &Position,
        completeness: Option<&str>,
        markets: &mut KnownMarkets<'_>,
    ) -> Self {
        let closed = position.closed.unwrap_or_default();
        let Closed { closed_at, payout, unredeemed_shares, settled_usdc } = closed;
        let as_of = closed_at.unwrap_or(position.as_of);
        let paid = payout.as_ref().and_then(Decimal::to_f64);
        let mark = paid.map(|price| Mark { price, source: MarkSource::Payout, as_of });
        let mut view = PositionView::marked(position, completeness, markets, mark);
        if settled_usdc.is_none() && position.booked.shares.is_some_and(|held| held.is_zero()) {
            // Nothing is held, so nothing is unrealised.
            view.total_usdc = view.realized_usdc;
        }
        let lasted = closed_at.zip(position.booked.first_at);
        Self {
            position: view,
            closed_at,
            payout: paid,
            unredeemed_shares: number(unredeemed_shares),
            settled_usdc: number(settled_usdc),
            hold_s: lasted.map(|(end, first)| (end - first).num_seconds()),
        }
    }
}

/// Why figures of a position are not known; `None` where all are.
fn withheld(position: &Position, value: Option<f64>, completeness: Option<&str>) -> Option<Reason> {
    let has = |doubt: Doubt| position.doubts.iter().any(|name| name == doubt.slug());
    let booked = &position.booked;
    if booked.shares.is_none() {
        let is_contradicted = Doubt::ALL.into_iter().any(|doubt| doubt.is_gap() && has(doubt));
        let is_cut = completeness == Some("capped") && !is_contradicted;
        return Some(if is_cut { Reason::Capped } else { Reason::Gap });
    }
    if booked.cost_usdc.is_none() {
        let has_moved = has(Doubt::TransferIn) || has(Doubt::TransferOut);
        return Some(if has_moved { Reason::TransferCost } else { Reason::ConversionCost });
    }
    value.is_none().then_some(Reason::NoMark)
}

/// Our profit beside the venue's. `gain`: what is not realised of ours.
fn reconciliation(
    position: &Position,
    gain: Option<f64>,
    withheld: Option<Reason>,
) -> Option<ReconciliationView> {
    let Position { booked, reported, .. } = position;
    let venue = VenueNumber {
        measure: Measure::Positions,
        usdc: micro(reported.venue_total_usdc?)?,
        unrealised: reported.venue_unrealized_usdc.and_then(micro),
    };
    let figure = |usdc: Option<Decimal>, reason: Reason| -> Figure<MicroUsdc> {
        usdc.and_then(micro).map_or(Figure::Withheld(reason), Figure::Known)
    };
    let reason = withheld.unwrap_or(Reason::Gap);
    let fees = figure(booked.fees_usdc, Reason::NoFee);
    let realised = figure(booked.realized_usdc, reason);
    let unrealised = figure(gain.and_then(Decimal::from_f64), reason);
    let before_fees = realised.and(unrealised, |realised, unrealised| realised + unrealised);
    let trading = before_fees.and(fees, |gross, fees| gross - fees);
    let ours = OwnNumbers {
        realised,
        realised_fifo: figure(booked.fifo_realized_usdc, reason),
        unrealised,
        fees,
        income: Figure::Known(0),
        trading,
        total: trading,
        // Which tokens were converted is not kept with the positions.
        conversions: 0,
        has_open: booked.shares.is_some_and(|shares| !shares.is_zero()),
    };
    Some(ReconciliationView::of(ours, venue, reported.venue_observed_at))
}

/// What shares are worth, to the millionth. No shares are worth nothing, whatever the price.
fn worth(shares: Option<Decimal>, mark: Option<Mark>) -> Option<f64> {
    let shares = shares?;
    if shares.is_zero() {
        return Some(0.0);
    }
    Some(to_millionths(shares.to_f64()? * mark?.price))
}

/// An exact amount as JSON has it.
pub(super) fn number(value: Option<Decimal>) -> Option<f64> {
    value.as_ref().and_then(Decimal::to_f64)
}

/// Dollars to the millionth, the chain's unit: sums of binary fractions leave dust below it.
pub(super) fn to_millionths(usdc: f64) -> f64 {
    rounded(usdc, 6)
}

fn differing(position: &Position) -> Vec<String> {
    /// The venue cuts its figures there.
    const FOUR_DECIMALS: Decimal = Decimal::from_parts(1, 0, 0, false, 4);
    let Position { booked, reported, .. } = position;
    let pairs = [
        ("shares", booked.shares, reported.venue_shares),
        ("avg_price", booked.avg_price, reported.venue_avg_price),
        ("cost_usdc", booked.cost_usdc, reported.venue_cost_usdc),
        ("bought_shares", booked.bought_shares, reported.venue_bought_shares),
        ("realized_usdc", booked.realized_usdc, reported.venue_realized_usdc),
    ];
    let differs = |ours: Option<Decimal>, theirs: Option<Decimal>| {
        ours.zip(theirs).is_some_and(|(ours, theirs)| (ours - theirs).abs() > FOUR_DECIMALS)
    };
    pairs
        .into_iter()
        .filter(|(_, ours, theirs)| differs(*ours, *theirs))
        .map(|(name, ..)| name.to_owned())
        .collect()
}
