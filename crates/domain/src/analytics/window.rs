//! Who traded how much within a stretch of time, and where the price went.

use std::{collections::HashSet, fmt, str::FromStr};

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Closes, MarketRecords};
use crate::{Address, PriceChange, Shares, Side, Usdc, tape::Print};

/// A stretch of time that ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Window {
    /// Ten minutes.
    #[serde(rename = "10m")]
    TenMinutes,
    /// An hour.
    #[serde(rename = "1h")]
    Hour,
    /// Six hours.
    #[serde(rename = "6h")]
    SixHours,
    /// Half a day.
    #[serde(rename = "12h")]
    TwelveHours,
    /// A day.
    #[serde(rename = "24h")]
    Day,
    /// A week.
    #[serde(rename = "7d")]
    Week,
}

impl Window {
    /// Every window, shortest first.
    pub const ALL: [Self; 6] =
        [Self::TenMinutes, Self::Hour, Self::SixHours, Self::TwelveHours, Self::Day, Self::Week];

    /// Those that are counted of every market at once, from the whole tape.
    pub const COUNTED: [Self; 5] =
        [Self::TenMinutes, Self::Hour, Self::SixHours, Self::TwelveHours, Self::Day];

    /// The stable name used in URLs.
    pub fn slug(self) -> &'static str {
        match self {
            Self::TenMinutes => "10m",
            Self::Hour => "1h",
            Self::SixHours => "6h",
            Self::TwelveHours => "12h",
            Self::Day => "24h",
            Self::Week => "7d",
        }
    }

    /// Its length.
    pub fn length(self) -> TimeDelta {
        match self {
            Self::TenMinutes => TimeDelta::minutes(10),
            Self::Hour => TimeDelta::hours(1),
            Self::SixHours => TimeDelta::hours(6),
            Self::TwelveHours => TimeDelta::hours(12),
            Self::Day => TimeDelta::days(1),
            Self::Week => TimeDelta::days(7),
        }
    }

    /// How far before an end of the window a price may be from to stand for it: a tenth of the window, at
    /// least five minutes.
    pub fn tolerance(self) -> TimeDelta {
        (self.length() / 10).max(TimeDelta::minutes(5))
    }
}

/// Text that is no window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("one of 10m, 1h, 6h, 12h, 24h, 7d")]
pub struct UnknownWindow;

impl FromStr for Window {
    type Err = UnknownWindow;
    fn from_str(text: &str) -> Result<Self, UnknownWindow> {
        Self::ALL.into_iter().find(|window| window.slug() == text).ok_or(UnknownWindow)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

/// What happened within one window.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowActivity {
    /// The window.
    pub window: Window,
    /// What traded; `None` where the records do not reach back to the window's beginning.
    pub activity: Option<Activity>,
    /// The last price now, less the last at the window's beginning; `None` where either is older than
    /// [`Window::tolerance`] allows.
    pub change: Option<PriceChange>,
}

/// What traded. Each fill counts once, on the taker's side, told on outcome 0: who buys outcome 1 is a
/// seller. A fill that mints or merges both outcomes is no different.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// Fills.
    pub trades: u32,
    /// Different takers who bought, of those whose wallets are known.
    pub buyers: u32,
    /// Different takers who sold, of those whose wallets are known. Who did both is in both.
    pub sellers: u32,
    /// Fills whose taker is unknown.
    pub unknown_takers: u32,
    /// Dollars of fills in which the taker bought; each at the price of its own token, see
    /// [`Print::usdc`].
    pub buy_usdc: Usdc,
    /// Dollars of fills in which the taker sold.
    pub sell_usdc: Usdc,
    /// Both.
    pub volume_usdc: Usdc,
    /// Shares of either outcome.
    pub volume_shares: Shares,
    /// `buy_usdc` / `volume_usdc`; `None` where nothing traded.
    pub buy_share: Option<f64>,
}

/// What happened within each of [`Window::ALL`].
pub fn activity(records: &MarketRecords<'_>, now: DateTime<Utc>) -> Vec<WindowActivity> {
    let closes = Closes::of(records.bars, now);
    Window::ALL
        .into_iter()
        .map(|window| {
            let start = now - window.length();
            let before = closes.at(start, window.tolerance());
            let last = closes.at(now, window.tolerance());
            WindowActivity {
                window,
                activity: if reaches(records, start) {
                    Activity::of(records.prints, start, now)
                } else {
                    None
                },
                change: last.zip(before).map(|(last, before)| last.change_from(before)),
            }
        })
        .collect()
}

/// Whether no trade since `start` can be missing.
fn reaches(records: &MarketRecords<'_>, start: DateTime<Utc>) -> bool {
    records.recorded_since.is_some_and(|since| {
        since <= start || records.opened_at.is_some_and(|opened| since <= opened)
    })
}

impl Activity {
    /// Of what traded after `start` and until `now`. `None` only beyond what the types can hold.
    fn of(prints: &[Print<'_>], start: DateTime<Utc>, now: DateTime<Utc>) -> Option<Self> {
        let mut takers: [HashSet<&Address>; 2] = Default::default();
        let mut dollars = [Decimal::ZERO; 2];
        let mut shares = Decimal::ZERO;
        let (mut trades, mut unknown_takers) = (0, 0);
        for print in prints.iter().filter(|print| print.traded_at > start && print.traded_at <= now)
        {
            let side = usize::from(print.side == Side::Sell);
            trades += 1;
            dollars[side] += print.usdc.decimal();
            shares += print.shares.decimal();
            match print.wallet {
                Some(wallet) => {
                    takers[side].insert(wallet);
                }
                None => unknown_takers += 1,
            }
        }
        let [bought, sold] = dollars;
        let share = bought.checked_div(bought + sold).and_then(|share| f64::try_from(share).ok());
        Some(Self {
            trades,
            buyers: u32::try_from(takers[0].len()).ok()?,
            sellers: u32::try_from(takers[1].len()).ok()?,
            unknown_takers,
            buy_usdc: Usdc::new(bought).ok()?,
            sell_usdc: Usdc::new(sold).ok()?,
            volume_usdc: Usdc::new(bought + sold).ok()?,
            volume_shares: Shares::new(shares).ok()?,
            buy_share: share,
        })
    }
}
