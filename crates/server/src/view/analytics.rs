//! What a market is doing, as the API sends it.

use chrono::{DateTime, Utc};
use domain::{MarketAnalytics, PriceChange, Usdc, analytics::WindowActivity};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::DepthView;

/// What takers did within a window that ends now, in terms of outcome 0: who buys outcome 1 is a seller. Amounts are
/// USDC at the price of the token that was traded; a fill that mints or merges counts once, on the taker's side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WindowView {
    /// `10m`, `1h`, `6h`, `12h`, `24h` or `7d`.
    pub window: String,
    /// Takers' trades; null, as everything below, where the tape does not reach back that far.
    pub trades: Option<u32>,
    /// Different wallets that bought.
    pub buyers: Option<u32>,
    /// Different wallets that sold; who did both is in both.
    pub sellers: Option<u32>,
    /// USDC of what was bought.
    pub buy_usdc: Option<f64>,
    /// USDC of what was sold.
    pub sell_usdc: Option<f64>,
    /// Both.
    pub volume_usdc: Option<f64>,
    /// Bought over both, 0 to 1; null where nothing traded.
    pub buy_share: Option<f64>,
    /// The last price less the one at the window's beginning; null where either is too old to stand for it.
    pub change: Option<f64>,
}

impl WindowView {
    fn of(window: &WindowActivity) -> Self {
        let activity = window.activity.as_ref();
        Self {
            window: window.window.slug().to_owned(),
            trades: activity.map(|all| all.trades),
            buyers: activity.map(|all| all.buyers),
            sellers: activity.map(|all| all.sellers),
            buy_usdc: activity.map(|all| all.buy_usdc.to_f64()),
            sell_usdc: activity.map(|all| all.sell_usdc.to_f64()),
            volume_usdc: activity.map(|all| all.volume_usdc.to_f64()),
            buy_share: activity.and_then(|all| all.buy_share),
            change: window.change.map(PriceChange::to_f64),
        }
    }
}

/// The slope of the log-odds of the price over the last day, per day, with its standard error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MomentumView {
    /// Change of the log-odds a day.
    pub slope_per_day: f64,
    /// Its standard error; a slope of less than two of them is no trend.
    pub standard_error: f64,
    /// Prices it rests on.
    pub n: usize,
}

/// What a market is doing, from what was recorded of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AnalyticsView {
    /// The instant it was computed for.
    pub as_of: DateTime<Utc>,
    /// By window.
    pub windows: Vec<WindowView>,
    /// Over the last day; null with too few prices.
    pub momentum: Option<MomentumView>,
    /// Standard deviation of the log-odds per square root of a day, over the last day.
    pub volatility: Option<f64>,
    /// Spread in ten-thousandths of the mid; null without a live book.
    pub spread_bps: Option<f64>,
    /// Dollars near the mid.
    pub depth: DepthView,
    /// Shares bid less shares asked near the mid, over their sum.
    pub imbalance: Option<f64>,
    /// How often the price crossed one half within a day, and stayed beyond it by more than two cents.
    pub opinion_changes_24h: Option<u32>,
    /// Hours until trading really ends, as well as that is known.
    pub hours_to_close: Option<f64>,
    /// Yearly return of buying the favourite at the ask and holding it to the end, if it wins.
    pub annualised_return: Option<f64>,
}

impl AnalyticsView {
    /// Analytics as computed.
    pub fn of(all: &MarketAnalytics) -> Self {
        let usdc = |amount: Option<Usdc>| amount.map(Usdc::to_f64);
        Self {
            as_of: all.as_of,
            windows: all.windows.iter().map(WindowView::of).collect(),
            momentum: all.momentum.as_ref().map(|found| MomentumView {
                slope_per_day: found.slope_per_day,
                standard_error: found.standard_error,
                n: found.n,
            }),
            volatility: all.volatility.as_ref().map(|found| found.per_sqrt_day),
            spread_bps: all.spread_bps,
            depth: DepthView {
                bid_1c: usdc(all.depth_1c.map(|depth| depth.bid)),
                ask_1c: usdc(all.depth_1c.map(|depth| depth.ask)),
                bid_5c: usdc(all.depth_5c.map(|depth| depth.bid)),
                ask_5c: usdc(all.depth_5c.map(|depth| depth.ask)),
            },
            imbalance: all.imbalance,
            opinion_changes_24h: all.opinion_changes_24h.as_ref().map(|found| found.changes),
            hours_to_close: all.hours_to_close,
            annualised_return: all.annualised_return,
        }
    }
}
