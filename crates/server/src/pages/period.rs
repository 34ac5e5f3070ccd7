//! Over which time a page tells the changes of prices: a setting of the map and of the categories, in their addresses.

use domain::{TapeColumn, TapeFigure, analytics::Window};
use maud::Markup;

use super::panels::choice;
use crate::view::MarketRow;

/// The parameter of the address.
const PARAMETER: &str = "change";

/// A period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Period {
    TenMinutes,
    Hour,
    SixHours,
    TwelveHours,
    Day,
    Week,
}

impl Period {
    /// Every period, the shortest first.
    const ALL: [Self; 6] =
        [Self::TenMinutes, Self::Hour, Self::SixHours, Self::TwelveHours, Self::Day, Self::Week];

    /// The period that an address names; a day unless it names one.
    pub(super) fn read(pairs: &[(String, String)]) -> Self {
        let named = pairs.iter().find(|(name, _)| name == PARAMETER).map(|(_, value)| value);
        let found =
            named.and_then(|value| Self::ALL.into_iter().find(|known| known.name() == value));
        found.unwrap_or(Self::Day)
    }

    /// As it is written: `24h`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::TenMinutes => "10m",
            Self::Hour => "1h",
            Self::SixHours => "6h",
            Self::TwelveHours => "12h",
            Self::Day => "24h",
            Self::Week => "7d",
        }
    }

    /// The change of a market's price: upstream's where it tells one, else the tape's, where the market traded.
    pub(super) fn change(self, market: &MarketRow) -> Option<f64> {
        match self {
            Self::TenMinutes => counted(market, Window::TenMinutes),
            Self::Hour => market.change_1h,
            Self::SixHours => counted(market, Window::SixHours),
            Self::TwelveHours => counted(market, Window::TwelveHours),
            Self::Day => market.change_24h,
            Self::Week => market.change_7d,
        }
    }

    /// The change, in dollars, that the map gives its full colour.
    pub(super) fn full_change(self) -> f64 {
        match self {
            Self::TenMinutes => 0.02,
            Self::Hour => 0.05,
            Self::SixHours => 0.07,
            Self::TwelveHours => 0.08,
            Self::Day => 0.1,
            Self::Week => 0.2,
        }
    }

    /// The address of a page with this period.
    pub(super) fn href(self, path: &str) -> String {
        if self == Self::Day {
            path.to_owned()
        } else {
            format!("{path}?{PARAMETER}={}", self.name())
        }
    }

    /// Links to a page with each period.
    pub(super) fn switch(self, path: &str) -> Markup {
        let option = |period: Self| (period.name(), period.href(path), period == self);
        choice("Period of the change", &Self::ALL.map(option))
    }
}

fn counted(market: &MarketRow, window: Window) -> Option<f64> {
    market.tape(TapeColumn::new(TapeFigure::Change, window)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_the_period_and_nonsense_is_a_day() {
        let read = |value: &str| Period::read(&[("change".to_owned(), value.to_owned())]);
        assert_eq!((read("6h"), read("2y")), (Period::SixHours, Period::Day));
        assert_eq!(Period::read(&[]), Period::Day);
        assert_eq!(Period::Day.href("/map"), "/map");
        assert_eq!(Period::Hour.href("/map"), "/map?change=1h");
    }

    #[test]
    fn every_period_of_the_tape_has_its_column() {
        for window in [Window::TenMinutes, Window::SixHours, Window::TwelveHours] {
            assert!(TapeColumn::new(TapeFigure::Change, window).is_some());
        }
    }
}
