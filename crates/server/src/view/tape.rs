//! What takers did in a market by window of time, as the API sends it.

use domain::analytics::Window;
use domain::{TapeColumn, TapeFigure};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

/// What takers did within a window that ends at its last count, seconds to minutes ago. Each fill counts
/// once, on the taker's side, in terms of outcome 0: who buys outcome 1 is a seller.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TapeFigures {
    /// Takers' trades.
    pub trades: u32,
    /// Different wallets that bought.
    pub buyers: u32,
    /// Different wallets that sold.
    pub sellers: u32,
    /// USDC bought and sold, before fees; counted from the tape, unlike `volume_24h` and its like.
    pub taker_volume: f64,
    /// USDC bought less USDC sold.
    pub taker_flow: f64,
    /// The part of that which is of wallets known to be whales; null where nobody was classed yet.
    pub whale_flow: Option<f64>,
    /// The part of that which is of wallets known to be smart money; null where nobody was classed yet.
    pub smart_flow: Option<f64>,
    /// USDC bought / `taker_volume`, to four digits; null where that is nothing.
    pub buy_share: Option<f64>,
    /// The price at the window's end less the one at its beginning, −1 to 1. Absent where it is unknown, and
    /// from 1h and 24h, of which `change_1h` and `change_24h` tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<f64>,
}

/// What is known of a market within a window.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum TapeWindow {
    /// The tape does not cover the window: `null`.
    Unknown,
    /// Nothing traded: the window is left out.
    #[default]
    Idle,
    /// Something did.
    Traded(TapeFigures),
}

impl TapeWindow {
    fn is_idle(&self) -> bool {
        *self == Self::Idle
    }

    /// A figure; `None` where it is unknown.
    fn figure(&self, figure: TapeFigure) -> Option<f64> {
        let counts = !matches!(figure, TapeFigure::BuyShare | TapeFigure::Change);
        match self {
            Self::Unknown => None,
            Self::Idle => counts.then_some(0.0),
            Self::Traded(figures) => match figure {
                TapeFigure::Trades => Some(f64::from(figures.trades)),
                TapeFigure::Buyers => Some(f64::from(figures.buyers)),
                TapeFigure::Sellers => Some(f64::from(figures.sellers)),
                TapeFigure::Volume => Some(figures.taker_volume),
                TapeFigure::Flow => Some(figures.taker_flow),
                TapeFigure::WhaleFlow => figures.whale_flow,
                TapeFigure::SmartFlow => figures.smart_flow,
                TapeFigure::BuyShare => figures.buy_share,
                TapeFigure::Change => figures.change,
            },
        }
    }
}

impl Serialize for TapeWindow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unknown | Self::Idle => serializer.serialize_none(),
            Self::Traded(figures) => figures.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for TapeWindow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let figures = Option::<TapeFigures>::deserialize(deserializer)?;
        Ok(figures.map_or(Self::Unknown, Self::Traded))
    }
}

/// What takers did in a market, by window. A window in which nothing traded is left out; one that the tape
/// does not cover is null, of every market.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TapeWindows {
    /// Ten minutes.
    #[serde(rename = "10m", default, skip_serializing_if = "TapeWindow::is_idle")]
    #[schema(value_type = Option<TapeFigures>)]
    pub ten_minutes: TapeWindow,
    /// An hour.
    #[serde(rename = "1h", default, skip_serializing_if = "TapeWindow::is_idle")]
    #[schema(value_type = Option<TapeFigures>)]
    pub hour: TapeWindow,
    /// Six hours.
    #[serde(rename = "6h", default, skip_serializing_if = "TapeWindow::is_idle")]
    #[schema(value_type = Option<TapeFigures>)]
    pub six_hours: TapeWindow,
    /// Half a day.
    #[serde(rename = "12h", default, skip_serializing_if = "TapeWindow::is_idle")]
    #[schema(value_type = Option<TapeFigures>)]
    pub twelve_hours: TapeWindow,
    /// A day.
    #[serde(rename = "24h", default, skip_serializing_if = "TapeWindow::is_idle")]
    #[schema(value_type = Option<TapeFigures>)]
    pub day: TapeWindow,
}

impl TapeWindows {
    /// The value of a column; `None` where it is unknown.
    pub fn figure(&self, column: TapeColumn) -> Option<f64> {
        let view = match column.window() {
            Window::TenMinutes => &self.ten_minutes,
            Window::Hour => &self.hour,
            Window::SixHours => &self.six_hours,
            Window::TwelveHours => &self.twelve_hours,
            Window::Day => &self.day,
            Window::Week => return None,
        };
        view.figure(column.figure())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_idle_and_traded_stay_apart() {
        let figures = TapeFigures {
            trades: 3,
            buyers: 1,
            sellers: 2,
            taker_volume: 10.5,
            taker_flow: -2.25,
            whale_flow: Some(0.0),
            smart_flow: None,
            buy_share: Some(0.3929),
            change: Some(-0.01),
        };
        let windows = TapeWindows {
            ten_minutes: TapeWindow::Idle,
            hour: TapeWindow::Traded(TapeFigures { change: None, ..figures }),
            six_hours: TapeWindow::Traded(figures),
            twelve_hours: TapeWindow::Unknown,
            day: TapeWindow::Unknown,
        };
        let json = serde_json::to_string(&windows).unwrap();
        let hour = r#"{"trades":3,"buyers":1,"sellers":2,"taker_volume":10.5,"taker_flow":-2.25,"whale_flow":0.0,"smart_flow":null,"buy_share":0.3929}"#;
        let six = hour.replace('}', r#","change":-0.01}"#);
        assert_eq!(json, format!(r#"{{"1h":{hour},"6h":{six},"12h":null,"24h":null}}"#));
        assert_eq!(serde_json::from_str::<TapeWindows>(&json).unwrap(), windows);
        let figure = |figure, window| windows.figure(TapeColumn::new(figure, window).unwrap());
        assert_eq!(figure(TapeFigure::Trades, Window::TenMinutes), Some(0.0));
        assert_eq!(figure(TapeFigure::BuyShare, Window::TenMinutes), None);
        assert_eq!(figure(TapeFigure::Flow, Window::Hour), Some(-2.25));
        assert_eq!(figure(TapeFigure::Change, Window::SixHours), Some(-0.01));
        assert_eq!(figure(TapeFigure::Trades, Window::Day), None);
    }
}
