//! How a wallet trades: how long it holds, how it spreads its money, how often and on which part.

use chrono::{DateTime, TimeDelta, Utc};

use crate::ledger::{Change, Entry, Fills, MicroUsdc, Position};
use crate::stats::Inequality;

/// How long shares were held before they went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldTime {
    /// Mean by share, first in first out.
    pub mean: TimeDelta,
    /// Median of the positions' means; the lower of two.
    pub median: TimeDelta,
    /// Positions of which any share went.
    pub positions: usize,
}

impl HoldTime {
    /// `None` where no share ever went.
    pub(crate) fn of(positions: &[Position]) -> Option<Self> {
        let gone = positions.iter().filter_map(|p| Some((p.mean_hold?.num_seconds(), p.released)));
        let mut gone: Vec<(i64, i64)> = gone.collect();
        gone.sort_unstable();
        let shares: i128 = gone.iter().map(|(_, shares)| i128::from(*shares)).sum();
        let sum: i128 =
            gone.iter().map(|(held, shares)| i128::from(*held) * i128::from(*shares)).sum();
        let mean = i64::try_from(sum.checked_div(shares)?).ok()?;
        let (median, _) = gone.get((gone.len() - 1) / 2)?;
        Some(Self {
            mean: TimeDelta::try_seconds(mean)?,
            median: TimeDelta::try_seconds(*median)?,
            positions: gone.len(),
        })
    }
}

/// How money is spread over events.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Events with any money.
    pub events: usize,
    /// Herfindahl–Hirschman index Σ sᵢ² of their parts, 1/n to 1.
    pub hhi: f64,
    /// 1 / HHI: how many events of equal money would be as concentrated.
    pub effective_events: f64,
    /// The part of the largest.
    pub top_share: f64,
}

impl Spread {
    /// `None` where no money is in any.
    pub(crate) fn of(money: impl Iterator<Item = MicroUsdc>) -> Option<Self> {
        let spread = Inequality::of(money.map(|usdc| usdc as f64))?;
        Some(Self {
            events: spread.count,
            hhi: spread.hhi,
            effective_events: spread.effective,
            top_share: spread.top_1,
        })
    }
}

/// How often a wallet trades, as far as its entries go back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frequency {
    /// Fills.
    pub fills: u64,
    /// Days, by UTC, with one.
    pub active_days: usize,
    /// The first.
    pub first_at: DateTime<Utc>,
    /// The last.
    pub last_at: DateTime<Utc>,
    /// Fills a day from the first to the last, both days included.
    pub per_day: f64,
    /// Fills a day of those with one.
    pub per_active_day: f64,
}

impl Frequency {
    /// Of entries in order of time; `None` without a fill.
    pub(crate) fn of(entries: &[Entry]) -> Option<Self> {
        const DAY_S: i64 = 86_400;
        let is_fill = |entry: &&Entry| matches!(entry.change, Change::Buy(_) | Change::Sell(_));
        let (mut fills, mut active_days, mut last_day) = (0u64, 0usize, None);
        let mut ends: Option<(DateTime<Utc>, DateTime<Utc>)> = None;
        for entry in entries.iter().filter(is_fill) {
            let at = entry.place.at;
            let day = at.timestamp().div_euclid(DAY_S);
            fills += 1;
            active_days += usize::from(last_day != Some(day));
            last_day = Some(day);
            ends = Some(ends.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
        }
        let (first_at, last_at) = ends?;
        let days =
            last_at.timestamp().div_euclid(DAY_S) - first_at.timestamp().div_euclid(DAY_S) + 1;
        Some(Self {
            fills,
            active_days,
            first_at,
            last_at,
            per_day: fills as f64 / days as f64,
            per_active_day: fills as f64 / active_days as f64,
        })
    }
}

/// Dollars traded as maker of all dollars traded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MakerShare {
    /// 0 to 1; `None` where the source does not say of every fill, or there is none.
    pub value: Option<f64>,
    /// Fills.
    pub fills: u64,
}

impl MakerShare {
    pub(crate) fn of(fills: &Fills) -> Self {
        let total = fills.maker_usdc + fills.taker_usdc;
        let is_known = fills.unknown_usdc == 0 && total > 0;
        let value = is_known.then(|| fills.maker_usdc as f64 / total as f64);
        Self { value, fills: fills.count }
    }
}
