//! How well a wallet does, as far as its books support it.
//!
//! The unit is the event, with all its markets netted: trades of one event say the same thing many times.
//! Every figure says of how many, and is `None` where it is not defined; where the history does not
//! support it, it is withheld. Formulas: beside each figure, and in `docs/pnl.md`.

mod calibration;
mod course;
mod exposure;
mod habits;
mod interval;
mod observation;
mod record;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

pub use calibration::{BINS, Bin, Brier, Calibration, Curve};
pub use course::{Course, LENGTHS};
pub use exposure::{Exposure, exposures};
pub use habits::{Frequency, HoldTime, MakerShare, Spread};
pub(crate) use interval::Weighted;
pub use interval::{Clustered, Proportion};
pub use observation::Settled;
pub use record::Record;

use crate::Category;
use crate::ledger::{
    Completeness, Entry, Figure, Markets, MicroUsdc, Position, Reason, Slot, Valuation,
};
use observation::Observations;

/// Days back from now over which records are kept, by when events ended.
pub const WINDOW_DAYS: [i64; 3] = [7, 30, 90];

/// Cents a share at which price bands begin.
pub const BAND_CENTS: [u8; 6] = [0, 10, 30, 50, 70, 90];

/// How well a wallet does.
#[derive(Debug, Clone, PartialEq)]
pub struct Performance {
    /// When.
    pub as_of: DateTime<Utc>,
    /// Over all settled events.
    pub all_time: Figure<Record>,
    /// Over the last [`WINDOW_DAYS`].
    pub windows: [(i64, Figure<Record>); WINDOW_DAYS.len()],
    /// By category of the event; `None` is of events that have none. Only those with events.
    pub by_category: Figure<Vec<(Option<Category>, Record)>>,
    /// By the mean price at which a position was bought, from so many cents. Only those with events.
    pub by_price: Figure<Vec<(u8, Record)>>,
    /// Prices paid against what became of them; `None` where nothing bought is resolved.
    pub calibration: Figure<Option<Calibration>>,
    /// Over all settled events, in the order in which they ended.
    pub course: Figure<Course>,
    /// Over the last [`LENGTHS`]; `None` where there are fewer.
    pub courses: Figure<[(usize, Option<Course>); LENGTHS.len()]>,
    /// Every settled event, in the order in which they ended: their profits add up to the realised part
    /// of the profit curve.
    pub settled: Figure<Vec<Settled>>,
    /// Settled events left out everywhere, because what their shares cost is not known.
    pub left_out: usize,
    /// The settled event with the most profit; `None` without one.
    pub best_event: Figure<Option<Settled>>,
    /// The settled event with the least.
    pub worst_event: Figure<Option<Settled>>,
    /// The settled position with the most profit after fees, and it.
    pub best_position: Figure<Option<(Slot, MicroUsdc)>>,
    /// The settled position with the least.
    pub worst_position: Figure<Option<(Slot, MicroUsdc)>>,
    /// How long shares were held; `None` where none ever went.
    pub hold_time: Figure<Option<HoldTime>>,
    /// How the money put in is spread over events; `None` where none was.
    pub concentration: Figure<Option<Spread>>,
    /// As far as the entries go back.
    pub frequency: Figure<Option<Frequency>>,
    /// As far as the entries go back.
    pub maker_share: Figure<MakerShare>,
}

impl Performance {
    /// Of a ledger's entries, in order, and what the ledger says of them.
    pub fn of(
        as_of: DateTime<Utc>,
        entries: &[Entry],
        books: &Valuation,
        markets: &Markets,
    ) -> Self {
        let reason = books.completeness.reason();
        let observed = Observations::of(&books.positions, markets);
        let dated = reason.or_else(|| (!observed.are_dated()).then_some(Reason::NoCloseTime));
        // What describes only the time that the entries cover needs no beginning.
        let gap = reason.filter(|_| books.completeness == Completeness::Gap);
        let settled: Vec<Settled> = observed.settled.iter().map(|(one, _)| *one).collect();
        let in_order: Vec<&Settled> = settled.iter().collect();
        let positions = || {
            let settled = books.positions.iter().filter(|position| position.is_settled());
            settled.filter_map(|position| Some((position.slot, position.net.known()?)))
        };
        Self {
            as_of,
            all_time: figure(reason, || observed.record(|_| true)),
            windows: WINDOW_DAYS.map(|days| {
                let since = as_of - TimeDelta::days(days);
                let is_within = |one: &Settled| one.closed_at.is_some_and(|at| at >= since);
                (days, figure(dated, || observed.record(is_within)))
            }),
            by_category: figure(reason, || observed.by_category()),
            by_price: figure(reason, || observed.by_price()),
            calibration: figure(reason, || Calibration::of(entries, markets)),
            course: figure(dated, || Course::of(in_order.iter().copied())),
            courses: figure(dated, || {
                LENGTHS.map(|length| (length, Course::of_last(&in_order, length)))
            }),
            left_out: observed.withheld,
            best_event: figure(reason, || settled.iter().copied().max_by_key(|one| one.profit)),
            worst_event: figure(reason, || settled.iter().copied().min_by_key(|one| one.profit)),
            best_position: figure(reason, || positions().max_by_key(|(_, profit)| *profit)),
            worst_position: figure(reason, || positions().min_by_key(|(_, profit)| *profit)),
            hold_time: figure(reason, || HoldTime::of(&books.positions)),
            concentration: figure(reason, || Spread::of(invested(&books.positions))),
            frequency: figure(gap, || Frequency::of(entries)),
            maker_share: figure(gap, || MakerShare::of(&books.fills)),
            settled: figure(dated, || settled),
        }
    }
}

fn figure<T>(reason: Option<Reason>, compute: impl FnOnce() -> T) -> Figure<T> {
    reason.map_or_else(|| Figure::Known(compute()), Figure::Withheld)
}

/// Money put in, by event.
fn invested(positions: &[Position]) -> impl Iterator<Item = MicroUsdc> {
    let mut by_event: BTreeMap<_, MicroUsdc> = BTreeMap::new();
    for position in positions {
        *by_event.entry(position.event).or_default() += position.invested();
    }
    by_event.into_values()
}

impl Observations<'_> {
    fn record(&self, is_wanted: impl Fn(&Settled) -> bool + Copy) -> Record {
        let all = self.settled.iter().map(|(one, positions)| (one, positions.as_slice()));
        Record::of(all.filter(move |(one, _)| is_wanted(one)))
    }

    fn by_category(&self) -> Vec<(Option<Category>, Record)> {
        let mut categories: Vec<Option<Category>> =
            self.settled.iter().map(|(one, _)| one.category).collect();
        categories.sort_unstable();
        categories.dedup();
        let record = |category| self.record(move |one| one.category == category);
        categories.into_iter().map(|category| (category, record(category))).collect()
    }

    /// An event counts in every band in which the wallet bought of it, with the positions of that band.
    fn by_price(&self) -> Vec<(u8, Record)> {
        let bands = BAND_CENTS.into_iter().filter_map(|band| {
            let parts = self.settled.iter().filter_map(|(one, positions)| {
                let within = positions.iter().copied().filter(|p| band_of(p) == Some(band));
                let within: Vec<&Position> = within.collect();
                (!within.is_empty()).then(|| {
                    let profit = within.iter().filter_map(|p| p.net.known()).sum();
                    let invested = within.iter().map(|p| p.invested()).sum();
                    (Settled { profit, invested, ..*one }, within)
                })
            });
            let parts: Vec<(Settled, Vec<&Position>)> = parts.collect();
            let record = Record::of(parts.iter().map(|(one, within)| (one, within.as_slice())));
            (!parts.is_empty()).then_some((band, record))
        });
        bands.collect()
    }
}

/// The band of the mean price at which a position was bought; `None` where it was not.
fn band_of(position: &Position) -> Option<u8> {
    let entered = position.entered;
    let is_from = |band: &u8| {
        i128::from(entered.usdc) * 100 >= i128::from(*band) * i128::from(entered.shares)
    };
    (entered.shares > 0).then(|| BAND_CENTS.into_iter().rfind(is_from)).flatten()
}
