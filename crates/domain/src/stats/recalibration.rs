//! What a price says, once it is known how prices of its kind came out.
//!
//! logit q = α + β·logit p for each kind of market (domain × horizon). A slope above one says that prices are
//! drawn to the middle, and that whoever buys favourites looks skilled without being so. Kinds with few
//! markets are drawn to the line of all of them, since about half of what slopes differ by is noise (Le 2026).

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::special::{expit, logit};
use super::tilt::between_variance;

/// How far from the identity the line of all markets is taken to be, before anything is known: the variance of
/// its intercept and slope.
const POOLED: [f64; 2] = [0.25, 0.25];
/// How far from the line of all markets a kind may be in its first fit, which only finds out how they differ.
const LOOSE: [f64; 2] = [4.0, 4.0];
/// Prices are kept so far from 0 and 1, where their log-odds are not finite: a tenth of a cent.
const EDGE: f64 = 0.001;

/// How long before its end something was bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Horizon {
    /// Less than six hours.
    Hours,
    /// Less than two days.
    Day,
    /// Less than ten days.
    Week,
    /// Less than thirty days.
    Month,
    /// More.
    Longer,
}

impl Horizon {
    /// Of the time that was left, by the *scheduled* end: the real one was not known. What is left after the
    /// end counts as hours.
    pub fn of(left: TimeDelta) -> Self {
        match left.num_hours() {
            ..6 => Self::Hours,
            6..48 => Self::Day,
            48..240 => Self::Week,
            240..720 => Self::Month,
            _ => Self::Longer,
        }
    }
}

/// A price, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resolved<K> {
    /// The kind of market.
    pub kind: K,
    /// The price, within 0 and 1.
    pub price: f64,
    /// Whether it came true.
    pub came_true: bool,
    /// How much it counts, above 0: one over the number of prices of its event, so that every event counts
    /// the same.
    pub weight: f64,
    /// When its market was resolved.
    pub resolved_at: DateTime<Utc>,
}

/// logit q = α + β·logit p.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// α.
    pub intercept: f64,
    /// β; above one where prices are drawn to the middle.
    pub slope: f64,
}

impl Line {
    /// The price is the chance.
    pub const IDENTITY: Self = Self { intercept: 0.0, slope: 1.0 };

    /// The chance that a price stands for; prices are taken to be at least a tenth of a cent from 0 and 1.
    pub fn chance(self, price: f64) -> f64 {
        expit(self.slope.mul_add(log_odds(price), self.intercept))
    }

    const fn terms(self) -> [f64; 2] {
        [self.intercept, self.slope]
    }
}

fn log_odds(price: f64) -> f64 {
    logit(price.clamp(EDGE, 1.0 - EDGE))
}

/// Lines for each kind of market, as they were known at one instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Recalibration<K> {
    as_of: DateTime<Utc>,
    used: usize,
    ignored: usize,
    pooled: Line,
    lines: BTreeMap<K, Line>,
    variances: [f64; 2],
}

impl<K: Ord + Copy> Recalibration<K> {
    /// From what was resolved before `as_of`. What was resolved at that instant or later is ignored, whoever
    /// passes it in, and so are prices that are not within 0 and 1 and weights that are not above 0.
    ///
    /// Three steps: the line of all, close to the identity unless they say otherwise; how kinds differ from
    /// it, by the likelihood of their own lines given their errors; each kind's line with that as its prior.
    pub fn fit(resolved: &[Resolved<K>], as_of: DateTime<Utc>) -> Self {
        let is_usable = |one: &&Resolved<K>| {
            one.resolved_at < as_of
                && (0.0..=1.0).contains(&one.price)
                && one.weight > 0.0
                && one.weight.is_finite()
        };
        let mut points: BTreeMap<K, Vec<Point>> = BTreeMap::new();
        let mut all = Vec::new();
        for one in resolved.iter().filter(is_usable) {
            let point = Point { x: log_odds(one.price), hit: one.came_true, weight: one.weight };
            points.entry(one.kind).or_default().push(point);
            all.push(point);
        }
        let pooled = fit_line(&all, Line::IDENTITY, POOLED).line;
        let loose: Vec<Fitted> =
            points.values().map(|points| fit_line(points, pooled, LOOSE)).collect();
        let variances = [0, 1].map(|term: usize| {
            let apart = loose.iter().filter_map(|fitted| {
                let [from, to] =
                    [pooled.terms().get(term)?, fitted.line.terms().get(term)?].map(|x| *x);
                let error = *fitted.errors.get(term)?;
                (error > 0.0 && error.is_finite()).then_some((to - from, error))
            });
            between_variance(&apart.collect::<Vec<_>>()).unwrap_or(0.0)
        });
        let lines = points.iter().map(|(kind, points)| {
            // A variance of 0 would divide by it; so small a one is the same.
            let prior = variances.map(|variance| variance.max(1e-9));
            (*kind, fit_line(points, pooled, prior).line)
        });
        Self {
            as_of,
            used: all.len(),
            ignored: resolved.len() - all.len(),
            pooled,
            lines: lines.collect(),
            variances,
        }
    }

    /// The chance that a price stood for when somebody bought; `None` where they bought before this was
    /// known, or the price is not within 0 and 1. Of a kind that never was resolved by the line of all.
    pub fn chance(&self, kind: K, price: f64, bought_at: DateTime<Utc>) -> Option<f64> {
        let is_known = bought_at >= self.as_of && (0.0..=1.0).contains(&price);
        is_known.then(|| self.line(kind).chance(price))
    }

    /// The line of a kind.
    pub fn line(&self, kind: K) -> Line {
        self.lines.get(&kind).copied().unwrap_or(self.pooled)
    }

    /// The line of all markets.
    pub const fn pooled(&self) -> Line {
        self.pooled
    }

    /// The variances of intercepts and slopes between kinds.
    pub const fn variances(&self) -> [f64; 2] {
        self.variances
    }

    /// When it was known.
    pub const fn as_of(&self) -> DateTime<Utc> {
        self.as_of
    }

    /// Prices used.
    pub const fn used(&self) -> usize {
        self.used
    }

    /// Prices ignored, most of them for having been resolved too late.
    pub const fn ignored(&self) -> usize {
        self.ignored
    }
}

/// A price's log-odds and what became of it.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    /// logit p.
    pub x: f64,
    /// Whether it came true.
    pub hit: bool,
    /// How much it counts.
    pub weight: f64,
}

/// A line and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fitted {
    /// The line.
    pub line: Line,
    /// The variances of intercept and slope by the points alone; infinite where they do not tell.
    pub errors: [f64; 2],
}

/// Logistic regression by Newton's method, with independent normal priors around `centre`, whose variances may
/// be infinite. With a finite prior there is one solution, also where all points came true.
pub fn fit_line(points: &[Point], centre: Line, prior: [f64; 2]) -> Fitted {
    const STEPS: usize = 60;
    let mut line = centre;
    let precision = prior.map(|variance| 1.0 / variance);
    for _ in 0..STEPS {
        let slope = Slope::at(points, line);
        let [a, b] = centre.terms();
        let pull = [precision[0] * (a - line.intercept), precision[1] * (b - line.slope)];
        let gradient = [slope.gradient[0] + pull[0], slope.gradient[1] + pull[1]];
        let curve = Matrix {
            a: slope.curve.a + precision[0],
            b: slope.curve.b,
            d: slope.curve.d + precision[1],
        };
        let Some(step) = curve.solve(gradient) else { break };
        // Far from the solution the curve says too little: no step leaves where it holds.
        let size = step[0].abs().max(step[1].abs());
        let scale = if size > 1.0 { 1.0 / size } else { 1.0 };
        line.intercept += scale * step[0];
        line.slope += scale * step[1];
        if size < 1e-12 {
            break;
        }
    }
    let curve = Slope::at(points, line).curve;
    let determinant = curve.determinant();
    let error = |of: f64| if determinant > 0.0 { of / determinant } else { f64::INFINITY };
    Fitted { line, errors: [error(curve.d), error(curve.a)] }
}

/// A symmetric matrix [[a, b], [b, d]].
struct Matrix {
    a: f64,
    b: f64,
    d: f64,
}

impl Matrix {
    fn determinant(&self) -> f64 {
        self.a * self.d - self.b * self.b
    }

    fn solve(&self, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
        let determinant = self.determinant();
        (determinant > 0.0).then(|| {
            [(self.d * x - self.b * y) / determinant, (self.a * y - self.b * x) / determinant]
        })
    }
}

/// First derivatives of the log-likelihood, and the negative of its second ones.
struct Slope {
    gradient: [f64; 2],
    curve: Matrix,
}

impl Slope {
    fn at(points: &[Point], line: Line) -> Self {
        let mut slope = Self { gradient: [0.0; 2], curve: Matrix { a: 0.0, b: 0.0, d: 0.0 } };
        for point in points {
            let chance = expit(line.slope.mul_add(point.x, line.intercept));
            let missed = point.weight * (f64::from(u8::from(point.hit)) - chance);
            slope.gradient[0] += missed;
            slope.gradient[1] += missed * point.x;
            let weight = point.weight * chance * (1.0 - chance);
            slope.curve.a += weight;
            slope.curve.b += weight * point.x;
            slope.curve.d += weight * point.x * point.x;
        }
        slope
    }
}
