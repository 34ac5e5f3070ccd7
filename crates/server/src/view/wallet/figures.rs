//! How a wallet trades. What a figure means is said in `docs/pnl.md`.

use chrono::{DateTime, Utc};
use ingest::wallets::figures as kept;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::market::{KnownMarkets, WalletMarket};
use super::pnl::TotalsView;
use super::told::{Told, ToldList, ToldNumber};

// The derives below take names without parameters.
type ToldCalibration = Told<CalibrationView>;
type ToldCategoryRecordList = ToldList<CategoryRecord>;
type ToldCourse = Told<CourseView>;
type ToldFrequency = Told<FrequencyView>;
type ToldHold = Told<HoldView>;
type ToldLastCourseList = ToldList<LastCourse>;
type ToldPriceBandRecordList = ToldList<PriceBandRecord>;
type ToldRecord = Told<RecordView>;
type ToldSettledEvent = Told<SettledEvent>;
type ToldSettledEventList = ToldList<SettledEvent>;
type ToldSpread = Told<SpreadView>;

/// An estimate with its 95 % interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IntervalView {
    /// The estimate.
    pub value: f64,
    /// Lower end; null where there is no interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Of how many events.
    pub n: usize,
}

impl From<&kept::Interval> for IntervalView {
    fn from(one: &kept::Interval) -> Self {
        Self { value: one.value, low: one.low, high: one.high, n: one.n }
    }
}

/// How a set of settled events went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RecordView {
    /// How many.
    pub events: usize,
    /// With a profit after fees.
    pub wins: usize,
    /// With a loss.
    pub losses: usize,
    /// With neither.
    pub pushes: usize,
    /// Wins of wins and losses, 0 to 1; null without any.
    pub win_rate: Option<IntervalView>,
    /// Together, after fees.
    pub profit_usdc: f64,
    /// What was put in.
    pub invested_usdc: f64,
    /// Profit on that; null where nothing was put in.
    pub roi: Option<f64>,
    /// Gains over losses; null without a loss.
    pub profit_factor: Option<f64>,
    /// What a dollar staked came to more than the price paid; null without purchases.
    pub edge: Option<IntervalView>,
}

impl From<&kept::RecordFigures> for RecordView {
    fn from(one: &kept::RecordFigures) -> Self {
        Self {
            events: one.events,
            wins: one.wins,
            losses: one.losses,
            pushes: one.pushes,
            win_rate: one.win_rate.as_ref().map(Into::into),
            profit_usdc: one.profit_usdc,
            invested_usdc: one.invested_usdc,
            roi: one.roi,
            profit_factor: one.profit_factor,
            edge: one.edge.as_ref().map(Into::into),
        }
    }
}

/// A record over so many days back, by when events really ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WindowRecord {
    /// 7, 30 or 90.
    pub days: i64,
    /// How they went.
    pub record: ToldRecord,
}

/// The record of a category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CategoryRecord {
    /// Its slug; null of events without one.
    pub category: Option<String>,
    /// How its events went.
    pub record: RecordView,
}

/// The record of positions bought at about one price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PriceBandRecord {
    /// Lowest mean price paid, in cents.
    pub from_cents: u8,
    /// How they went.
    pub record: RecordView,
}

/// Purchases at about one price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CalibrationBin {
    /// Lowest price, in tenths of a dollar.
    pub tenth: usize,
    /// Purchases.
    pub trades: usize,
    /// Mean price paid, 0 to 1.
    pub price: f64,
    /// How often it came true, 0 to 1.
    pub frequency: IntervalView,
}

/// A calibration curve and its score (Brier's, by Murphy's parts).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CalibrationCurve {
    /// Where anything was bought, by price.
    pub bins: Vec<CalibrationBin>,
    /// Brier's score, 0 is best.
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

impl From<&kept::CurveFigures> for CalibrationCurve {
    fn from(one: &kept::CurveFigures) -> Self {
        let bins = one.bins.iter().map(|bin| CalibrationBin {
            tenth: bin.tenth,
            trades: bin.trades,
            price: bin.price,
            frequency: (&bin.frequency).into(),
        });
        Self {
            bins: bins.collect(),
            score: one.score,
            reliability: one.reliability,
            resolution: one.resolution,
            uncertainty: one.uncertainty,
            within_bins: one.within_bins,
            expected: one.expected,
            skill: one.skill,
            log_score: one.log_score,
        }
    }
}

/// Prices paid against what became of them. It is about the prices accepted, not a score of beliefs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CalibrationView {
    /// Purchases counted.
    pub trades: usize,
    /// In how many events.
    pub events: usize,
    /// Purchases not counted.
    pub excluded: usize,
    /// Every purchase weighs the same.
    pub by_trade: CalibrationCurve,
    /// Every share does.
    pub by_share: CalibrationCurve,
    /// Every event does.
    pub by_event: CalibrationCurve,
}

/// Drawdown and streaks of a run of settled events. They grow with length: only equal lengths compare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CourseView {
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

impl From<&kept::CourseFigures> for CourseView {
    fn from(one: &kept::CourseFigures) -> Self {
        Self {
            events: one.events,
            drawdown_usdc: one.drawdown_usdc,
            longest_wins: one.longest_wins,
            longest_losses: one.longest_losses,
            current: one.current,
        }
    }
}

/// The course of the last so many events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LastCourse {
    /// 20, 50 or 100.
    pub last_events: usize,
    /// Null where there are fewer.
    pub course: Option<CourseView>,
}

/// An event that is over for the wallet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SettledEvent {
    /// One market of it; its `event` names the event.
    pub market: WalletMarket,
    /// When it ended; null unknown.
    pub closed_at: Option<DateTime<Utc>>,
    /// After fees.
    pub profit_usdc: f64,
    /// What was put in.
    pub invested_usdc: f64,
}

impl SettledEvent {
    fn of(one: &kept::SettledFigures, markets: &mut KnownMarkets<'_>) -> Self {
        Self {
            market: markets.of_condition(&one.condition_id),
            closed_at: one.closed_at,
            profit_usdc: one.profit_usdc,
            invested_usdc: one.invested_usdc,
        }
    }
}

/// How long shares were held, first in first out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HoldView {
    /// Mean by share, in seconds.
    pub mean_s: i64,
    /// Median of the positions' means, in seconds.
    pub median_s: i64,
    /// Positions of which any share went.
    pub positions: usize,
}

/// How money is spread over events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SpreadView {
    /// Events with any.
    pub events: usize,
    /// Herfindahl–Hirschman index, 1/n to 1.
    pub hhi: f64,
    /// 1 / HHI.
    pub effective_events: f64,
    /// The part of the largest, 0 to 1.
    pub top_share: f64,
}

/// How often a wallet trades.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FrequencyView {
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

/// How a wallet trades, computed at the end of its last import. Events are netted over all their markets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WalletMetricsView {
    /// Up to when the history says so.
    pub as_of: DateTime<Utc>,
    /// What it all came to.
    pub totals: TotalsView,
    /// Over all settled events.
    pub all_time: ToldRecord,
    /// Over the last days.
    pub windows: Vec<WindowRecord>,
    /// By category.
    pub by_category: ToldCategoryRecordList,
    /// By mean price paid.
    pub by_price: ToldPriceBandRecordList,
    /// Prices paid against what became of them.
    pub calibration: ToldCalibration,
    /// Drawdown and streaks over all settled events.
    pub course: ToldCourse,
    /// The same over the last of them.
    pub courses: ToldLastCourseList,
    /// The settled event with the most profit.
    pub best_event: ToldSettledEvent,
    /// With the least.
    pub worst_event: ToldSettledEvent,
    /// Settled events in the order in which they ended.
    pub settled: ToldSettledEventList,
    /// Settled events left out everywhere: what their shares cost is not known.
    pub left_out: usize,
    /// How long shares were held.
    pub hold_time: ToldHold,
    /// How money is spread over events.
    pub concentration: ToldSpread,
    /// How often it trades.
    pub frequency: ToldFrequency,
    /// Dollars traded as maker of all, 0 to 1; null where one trade does not say.
    pub maker_share: ToldNumber,
}

impl WalletMetricsView {
    /// Of figures as kept.
    pub fn of(
        figures: &kept::WalletFigures,
        as_of: DateTime<Utc>,
        markets: &mut KnownMarkets<'_>,
    ) -> Self {
        let windows = figures.windows.iter().map(|(days, record)| WindowRecord {
            days: *days,
            record: Told::of(record, |record| record.into()),
        });
        Self {
            as_of,
            totals: (&figures.totals).into(),
            all_time: Told::of(&figures.all_time, |record| record.into()),
            windows: windows.collect(),
            by_category: ToldList::of(&figures.by_category, |all| {
                all.iter().map(|(name, record)| category(name, record)).collect()
            }),
            by_price: ToldList::of(&figures.by_price, |all| {
                all.iter().map(|(from, record)| price_band(*from, record)).collect()
            }),
            calibration: Told::maybe(&figures.calibration, |one| one.as_ref().map(calibration)),
            course: Told::of(&figures.course, |course| course.into()),
            courses: ToldList::of(&figures.courses, |all| {
                all.iter().map(|(length, course)| last_course(*length, course.as_ref())).collect()
            }),
            best_event: Told::maybe(&figures.best_event, |one| {
                one.as_ref().map(|one| SettledEvent::of(one, markets))
            }),
            worst_event: Told::maybe(&figures.worst_event, |one| {
                one.as_ref().map(|one| SettledEvent::of(one, markets))
            }),
            settled: ToldList::of(&figures.settled, |all| {
                all.iter().map(|one| SettledEvent::of(one, markets)).collect()
            }),
            left_out: figures.left_out,
            hold_time: Told::maybe(&figures.hold_time, |one| one.as_ref().map(hold)),
            concentration: Told::maybe(&figures.concentration, |one| one.as_ref().map(spread)),
            frequency: Told::maybe(&figures.frequency, |one| one.as_ref().map(frequency)),
            maker_share: (&figures.maker_share).into(),
        }
    }
}

fn category(name: &str, record: &kept::RecordFigures) -> CategoryRecord {
    let category = (!name.is_empty()).then(|| name.to_owned());
    CategoryRecord { category, record: record.into() }
}

fn price_band(from_cents: u8, record: &kept::RecordFigures) -> PriceBandRecord {
    PriceBandRecord { from_cents, record: record.into() }
}

fn last_course(last_events: usize, course: Option<&kept::CourseFigures>) -> LastCourse {
    LastCourse { last_events, course: course.map(Into::into) }
}

fn calibration(one: &kept::CalibrationFigures) -> CalibrationView {
    CalibrationView {
        trades: one.trades,
        events: one.events,
        excluded: one.excluded,
        by_trade: (&one.by_trade).into(),
        by_share: (&one.by_share).into(),
        by_event: (&one.by_event).into(),
    }
}

fn hold(one: &kept::HoldFigures) -> HoldView {
    HoldView { mean_s: one.mean_s, median_s: one.median_s, positions: one.positions }
}

fn spread(one: &kept::SpreadFigures) -> SpreadView {
    SpreadView {
        events: one.events,
        hhi: one.hhi,
        effective_events: one.effective_events,
        top_share: one.top_share,
    }
}

fn frequency(one: &kept::FrequencyFigures) -> FrequencyView {
    FrequencyView {
        fills: one.fills,
        active_days: one.active_days,
        first_at: one.first_at,
        last_at: one.last_at,
        per_day: one.per_day,
        per_active_day: one.per_active_day,
    }
}
