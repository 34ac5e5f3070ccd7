//! How a market's page is set, as its address says. What it says wrongly is the default.

use chrono::TimeDelta;
use domain::{Shares, Side, Usdc, bars::Interval, slippage::OrderSize};
use rust_decimal::Decimal;

use crate::api::{list::query_string, ohlc::Range};

/// Parameters of the page; links keep them.
const NAMES: [&str; 7] = ["range", "chart", "outcome", "min", "side", "size", "unit"];
/// Least sizes of a trade on the tape, in dollars.
pub(super) const LEAST: [(u32, &str); 4] =
    [(0, "all"), (100, "≥ $100"), (1_000, "≥ $1k"), (10_000, "≥ $10k")];

/// A range of the chart: its name, in words, and the bars that suit it.
pub(super) struct ChartRange {
    pub(super) name: &'static str,
    pub(super) words: &'static str,
    pub(super) interval: Interval,
}

/// Every range, as the script offers them.
pub(super) const RANGES: [ChartRange; 7] = [
    ChartRange { name: "1h", words: "the last hour", interval: Interval::Minute },
    ChartRange { name: "6h", words: "the last 6 hours", interval: Interval::FiveMinutes },
    ChartRange { name: "1d", words: "the last day", interval: Interval::QuarterHour },
    ChartRange { name: DEFAULT_RANGE, words: "the last week", interval: Interval::Hour },
    ChartRange { name: "1m", words: "the last month", interval: Interval::SixHours },
    ChartRange { name: "3m", words: "the last 3 months", interval: Interval::Day },
    ChartRange { name: "max", words: "all time", interval: Interval::Day },
];
const DEFAULT_RANGE: &str = "1w";
/// Dollars that are tried on the book unless the reader says otherwise.
const DEFAULT_SIZE: &str = "100";

/// How the chart draws prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Line,
    Candles,
}

/// Which outcome the chart shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcomes {
    One(usize),
    Both,
}

/// An order to try on the book, as it was typed.
pub(super) struct TriedOrder {
    pub(super) side: Side,
    /// As typed.
    pub(super) size: String,
    pub(super) is_in_shares: bool,
}

impl TriedOrder {
    /// The size, where it is one.
    pub(super) fn parsed(&self) -> Option<OrderSize> {
        let amount: Decimal = self.size.replace(',', "").trim().parse().ok()?;
        if amount <= Decimal::ZERO {
            return None;
        }
        if self.is_in_shares {
            Shares::new(amount).ok().map(OrderSize::Shares)
        } else {
            Usdc::new(amount).ok().map(OrderSize::Usdc)
        }
    }
}

/// How the page is set.
pub(super) struct Settings {
    path: String,
    /// Known parameters of the address with a value.
    pairs: Vec<(&'static str, String)>,
    pub(super) range: &'static ChartRange,
    pub(super) outcomes: Outcomes,
    pub(super) kind: Kind,
    /// Least size of a trade on the tape, in dollars; 0 for all.
    pub(super) least: u32,
    /// The order to try on the book.
    pub(super) order: TriedOrder,
    /// The reader asked for it; else it is one that is tried where the book is held.
    pub(super) is_order_asked: bool,
    /// The reader, without a script, asked for the holders.
    pub(super) wants_holders: bool,
}

impl Settings {
    /// Reads the pairs of an address. `slug` names the market in links.
    pub(super) fn read(slug: &str, pairs: &[(String, String)]) -> Self {
        let get = |name: &str| {
            let (_, value) = pairs.iter().find(|(key, _)| key == name)?;
            Some(value.trim()).filter(|value| !value.is_empty())
        };
        let range = get("range").unwrap_or(DEFAULT_RANGE);
        let range = RANGES.iter().find(|known| known.name == range).unwrap_or(&RANGES[3]);
        let least = get("min").and_then(|min| min.parse().ok()).unwrap_or(0);
        Self {
            path: format!("/markets/{slug}"),
            pairs: NAMES.iter().filter_map(|name| Some((*name, get(name)?.to_owned()))).collect(),
            range,
            // Candles of two outcomes would lie on each other.
            kind: match (get("chart"), get("outcome")) {
                (Some("candles"), outcome) if outcome != Some("both") => Kind::Candles,
                _ => Kind::Line,
            },
            outcomes: match get("outcome") {
                Some("1") => Outcomes::One(1),
                Some("both") => Outcomes::Both,
                _ => Outcomes::One(0),
            },
            least: LEAST.iter().map(|(least, _)| *least).find(|known| *known == least).unwrap_or(0),
            order: TriedOrder {
                side: get("side").and_then(|side| side.parse().ok()).unwrap_or(Side::Buy),
                size: get("size").unwrap_or(DEFAULT_SIZE).chars().take(15).collect(),
                is_in_shares: get("unit") == Some("shares"),
            },
            is_order_asked: get("size").is_some(),
            wants_holders: get("holders").is_some(),
        }
    }

    /// The outcome of the book, of an order, and of the chart where it shows one.
    pub(super) fn outcome(&self) -> usize {
        match self.outcomes {
            Outcomes::One(index) => index,
            Outcomes::Both => 0,
        }
    }

    /// What the API is asked for.
    pub(super) fn api_range(&self) -> Range {
        Range::parse(self.range.name)
            .unwrap_or(Range::Last(TimeDelta::days(7), self.range.interval))
    }

    /// The address with another value of a parameter; without it for `None`.
    pub(super) fn with(&self, name: &str, value: Option<&str>) -> String {
        let others = self.pairs.iter().filter(|(key, _)| *key != name);
        let pairs = others
            .map(|(key, value)| (*key, value.as_str()))
            .chain(value.map(|value| (name, value)));
        let query = query_string(pairs);
        if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) }
    }

    /// The address with a range; without one for the default.
    pub(super) fn with_range(&self, name: &str) -> String {
        self.with("range", Some(name).filter(|name| *name != DEFAULT_RANGE))
    }

    /// The address with an outcome.
    pub(super) fn with_outcome(&self, name: &str) -> String {
        self.with("outcome", Some(name).filter(|name| *name != "0"))
    }

    /// The address with a kind of chart.
    pub(super) fn with_kind(&self, kind: Kind) -> String {
        match kind {
            Kind::Line => self.with("chart", None),
            Kind::Candles => {
                let pairs = self.pairs.iter().filter(|(name, value)| {
                    *name != "chart" && !(*name == "outcome" && value == "both")
                });
                let pairs = pairs.map(|(name, value)| (*name, value.as_str()));
                let query = query_string(pairs.chain([("chart", "candles")]));
                format!("{}?{query}", self.path)
            }
        }
    }

    /// What a form that does not edit them carries along.
    pub(super) fn kept<'a>(
        &'a self,
        edited: &'a [&'a str],
    ) -> impl Iterator<Item = (&'static str, &'a str)> {
        self.pairs
            .iter()
            .filter(|(key, _)| !edited.contains(key))
            .map(|(key, value)| (*key, value.as_str()))
    }

    /// The path of the page.
    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Settings::read("rain", &pairs)
    }

    #[test]
    fn links_keep_the_other_settings_and_leave_defaults_out() {
        let set = settings(&[("range", "1d"), ("min", "100"), ("nonsense", "x")]);
        assert_eq!(set.with_range("1w"), "/markets/rain?min=100");
        assert_eq!(set.with_outcome("1"), "/markets/rain?range=1d&min=100&outcome=1");
        assert_eq!(settings(&[]).with_range("1w"), "/markets/rain");
    }

    #[test]
    fn candles_are_of_one_outcome() {
        assert_eq!(settings(&[("chart", "candles"), ("outcome", "both")]).kind, Kind::Line);
        let both = settings(&[("outcome", "both"), ("min", "100")]);
        assert_eq!(both.with_kind(Kind::Candles), "/markets/rain?min=100&chart=candles");
        let candles = settings(&[("chart", "candles")]);
        assert_eq!(candles.kind, Kind::Candles);
        assert_eq!(candles.with_kind(Kind::Line), "/markets/rain");
    }

    #[test]
    fn what_is_wrong_is_the_default() {
        let set = settings(&[("range", "2y"), ("outcome", "7"), ("min", "5"), ("size", "")]);
        assert_eq!((set.range.name, set.outcomes, set.least), ("1w", Outcomes::One(0), 0));
        assert!(!set.is_order_asked);
        assert!(set.order.parsed().is_some());
    }

    #[test]
    fn an_order_is_read_as_it_was_typed() {
        let order = |size: &str| settings(&[("size", size), ("unit", "shares")]).order;
        assert!(matches!(order("1,250.5").parsed(), Some(OrderSize::Shares(_))));
        for bad in ["-1", "0", "lots", "1e400"] {
            assert_eq!(order(bad).parsed(), None, "{bad}");
        }
    }
}
