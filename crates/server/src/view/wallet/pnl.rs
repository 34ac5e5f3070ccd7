//! What a wallet made: by our books, by the venue's numbers, and how they agree.

use chrono::{DateTime, Utc};
use domain::ledger::{Figure, Measure, MicroUsdc, OwnNumbers, Reason, VenueNumber, reconcile};
use ingest::wallets::figures::{Floor, Told as Kept, Totals};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use store::wallets::History;
use store::wallets::pnl::{PnlPoint, PnlSource};
use store::wallets::positions::Sums;
use utoipa::ToSchema;

use super::position::number;
use super::told::ToldNumber;

/// How costs are allotted in what is realised and what is not.
const METHOD: &str = "average_cost";

/// What every cost, profit and loss of our books rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BooksView {
    /// Who says so: `ledger`, our own books. What others say stands beside it under their names.
    pub source: String,
    /// How costs are allotted: `average_cost`, the venue's method. Figures named `fifo` are first in, first out; totals
    /// are the same by both.
    pub method: String,
    /// How complete the history is that they are made of.
    pub completeness: String,
    /// Up to when they were kept.
    pub as_of: DateTime<Utc>,
}

impl BooksView {
    /// Of a history.
    pub fn of(history: &History) -> Self {
        Self {
            source: PnlSource::Ledger.slug().to_owned(),
            method: METHOD.to_owned(),
            completeness: history.completeness.clone(),
            as_of: history.imported_at,
        }
    }
}

/// What it all came to, in dollars, when the last import ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TotalsView {
    /// Realised by average cost, before fees.
    pub realized: ToldNumber,
    /// Realised first in, first out, before fees.
    pub realized_fifo: ToldNumber,
    /// Worth of what is held above its cost, at what the catalogue bid then.
    pub unrealized: ToldNumber,
    /// Fees paid.
    pub fees: ToldNumber,
    /// Rewards, rebates and the like.
    pub income: ToldNumber,
    /// What the wallet made: realised and unrealised, less fees, with income. The same by either method.
    pub total: ToldNumber,
    /// What the shares held were worth then.
    pub value: ToldNumber,
    /// What was put into positions, fees included; null without a history.
    pub invested: Option<f64>,
    /// Total on that, 0.1 for ten percent; null where nothing was put in.
    pub roi: ToldNumber,
    /// Money that moved without our knowing for what.
    pub unexplained: Option<f64>,
    /// Left less right of the cash identity: 0, or this program is wrong; null where a mark is unknown.
    pub identity_remainder: Option<f64>,
}

impl From<&Totals> for TotalsView {
    fn from(kept: &Totals) -> Self {
        let least = |of: fn(&Floor) -> Option<f64>| kept.floor.as_ref().and_then(of);
        let told = |one: &Kept<f64>, of| ToldNumber::from(one).at_least(least(of));
        Self {
            realized: (&kept.realized).into(),
            realized_fifo: (&kept.realized_fifo).into(),
            unrealized: told(&kept.unrealized, |floor| floor.unrealized),
            fees: (&kept.fees).into(),
            income: (&kept.income).into(),
            total: told(&kept.total, |floor| floor.total),
            value: told(&kept.value, |floor| floor.value),
            invested: Some(kept.invested),
            roi: ToldNumber::from(&kept.roi).at_least(least(|floor| floor.roi)),
            unexplained: Some(kept.unexplained),
            identity_remainder: kept.identity_remainder,
        }
    }
}

/// Everything made up to an instant, by one source; null where it does not say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PnlPointView {
    /// The instant.
    pub at: DateTime<Utc>,
    /// What the source calls its total.
    pub total: Option<f64>,
    /// Made with what is not held any more, before fees but for the venue's: by sale or redemption.
    pub realized: Option<f64>,
    /// Worth above cost of what is held.
    pub unrealized: Option<f64>,
    /// Fees paid, 0 or above.
    pub fees: Option<f64>,
    /// Rewards, rebates and the like.
    pub income: Option<f64>,
}

/// What was made over time, by one source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PnlSeries {
    /// `ledger` (our books), `venue` (the Data API) or `site` (what the profile page draws).
    pub source: String,
    /// What its numbers are, in words.
    pub meaning: String,
    /// How costs are allotted: `average_cost`; null where the source does not say.
    pub method: Option<String>,
    /// How complete the history behind it is; null where the source does not say.
    pub completeness: Option<String>,
    /// When the newest of it was learned; null where it is empty.
    pub as_of: Option<DateTime<Utc>>,
    /// The oldest first. Of those before anything was made only the last is there.
    pub points: Vec<PnlPointView>,
}

/// From the last point on before anything was made: the venue's sources begin with years of nothing, and a chart of
/// them would be one flat line with all that happened at its end.
fn begun(points: &[PnlPoint]) -> &[PnlPoint] {
    let is_nothing = |point: &PnlPoint| {
        let figures = [
            point.total_usdc,
            point.realized_usdc,
            point.unrealized_usdc,
            point.fees_usdc,
            point.income_usdc,
        ];
        figures.iter().flatten().all(Decimal::is_zero)
    };
    let first = points.iter().position(|point| !is_nothing(point)).unwrap_or(points.len());
    points.get(first.saturating_sub(1)..).unwrap_or(points)
}

impl PnlSeries {
    /// The points of a source. `completeness`: of our own history.
    pub fn of(source: PnlSource, completeness: Option<&str>, points: &[PnlPoint]) -> Self {
        let meaning = match source {
            PnlSource::Ledger => {
                "Settled by the end of each day (UTC) after fees and with income, by our ledger: an outcome counts from its resolution on, redeemed or not. Empty unless the history is full."
            }
            PnlSource::Venue => {
                "What the venue says the wallet made, realised and unrealised, after fees and with income, at its own marks."
            }
            PnlSource::Site => "What the venue's profile page draws.",
        };
        // The venue writes fees as what they do to the total.
        let fees = |point: &PnlPoint| match source {
            PnlSource::Venue => point.fees_usdc.map(|fees| -fees),
            PnlSource::Ledger | PnlSource::Site => point.fees_usdc,
        };
        let view = |point: &PnlPoint| PnlPointView {
            at: point.at,
            total: number(point.total_usdc),
            realized: number(point.realized_usdc),
            unrealized: number(point.unrealized_usdc),
            fees: number(fees(point)),
            income: number(point.income_usdc),
        };
        let is_ours = source == PnlSource::Ledger;
        Self {
            source: source.slug().to_owned(),
            meaning: meaning.to_owned(),
            method: (source != PnlSource::Site).then(|| METHOD.to_owned()),
            completeness: completeness.filter(|_| is_ours).map(str::to_owned),
            as_of: points.iter().map(|point| point.observed_at).max(),
            points: begun(points).iter().map(view).collect(),
        }
    }
}

/// One of the venue's numbers beside the same measure of our books.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReconciliationView {
    /// `positions` (sum of its positions' realised and unrealised, before fees), `realized` (of their realised),
    /// `after_fees` (realised and unrealised after fees), `economic` (that with income) or `settled` (realised after
    /// fees, with income).
    pub measure: String,
    /// Ours.
    pub ours: ToldNumber,
    /// The venue's.
    pub venue: f64,
    /// When the venue was asked.
    pub venue_as_of: Option<DateTime<Utc>>,
    /// Ours less the venue's.
    pub residual: ToldNumber,
    /// How much is let through: the larger of ten dollars and one percent of the venue's.
    pub tolerance: f64,
    /// Why they differ: `none` (they do not, within the tolerance), `gap`, `transfer`, `mark_timing`, `method`,
    /// `neg_risk` or `unclassified`.
    pub class: String,
}

impl ReconciliationView {
    /// Holds our numbers against one of the venue's.
    pub(super) fn of(
        ours: OwnNumbers,
        venue: VenueNumber,
        venue_as_of: Option<DateTime<Utc>>,
    ) -> Self {
        let found = reconcile(ours, venue);
        Self {
            measure: venue.measure.slug().to_owned(),
            ours: told(found.ours),
            venue: dollars(venue.usdc),
            venue_as_of,
            residual: told(found.residual),
            tolerance: dollars(found.tolerance),
            class: found.class.slug().to_owned(),
        }
    }
}

/// Our totals beside every number of the venue's that is held. The venue's series ends with a day: `last` is compared with
/// what our books had then, which `own`, our series, says.
pub fn reconciled(
    totals: &Totals,
    has_open: bool,
    sums: Option<&Sums>,
    last: Option<&PnlPoint>,
    own: &[PnlPoint],
) -> Vec<ReconciliationView> {
    let now = own_numbers(totals, has_open);
    let then = last.map_or(now, |last| own_numbers_at(now, own, last.at));
    let mut numbers = Vec::new();
    if let Some(sums) = sums {
        let unrealised = sums.venue_unrealized_usdc;
        let asked_at = sums.venue_observed_at;
        numbers.push((Measure::Positions, sums.venue_total_usdc, unrealised, asked_at));
        numbers.push((Measure::Realised, sums.venue_realized_usdc, unrealised, asked_at));
    }
    if let Some(last) = last {
        let sum = |one: Option<Decimal>, other: Option<Decimal>| Some(one? + other?);
        let unrealised = last.unrealized_usdc;
        let after_fees = sum(last.realized_usdc, unrealised);
        let settled = sum(last.realized_usdc, last.income_usdc);
        let asked_at = Some(last.observed_at);
        numbers.push((Measure::AfterFees, after_fees, unrealised, asked_at));
        numbers.push((Measure::Economic, last.total_usdc, unrealised, asked_at));
        numbers.push((Measure::Settled, settled, unrealised, asked_at));
    }
    numbers
        .into_iter()
        .filter_map(|(measure, usdc, unrealised, venue_as_of)| {
            let venue = VenueNumber {
                measure,
                usdc: micro(usdc?)?,
                unrealised: unrealised.and_then(micro),
            };
            let is_of_series =
                matches!(measure, Measure::AfterFees | Measure::Economic | Measure::Settled);
            let ours = if is_of_series { then } else { now };
            Some(ReconciliationView::of(ours, venue, venue_as_of))
        })
        .collect()
}

fn own_numbers(totals: &Totals, has_open: bool) -> OwnNumbers {
    let (total, income) = (figure(&totals.total), figure(&totals.income));
    OwnNumbers {
        realised: figure(&totals.realized),
        realised_fifo: figure(&totals.realized_fifo),
        unrealised: figure(&totals.unrealized),
        fees: figure(&totals.fees),
        income,
        trading: total.and(income, |total, income| total - income),
        total,
        conversions: totals.conversions,
        has_open,
    }
}

/// What our books had at an instant. What was realised is known; what was held then had a price that nobody recorded, so
/// that totals are withheld unless nothing was realised since.
fn own_numbers_at(now: OwnNumbers, own: &[PnlPoint], at: DateTime<Utc>) -> OwnNumbers {
    let Some(then) = own.iter().rev().find(|point| point.at <= at) else { return now };
    let is_same = own.last().is_some_and(|newest| newest.total_usdc == then.total_usdc);
    let part = |usdc: Option<Decimal>| {
        usdc.and_then(micro).map_or(Figure::Withheld(Reason::NoFee), Figure::Known)
    };
    let unmarked = |figure: Figure<MicroUsdc>| {
        if is_same {
            figure
        } else {
            figure.and(Figure::<MicroUsdc>::Withheld(Reason::NoMark), |known, _| known)
        }
    };
    OwnNumbers {
        realised: part(then.realized_usdc),
        fees: part(then.fees_usdc),
        income: part(then.income_usdc),
        realised_fifo: unmarked(now.realised_fifo),
        unrealised: unmarked(now.unrealised),
        trading: unmarked(now.trading),
        total: unmarked(now.total),
        ..now
    }
}

/// A kept figure in millionths again, from which it was made.
fn figure(kept: &Kept<f64>) -> Figure<MicroUsdc> {
    match kept {
        #[expect(clippy::cast_possible_truncation, reason = "made from whole millionths")]
        Kept::Known(dollars) => Figure::Known((dollars * 1e6).round() as MicroUsdc),
        Kept::Withheld(name) => {
            let known = Reason::ALL.into_iter().find(|reason| reason.slug() == name);
            Figure::Withheld(known.unwrap_or(Reason::Gap))
        }
    }
}

fn told(figure: Figure<MicroUsdc>) -> ToldNumber {
    match figure {
        Figure::Known(micro) => ToldNumber::known(Some(dollars(micro))),
        Figure::Withheld(reason) => ToldNumber::withheld(reason.slug()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "exact up to nine billion dollars")]
fn dollars(micro: MicroUsdc) -> f64 {
    micro as f64 / 1e6
}

pub(super) fn micro(usdc: Decimal) -> Option<MicroUsdc> {
    MicroUsdc::try_from((usdc * Decimal::from(1_000_000)).round()).ok()
}

/// What a wallet made, by every source there is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PnlView {
    /// Who says what it came to: `ledger`, our own books.
    pub source: String,
    /// How costs are allotted in `realized` and `unrealized`: `average_cost`, the venue's method. `realized_fifo` is by
    /// the other one; the total is the same by both.
    pub method: String,
    /// `full`, `capped` or `gap`; null before the first import.
    pub completeness: Option<String>,
    /// Up to when our books were kept; null before the first import.
    pub as_of: Option<DateTime<Utc>>,
    /// What it came to; null before the first import.
    pub totals: Option<TotalsView>,
    /// Over time, by source.
    pub series: Vec<PnlSeries>,
    /// Our numbers beside the venue's, with what they differ by and why.
    pub reconciliation: Vec<ReconciliationView>,
}

impl PnlView {
    /// Of our books, without anything they came to.
    pub fn of_books(completeness: Option<&str>, as_of: Option<DateTime<Utc>>) -> Self {
        Self {
            source: PnlSource::Ledger.slug().to_owned(),
            method: METHOD.to_owned(),
            completeness: completeness.map(str::to_owned),
            as_of,
            totals: None,
            series: Vec::new(),
            reconciliation: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_line_begins_when_something_was_made() {
        let now = DateTime::<Utc>::UNIX_EPOCH;
        let point = |day: i64, total: i64| PnlPoint {
            at: now + TimeDelta::days(day),
            observed_at: now,
            realized_usdc: None,
            unrealized_usdc: None,
            fees_usdc: None,
            income_usdc: None,
            total_usdc: Some(Decimal::from(total)),
        };
        let shown = |totals: &[i64]| {
            let points: Vec<_> = (0..).zip(totals).map(|(day, total)| point(day, *total)).collect();
            let series = PnlSeries::of(PnlSource::Site, None, &points);
            series.points.iter().filter_map(|point| point.total).collect::<Vec<_>>()
        };
        assert_eq!(shown(&[0, 0, 0, 5, 0, -2]), [0.0, 5.0, 0.0, -2.0]);
        assert_eq!(shown(&[3, 0]), [3.0, 0.0]);
        assert_eq!(shown(&[0, 0]), [0.0]);
        assert_eq!(shown(&[]), [0.0; 0]);
    }
}
