//! What a market is doing, from what was recorded of it. All of it is about outcome 0.
//!
//! Each number has its formula, its source and its least number of records beside it. With fewer, or
//! with a hole in the records where it looks, it is `None`: unknown, which is neither zero nor nearly so.

mod carry;
mod log_odds;
mod momentum;
mod opinion;
#[cfg(test)]
mod tests;
mod volatility;
mod window;

use chrono::{DateTime, TimeDelta, Utc};

pub use carry::{annualised_return, hours_to_close};
pub use log_odds::log_odds;
pub use momentum::{Momentum, momentum};
pub use opinion::{OPINION_BAND, OpinionChanges, opinion_changes};
pub use volatility::{Volatility, volatility};
pub use window::{Activity, Window, WindowActivity, activity};

use crate::{Bar, Book, FeeSchedule, Interval, Price, book::Depth, tape::Print};

/// What is recorded of one market.
#[derive(Debug, Clone, Copy)]
pub struct MarketRecords<'a> {
    /// Trades of at least the last seven days, in any order.
    pub prints: &'a [Print<'a>],
    /// From when on no trade is missing; `None` where that is never.
    pub recorded_since: Option<DateTime<Utc>>,
    /// When the market opened: nothing before it can be missing.
    pub opened_at: Option<DateTime<Utc>>,
    /// Minute bars of at least the last seven days and the hours before them, in order of time.
    pub bars: &'a [Bar],
    /// The book of outcome 0, if it is live.
    pub book: Option<&'a Book>,
    /// What takers pay; `None` unknown.
    pub fee: Option<FeeSchedule>,
    /// When trading really ends, as well as that is known: the start of the game where orders are
    /// cleared then, the announced end otherwise.
    pub closes_at: Option<DateTime<Utc>>,
}

/// What a market was doing at an instant.
#[derive(Debug, Clone, PartialEq)]
pub struct MarketAnalytics {
    /// The instant.
    pub as_of: DateTime<Utc>,
    /// Each of [`Window::ALL`].
    pub windows: Vec<WindowActivity>,
    /// Over the last day; see [`momentum()`].
    pub momentum: Option<Momentum>,
    /// Over the last day; see [`volatility()`].
    pub volatility: Option<Volatility>,
    /// See [`Book::spread_bps`].
    pub spread_bps: Option<f64>,
    /// Within a cent of the mid; see [`Book::depth_within`].
    pub depth_1c: Option<Depth>,
    /// Within five.
    pub depth_5c: Option<Depth>,
    /// Within five cents; see [`Book::imbalance`].
    pub imbalance: Option<f64>,
    /// Over the last day; see [`opinion_changes`].
    pub opinion_changes_24h: Option<OpinionChanges>,
    /// See [`hours_to_close`].
    pub hours_to_close: Option<f64>,
    /// See [`annualised_return`].
    pub annualised_return: Option<f64>,
}

/// Computes all of it.
pub fn analyse(records: &MarketRecords<'_>, now: DateTime<Utc>) -> MarketAnalytics {
    let closes = Closes::of(records.bars, now);
    let day = closes.last(TimeDelta::days(1));
    let book = records.book;
    MarketAnalytics {
        as_of: now,
        windows: activity(records, now),
        momentum: momentum(day),
        volatility: volatility(day),
        spread_bps: book.and_then(Book::spread_bps),
        depth_1c: book.and_then(|book| book.depth_within(1)),
        depth_5c: book.and_then(|book| book.depth_within(5)),
        imbalance: book.and_then(|book| book.imbalance(5)),
        opinion_changes_24h: opinion_changes(day),
        hours_to_close: hours_to_close(records.closes_at, now),
        annualised_return: book
            .and_then(|book| annualised_return(book, records.fee?, records.closes_at?, now)),
    }
}

/// A price, and when it was the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Close {
    /// The end of the minute.
    pub at: DateTime<Utc>,
    /// The price of outcome 0.
    pub price: Price,
}

/// The closes of minute bars that had ended by some instant, in order of time.
#[derive(Debug, Clone)]
pub(crate) struct Closes {
    closes: Vec<Close>,
    now: DateTime<Utc>,
}

impl Closes {
    pub(crate) fn of(bars: &[Bar], now: DateTime<Utc>) -> Self {
        let end = |bar: &Bar| bar.at + Interval::Minute.length();
        let closes = bars
            .iter()
            .map(|bar| Close { at: end(bar), price: bar.close })
            .take_while(|close| close.at <= now)
            .collect();
        Self { closes, now }
    }

    /// Those of the last so long.
    pub(crate) fn last(&self, length: TimeDelta) -> &[Close] {
        let start = self.now - length;
        let from = self.closes.partition_point(|close| close.at <= start);
        self.closes.get(from..).unwrap_or_default()
    }

    /// The last close at or before an instant, unless it is older than that by more than `tolerance`.
    pub(crate) fn at(&self, instant: DateTime<Utc>, tolerance: TimeDelta) -> Option<Price> {
        let until = self.closes.partition_point(|close| close.at <= instant);
        let close = self.closes.get(until.checked_sub(1)?)?;
        (instant - close.at <= tolerance).then_some(close.price)
    }
}
