//! What the prices that wallets paid were worth, as it could be known when they paid them.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::Category;
use crate::stats::{Horizon, Line, Recalibration, Resolved};

/// What a market is about, and how long before its announced end something was bought; `None` where that is not known.
pub type Kind = (Option<Category>, Option<Horizon>);

/// A bet that is settled, as far as a test of skill needs it (see [`crate::bets`]).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SettledBet {
    /// The kind of market.
    pub kind: Kind,
    /// Dollars a share with the fee, between 0 and 1.
    pub price: f64,
    /// Whether a share paid a dollar.
    pub came_true: bool,
    /// When it was bought.
    pub opened_at: DateTime<Utc>,
    /// When the market was resolved.
    pub closed_at: DateTime<Utc>,
}

impl SettledBet {
    /// The kind of a market of a category, bought so long before its announced end.
    pub fn kind(category: Option<Category>, left: Option<TimeDelta>) -> Kind {
        (category, left.map(Horizon::of))
    }
}

/// Events that must have been resolved before prices are corrected at all: the slope of fewer is mostly noise.
pub const FEWEST_RESOLVED: f64 = 200.0;

/// Prices are put together by half cents.
const BUCKETS: f64 = 200.0;

/// How prices of each kind came out, as of the beginning of each month: what was settled later is not in it, so a bet is
/// judged by nothing that its buyer could not have known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// By month, in order; none before [`FEWEST_RESOLVED`] events were resolved.
    pub fits: Vec<Fit>,
}

/// How prices of each kind had come out by an instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// The instant.
    pub as_of: DateTime<Utc>,
    /// Events resolved before it.
    pub events: usize,
    /// Of all kinds together.
    pub pooled: Line,
    /// Of each, in order.
    pub lines: Vec<(Kind, Line)>,
}

impl Fit {
    fn line(&self, kind: Kind) -> Line {
        let found = self.lines.binary_search_by(|(other, _)| other.cmp(&kind));
        found.ok().and_then(|place| self.lines.get(place)).map_or(self.pooled, |(_, line)| *line)
    }
}

/// Prices of a kind and half cent, and whether they came true.
type Bucket = (Kind, u8, bool);

/// How much each bucket counts, and its sum of prices by that.
type Histogram = BTreeMap<Bucket, (f64, f64)>;

impl Baseline {
    /// From bets settled before `as_of`, each with the number of its event.
    ///
    /// Every event counts once, however many bet on it, and on both of its sides: that somebody bought at p and it came
    /// true says that the other side at 1 − p did not. So who buys does not matter, only whether prices are drawn to the
    /// middle or away from it.
    pub fn fit(bets: &[(u32, SettledBet)], as_of: DateTime<Utc>) -> Self {
        let mut settled: Vec<&(u32, SettledBet)> =
            bets.iter().filter(|(_, bet)| bet.closed_at < as_of).collect();
        settled.sort_by_key(|(event, bet)| (bet.closed_at, *event));
        let mut in_event: HashMap<u32, f64> = HashMap::new();
        for (event, _) in &settled {
            *in_event.entry(*event).or_default() += 1.0;
        }
        let Some(first) = settled.iter().map(|(_, bet)| bet.opened_at).min() else {
            return Self::default();
        };
        let mut fits = Vec::new();
        let mut histogram = Histogram::new();
        let (mut events, mut until) = (0.0, 0);
        for month in months(first, as_of) {
            let begin = until;
            while let Some((event, bet)) =
                settled.get(until).filter(|(_, bet)| bet.closed_at < month)
            {
                let weight = 1.0 / in_event.get(event).copied().unwrap_or(1.0);
                count(&mut histogram, bet, weight);
                events += weight;
                until += 1;
            }
            if until > begin && events >= FEWEST_RESOLVED {
                fits.push(fit(&histogram, month, events));
            }
        }
        Self { fits }
    }

    /// The chance that a bet's price stood for when it was made.
    pub fn chance(&self, bet: &SettledBet) -> f64 {
        let known = self.fits.partition_point(|fit| fit.as_of <= bet.opened_at);
        let fit = known.checked_sub(1).and_then(|last| self.fits.get(last));
        fit.map_or(bet.price, |fit| fit.line(bet.kind).chance(bet.price))
    }
}

/// The beginnings of months after one instant, until another.
fn months(from: DateTime<Utc>, until: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> {
    let first = NaiveDate::from_ymd_opt(from.year(), from.month(), 1);
    let begin = move |count: u32| {
        let month = first?.checked_add_months(Months::new(count))?;
        Some(month.and_hms_opt(0, 0, 0)?.and_utc())
    };
    (1..).map_while(begin).take_while(move |month| *month <= until)
}

fn count(histogram: &mut Histogram, bet: &SettledBet, weight: f64) {
    for (price, hit) in [(bet.price, bet.came_true), (1.0 - bet.price, !bet.came_true)] {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 200")]
        let bucket = (price * BUCKETS).clamp(0.0, BUCKETS) as u8;
        let held = histogram.entry((bet.kind, bucket, hit)).or_default();
        held.0 += 0.5 * weight;
        held.1 += 0.5 * weight * price;
    }
}

fn fit(histogram: &Histogram, as_of: DateTime<Utc>, events: f64) -> Fit {
    let resolved: Vec<Resolved<Kind>> = histogram
        .iter()
        .map(|((kind, _, hit), (weight, prices))| Resolved {
            kind: *kind,
            price: prices / weight,
            came_true: *hit,
            weight: *weight,
            resolved_at: as_of - TimeDelta::seconds(1),
        })
        .collect();
    let fitted = Recalibration::fit(&resolved, as_of);
    let mut kinds: Vec<Kind> = resolved.iter().map(|one| one.kind).collect();
    kinds.dedup();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
    let events = events.round() as usize;
    let lines = kinds.into_iter().map(|kind| (kind, fitted.line(kind))).collect();
    Fit { as_of, events, pooled: fitted.pooled(), lines }
}
