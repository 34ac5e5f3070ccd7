//! What has a price of its own: cryptocurrencies and the shares of invented companies.

use chrono::{DateTime, Utc};

use crate::noise::Noise;
use crate::world::belief::{Course, Reach, Toward};
use crate::world::names::COMPANIES;

/// Something with a price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Asset {
    pub(super) name: &'static str,
    /// Its tag or, for a company, nothing.
    pub(crate) tag: &'static str,
    /// Price in dollars when its course passes the reference.
    pub(super) dollars: f64,
    /// Standard deviation of the logarithm over a day.
    pub(super) volatility: f64,
    /// Tells it from others.
    pub(super) number: u64,
}

const fn coin(
    number: u64,
    name: &'static str,
    tag: &'static str,
    dollars: f64,
    volatility: f64,
) -> Asset {
    Asset { name, tag, dollars, volatility, number }
}

/// The cryptocurrencies of the recurring markets.
pub(crate) const COINS: [Asset; 4] = [
    coin(1, "Bitcoin", "bitcoin", 100_000.0, 0.024),
    coin(2, "Ethereum", "ethereum", 4_000.0, 0.034),
    coin(3, "Solana", "solana", 200.0, 0.042),
    coin(4, "XRP", "xrp", 2.5, 0.044),
];

/// The shares of one of [`COMPANIES`].
pub(super) fn shares(company: usize) -> Asset {
    let number = 100 + company as u64;
    let mut dice = Noise::of(number).dice();
    Asset {
        name: COMPANIES[company],
        tag: "stocks",
        dollars: 20.0 * 30_f64.powf(dice.unit()),
        volatility: dice.between(0.014, 0.032),
        number,
    }
}

/// The prices of one world.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prices(Noise);

impl Prices {
    pub(crate) const fn new(noise: Noise) -> Self {
        Self(noise)
    }

    pub(super) fn course(self, asset: &Asset) -> Course {
        Course::new(asset.volatility, self.0.with(asset.number))
    }

    /// Price in dollars.
    pub(crate) fn dollars(self, asset: &Asset, at: DateTime<Utc>) -> f64 {
        asset.dollars * self.course(asset).at(at.timestamp()).exp()
    }
}

impl Asset {
    /// A price as courses have it.
    fn level(&self, dollars: f64) -> f64 {
        (dollars / self.dollars).ln()
    }

    /// Ends above `low` and at most at `high` dollars.
    pub(super) fn ends(&self, (low, high): (f64, f64)) -> Reach {
        let level = |dollars: f64| match dollars {
            f64::NEG_INFINITY | f64::INFINITY => dollars,
            _ => self.level(dollars),
        };
        Reach::Ends { low: level(low), high: level(high) }
    }

    /// Touches a price on the way.
    pub(super) fn touches(&self, dollars: f64, toward: Toward) -> Reach {
        Reach::Touches { level: self.level(dollars), toward }
    }

    /// How far the price may go in so many days, in dollars (one standard deviation).
    pub(super) fn range(&self, dollars: f64, days: f64) -> f64 {
        dollars * self.volatility * days.max(0.05).sqrt()
    }

    /// A price with a dollar sign, as exact as people quote it.
    pub(super) fn quoted(&self, dollars: f64) -> String {
        format!("${}", self.figure(dollars))
    }

    /// The same without the sign, as upstream names the markets of a group.
    pub(super) fn figure(&self, dollars: f64) -> String {
        if self.dollars < 10.0 { format!("{dollars:.2}") } else { grouped(dollars) }
    }
}

/// The step that people like next to `step`: 1, 2, 2.5 or 5 times a power of ten.
pub(super) fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let distance = |nice: &f64| (nice * power / step).ln().abs();
    let nice = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .min_by(|one, two| distance(one).total_cmp(&distance(two)));
    nice.unwrap_or(1.0) * power
}

/// A number with separators, and with a fraction where it has one.
fn grouped(number: f64) -> String {
    let text = if (number - number.round()).abs() < 1e-6 {
        format!("{number:.0}")
    } else {
        format!("{number:.1}")
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut left = whole.to_owned();
    let mut groups = Vec::new();
    while left.len() > 3 {
        groups.push(left.split_off(left.len() - 3));
    }
    groups.push(left);
    groups.reverse();
    let whole = groups.join(",");
    if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(104_000.0), "104,000");
        assert_eq!(grouped(987.0), "987");
        assert_eq!(grouped(1_012.5), "1,012.5");
    }

    #[test]
    fn steps_are_round() {
        for (step, round) in [(0.9, 1.0), (1.1, 1.0), (2.4, 2.5), (3_700.0, 5_000.0), (0.08, 0.1)] {
            assert!((round_step(step) / round - 1.0).abs() < 1e-9, "{step}: {}", round_step(step));
        }
    }

    #[test]
    fn every_world_has_prices_of_its_own() {
        let at = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
        let price = |seed| Prices::new(Noise::of(seed)).dollars(&COINS[0], at);
        assert!((price(1) - price(1)).abs() < 1e-9);
        assert!((price(1) - price(2)).abs() > 1.0);
        assert!((20_000.0..500_000.0).contains(&price(1)), "{}", price(1));
    }
}
