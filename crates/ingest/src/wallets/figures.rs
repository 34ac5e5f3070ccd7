//! How a wallet trades, in the form in which it is kept and read again.
//!
//! Numbers of [`domain::performance`] with ids in the place of places and dollars in the place of millionths; what a
//! figure means is said there. A figure that the history does not support says why.

use chrono::{DateTime, Utc};
use domain::ledger::{EventIx, Figure, MicroUsdc, Valuation};
use domain::performance::{
    Brier, Calibration, Clustered, Course, Curve, Performance, Proportion, Record, Settled,
};
use serde::{Deserialize, Serialize};

use super::books::Books;
use super::entries::Book;
use super::exposed::{exposed, first_markets};

pub use super::exposed::ExposureFigures;

/// Of the definitions of these figures. Rows of another version are computed anew.
pub const VERSION: i32 = 2;

/// A figure, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told<T> {
    /// It follows from records.
    Known(T),
    /// They do not support it: the reason's name.
    Withheld(String),
}

impl<T> Told<T> {
    /// The figure, where there is one.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Withheld(_) => None,
        }
    }
}

fn told<T, U>(figure: &Figure<T>, follow: impl FnOnce(&T) -> U) -> Told<U> {
    match figure {
        Figure::Known(value) => Told::Known(follow(value)),
        Figure::Withheld(reason) => Told::Withheld(reason.slug().to_owned()),
    }
}

/// How a wallet trades.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WalletFigures {
    /// What it all came to when it was computed.
    pub totals: Totals,
    /// Over all settled events.
    pub all_time: Told<RecordFigures>,
    /// Over so many days back, by when events really ended.
    pub windows: Vec<(i64, Told<RecordFigures>)>,
    /// By category; an empty name is of events without one.
    pub by_category: Told<Vec<(String, RecordFigures)>>,
    /// By mean price paid, from so many cents.
    pub by_price: Told<Vec<(u8, RecordFigures)>>,
    /// Prices paid against what became of them.
    pub calibration: Told<Option<CalibrationFigures>>,
    /// Drawdown and streaks over all settled events.
    pub course: Told<CourseFigures>,
    /// The same over the last so many events; `None` where there are fewer.
    pub courses: Told<Vec<(usize, Option<CourseFigures>)>>,
    /// The settled event with the most profit.
    pub best_event: Told<Option<SettledFigures>>,
    /// With the least.
    pub worst_event: Told<Option<SettledFigures>>,
    /// Settled events in the order in which they ended.
    pub settled: Told<Vec<SettledFigures>>,
    /// Settled events left out everywhere: what their shares cost is not known.
    pub left_out: usize,
    /// How long shares were held.
    pub hold_time: Told<Option<HoldFigures>>,
    /// How money is spread over events.
    pub concentration: Told<Option<SpreadFigures>>,
    /// How often it trades.
    pub frequency: Told<Option<FrequencyFigures>>,
    /// Dollars traded as maker of all, 0 to 1; `None` where a source does not say.
    pub maker_share: Told<Option<f64>>,
    /// What is held of events that are not over.
    pub exposures: Vec<ExposureFigures>,
}

/// What it all came to, in dollars.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// By average cost, before fees.
    pub realized: Told<f64>,
    /// First in, first out, before fees.
    pub realized_fifo: Told<f64>,
    /// At what the catalogue bid then.
    pub unrealized: Told<f64>,
    /// Fees paid.
    pub fees: Told<f64>,
    /// Rewards, rebates and the like.
    pub income: Told<f64>,
    /// What the wallet made.
    pub total: Told<f64>,
    /// What the shares held are worth.
    pub value: Told<f64>,
    /// What was put into positions, fees included.
    pub invested: f64,
    /// Total on that, 0.1 for ten percent; `None` where nothing was.
    pub roi: Told<Option<f64>>,
    /// Money that moved without our knowing for what.
    pub unexplained: f64,
    /// Left less right of the cash identity: 0, or this program is wrong; `None` where a mark is unknown.
    pub identity_remainder: Option<f64>,
    /// Conversions taken.
    pub conversions: u32,
    /// What is certain although something held has no price; `None` where everything has one.
    #[serde(default)]
    pub floor: Option<Floor>,
}

/// Figures as they are if what nobody bids for is worth nothing: shares are never worth less, so the true ones are not
/// below. `None` where something else than a price is missing too.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Floor {
    /// Least worth of the shares held, in dollars.
    pub value: Option<f64>,
    /// Least unrealised profit.
    pub unrealized: Option<f64>,
    /// The least that the wallet made.
    pub total: Option<f64>,
    /// That on what was put in.
    pub roi: Option<f64>,
}

/// How a set of settled events went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordFigures {
    /// How many.
    pub events: usize,
    /// With a profit.
    pub wins: usize,
    /// With a loss.
    pub losses: usize,
    /// With neither.
    pub pushes: usize,
    /// Wins of wins and losses.
    pub win_rate: Option<Interval>,
    /// Together, after fees.
    pub profit_usdc: f64,
    /// What was put in.
    pub invested_usdc: f64,
    /// Profit on that.
    pub roi: Option<f64>,
    /// Gains over losses.
    pub profit_factor: Option<f64>,
    /// What a dollar staked came to more than the price paid.
    pub edge: Option<Interval>,
}

/// An estimate with its 95 % interval and of how many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The estimate.
    pub value: f64,
    /// Lower end; `None` where there is no interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Of how many events.
    pub n: usize,
}

/// Prices paid against what became of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibrationFigures {
    /// Purchases counted.
    pub trades: usize,
    /// In how many events.
    pub events: usize,
    /// Purchases not counted.
    pub excluded: usize,
    /// Every purchase weighs the same.
    pub by_trade: CurveFigures,
    /// Every share does.
    pub by_share: CurveFigures,
    /// Every event does.
    pub by_event: CurveFigures,
}

/// A calibration curve and its score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CurveFigures {
    /// Where anything was bought, by price.
    pub bins: Vec<BinFigures>,
    /// Brier's score.
    pub score: f64,
    /// How far the bins are from the diagonal.
    pub reliability: f64,
    /// How far the bins are from the mean.
    pub resolution: f64,
    /// ȳ(1 − ȳ).
    pub uncertainty: f64,
    /// What prices within a bin differ by.
    pub within_bins: f64,
    /// What the score would be if every price were right.
    pub expected: f64,
    /// 1 − score / expected.
    pub skill: Option<f64>,
    /// The logarithmic score.
    pub log_score: Option<f64>,
}

/// Purchases at about one price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BinFigures {
    /// Lowest price, in tenths of a dollar.
    pub tenth: usize,
    /// Purchases.
    pub trades: usize,
    /// Mean price.
    pub price: f64,
    /// How often it came true.
    pub frequency: Interval,
}

/// Drawdown and streaks of a run of settled events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CourseFigures {
    /// How many.
    pub events: usize,
    /// The largest fall of the summed profit.
    pub drawdown_usdc: f64,
    /// Most profits in a row.
    pub longest_wins: usize,
    /// Most losses in a row.
    pub longest_losses: usize,
    /// Profits in a row at the end, losses when negative.
    pub current: i64,
}

/// An event that is over for the wallet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SettledFigures {
    /// One market of it, by which it is found.
    pub condition_id: String,
    /// When it ended; `None` unknown.
    pub closed_at: Option<DateTime<Utc>>,
    /// After fees.
    pub profit_usdc: f64,
    /// What was put in.
    pub invested_usdc: f64,
}

/// How long shares were held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HoldFigures {
    /// Mean by share, in seconds.
    pub mean_s: i64,
    /// Median of the positions' means.
    pub median_s: i64,
    /// Positions of which any share went.
    pub positions: usize,
}

/// How money is spread over events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpreadFigures {
    /// Events with any.
    pub events: usize,
    /// Herfindahl–Hirschman index, 1/n to 1.
    pub hhi: f64,
    /// 1 / HHI.
    pub effective_events: f64,
    /// The part of the largest.
    pub top_share: f64,
}

/// How often a wallet trades.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrequencyFigures {
    /// Fills.
    pub fills: u64,
    /// Days with one.
    pub active_days: usize,
    /// The first.
    pub first_at: DateTime<Utc>,
    /// The last.
    pub last_at: DateTime<Utc>,
    /// A day, from the first to the last.
    pub per_day: f64,
    /// A day of those with one.
    pub per_active_day: f64,
}

pub(super) fn dollars(micro: MicroUsdc) -> f64 {
    // Exact up to nine billion dollars.
    micro as f64 / 1e6
}

impl WalletFigures {
    pub(super) fn of(book: &Book, books: &Books) -> Self {
        let performance: &Performance = &books.performance;
        let first = first_markets(&book.markets);
        let any_of = |event: EventIx| first[event.index()].map_or_else(String::new, String::from);
        let settled = |one: &Settled| SettledFigures {
            condition_id: any_of(one.event),
            closed_at: one.closed_at,
            profit_usdc: dollars(one.profit),
            invested_usdc: dollars(one.invested),
        };
        let category = |name: Option<domain::Category>| {
            name.map(|name| name.slug().to_owned()).unwrap_or_default()
        };
        Self {
            totals: Totals::of(&books.valuation, books.least.as_ref()),
            all_time: told(&performance.all_time, record),
            windows: performance
                .windows
                .iter()
                .map(|(days, one)| (*days, told(one, record)))
                .collect(),
            by_category: told(&performance.by_category, |all| {
                all.iter().map(|(name, one)| (category(*name), record(one))).collect()
            }),
            by_price: told(&performance.by_price, |all| {
                all.iter().map(|(band, one)| (*band, record(one))).collect()
            }),
            calibration: told(&performance.calibration, |one| one.as_ref().map(calibration)),
            course: told(&performance.course, course),
            courses: told(&performance.courses, |all| {
                all.iter().map(|(length, one)| (*length, one.as_ref().map(course))).collect()
            }),
            best_event: told(&performance.best_event, |one| one.as_ref().map(settled)),
            worst_event: told(&performance.worst_event, |one| one.as_ref().map(settled)),
            settled: told(&performance.settled, |all| all.iter().map(settled).collect()),
            left_out: performance.left_out,
            hold_time: told(&performance.hold_time, |one| {
                one.map(|one| HoldFigures {
                    mean_s: one.mean.num_seconds(),
                    median_s: one.median.num_seconds(),
                    positions: one.positions,
                })
            }),
            concentration: told(&performance.concentration, |one| {
                one.map(|one| SpreadFigures {
                    events: one.events,
                    hhi: one.hhi,
                    effective_events: one.effective_events,
                    top_share: one.top_share,
                })
            }),
            frequency: told(&performance.frequency, |one| {
                one.map(|one| FrequencyFigures {
                    fills: one.fills,
                    active_days: one.active_days,
                    first_at: one.first_at,
                    last_at: one.last_at,
                    per_day: one.per_day,
                    per_active_day: one.per_active_day,
                })
            }),
            maker_share: told(&performance.maker_share, |one| one.value),
            exposures: exposed(book, books),
        }
    }
}

impl Floor {
    fn of(least: &Valuation) -> Self {
        let known = |figure: Figure<MicroUsdc>| figure.known().map(dollars);
        Self {
            value: known(least.value),
            unrealized: known(least.unrealised),
            total: known(least.total),
            roi: least.roi().known().flatten(),
        }
    }
}

impl Totals {
    fn of(books: &Valuation, least: Option<&Valuation>) -> Self {
        let figure = |one: &Figure<MicroUsdc>| told(one, |micro| dollars(*micro));
        Self {
            realized: figure(&books.realised),
            realized_fifo: figure(&books.realised_fifo),
            unrealized: figure(&books.unrealised),
            fees: figure(&books.fees),
            income: figure(&books.income),
            total: figure(&books.total),
            value: figure(&books.value),
            invested: dollars(books.invested),
            roi: told(&books.roi(), |roi| *roi),
            unexplained: dollars(books.unexplained.total()),
            identity_remainder: books.identity.map(|identity| dollars(identity.remainder())),
            conversions: books.conversions,
            floor: least.map(Floor::of),
        }
    }
}

fn record(record: &Record) -> RecordFigures {
    RecordFigures {
        events: record.events,
        wins: record.wins,
        losses: record.losses,
        pushes: record.pushes,
        win_rate: record.win_rate.map(proportion),
        profit_usdc: dollars(record.profit),
        invested_usdc: dollars(record.invested),
        roi: record.roi,
        profit_factor: record.profit_factor,
        edge: record.edge.map(clustered),
    }
}

fn proportion(one: Proportion) -> Interval {
    Interval { value: one.value, low: Some(one.low), high: Some(one.high), n: one.n }
}

fn clustered(one: Clustered) -> Interval {
    let (low, high) = one.interval.unzip();
    Interval { value: one.value, low, high, n: one.events }
}

fn calibration(one: &Calibration) -> CalibrationFigures {
    CalibrationFigures {
        trades: one.trades,
        events: one.events,
        excluded: one.excluded,
        by_trade: curve(&one.by_trade),
        by_share: curve(&one.by_share),
        by_event: curve(&one.by_event),
    }
}

fn curve(curve: &Curve) -> CurveFigures {
    let Brier {
        score,
        reliability,
        resolution,
        uncertainty,
        within_bins,
        expected,
        skill,
        log_score,
    } = curve.brier;
    let bins = curve.bins.iter().map(|bin| BinFigures {
        tenth: bin.tenth,
        trades: bin.trades,
        price: bin.price,
        frequency: clustered(bin.frequency),
    });
    CurveFigures {
        bins: bins.collect(),
        score,
        reliability,
        resolution,
        uncertainty,
        within_bins,
        expected,
        skill,
        log_score,
    }
}

fn course(course: &Course) -> CourseFigures {
    CourseFigures {
        events: course.events,
        drawdown_usdc: dollars(course.drawdown),
        longest_wins: course.longest_wins,
        longest_losses: course.longest_losses,
        current: course.current,
    }
}
