//! What a market's price and volume have been, for those outside.

use chrono::{DateTime, Utc};

use crate::exchange::{MICRO, PIPS, Point};

pub(crate) const MINUTE_S: i64 = 60;
pub(crate) const HOUR_S: i64 = 60 * MINUTE_S;
pub(crate) const DAY_S: i64 = 24 * HOUR_S;

/// Price and cumulative volume of a market from one moment to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PricePoint {
    /// When.
    pub at: DateTime<Utc>,
    /// Displayed price of outcome 0, in dollars.
    pub price: f64,
    /// Volume since the market opened, in USDC.
    pub volume_usdc: f64,
}

impl PricePoint {
    pub(crate) fn of(point: &Point) -> Option<Self> {
        Some(Self {
            at: DateTime::from_timestamp_millis(point.at_ms)?,
            price: f64::from(point.shown) / f64::from(PIPS),
            volume_usdc: usdc(point.volume),
        })
    }
}

/// Millionths as a number of USDC.
pub(crate) fn usdc(micro: i64) -> f64 {
    micro as f64 / MICRO as f64
}
