//! The course of a price: a Brownian motion in the logarithm, the same at every look.

use super::gauss;
use crate::noise::Noise;

/// Courses begin in 2020 and go on for 17 years, in seconds.
const BEGINS_S: i64 = 1_577_836_800;
const LEVELS: u32 = 29;

/// Where every course passes its reference price: noon UTC on 22 November 2026.
const REFERENCE_S: i64 = 1_795_348_800;

const DAY_S: f64 = 86_400.0;

const SHAPE: u64 = 1;
const HIGH: u64 = 2;
const LOW: u64 = 3;

/// A direction of movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Toward {
    Up,
    Down,
}

/// A part of a course, in seconds since it began, and the values at its ends.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    from: u64,
    /// A power of two.
    width: u64,
    first: f64,
    last: f64,
}

impl Stretch {
    const fn to(self) -> u64 {
        self.from + self.width
    }
}

/// A Brownian motion by the second, as Lévy built it: first the end, then the middle of what is
/// known, again and again. Each point is a sum over at most 30 draws, whenever and in whatever order
/// points are asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Course {
    noise: Noise,
    /// Standard deviation of the logarithm over a second.
    step: f64,
    /// Value at the reference time, which is subtracted.
    reference: f64,
}

impl Course {
    /// `volatility` is the standard deviation of the logarithm over a day.
    pub(crate) fn new(volatility: f64, noise: Noise) -> Self {
        let step = volatility / DAY_S.sqrt();
        let unshifted = Self { noise: noise.with(SHAPE), step, reference: 0.0 };
        Self { reference: unshifted.at(REFERENCE_S), ..unshifted }
    }

    /// Logarithm of the price against the reference price. Times out of range are cut.
    pub(crate) fn at(&self, at_s: i64) -> f64 {
        let offset = offset(at_s);
        let mut stretch = self.whole();
        while offset != stretch.from && offset != stretch.to() {
            let [left, right] = self.halves(stretch);
            stretch = if offset < right.from { left } else { right };
        }
        let value = if offset == stretch.from { stretch.first } else { stretch.last };
        value * self.step - self.reference
    }

    /// Logarithms of the price at the beginnings of cells of `cell_s` seconds, a power of two, from
    /// the one that holds `from_s` to the one that holds `to_s`. Much faster than one by one.
    pub(super) fn path(&self, from_s: i64, to_s: i64, cell_s: i64) -> Vec<f64> {
        let cell = cell_s.unsigned_abs();
        let [from, to] = [from_s, to_s].map(|at_s| offset(at_s) / cell * cell);
        let mut path = Vec::with_capacity(usize::try_from((to - from) / cell + 1).unwrap_or(0));
        let mut stretches = vec![self.whole()];
        while let Some(stretch) = stretches.pop() {
            if stretch.to() <= from || stretch.from > to {
                continue;
            }
            if stretch.width <= cell {
                path.push(stretch.first * self.step - self.reference);
            } else {
                let [left, right] = self.halves(stretch);
                stretches.extend([right, left]);
            }
        }
        path
    }

    fn whole(&self) -> Stretch {
        let width = 1_u64 << LEVELS;
        let last = (width as f64).sqrt() * gauss::draw(self.noise.with(width));
        Stretch { from: 0, width, first: 0.0, last }
    }

    /// Draws the middle of a stretch, given its ends.
    fn halves(&self, stretch: Stretch) -> [Stretch; 2] {
        let Stretch { from, width, first, last } = stretch;
        let half = width / 2;
        let middle = from + half;
        let spread = (width as f64).sqrt() / 2.0;
        let value = f64::midpoint(first, last) + spread * gauss::draw(self.noise.with(middle));
        [
            Stretch { from, width: half, first, last: value },
            Stretch { from: middle, width: half, first: value, last },
        ]
    }

    /// Standard deviation of the movement in so many seconds.
    pub(super) fn spread(&self, seconds: i64) -> f64 {
        self.step * (seconds.max(0) as f64).sqrt()
    }

    /// The furthest point `toward` a side between two seconds and the values there. The path between
    /// them is taken as any Brownian bridge, not as the one that [`Course::at`] shows.
    pub(super) fn extreme(&self, toward: Toward, from: (i64, f64), to: (i64, f64)) -> f64 {
        let (key, sign) = match toward {
            Toward::Up => (HIGH, 1.0),
            Toward::Down => (LOW, -1.0),
        };
        let unit = gauss::open_unit(self.noise.with(key).with(from.0.unsigned_abs()));
        let variance = self.spread(to.0 - from.0).powi(2);
        let (middle, half) = (f64::midpoint(from.1, to.1), (to.1 - from.1) / 2.0);
        middle + sign * (half * half - variance * unit.ln() / 2.0).sqrt()
    }
}

/// Beginning of the cell of `cell_s` seconds that holds a second.
pub(super) fn cell(at_s: i64, cell_s: i64) -> i64 {
    at_s - (at_s - BEGINS_S).rem_euclid(cell_s)
}

/// Seconds since courses began.
fn offset(at_s: i64) -> u64 {
    u64::try_from(at_s - BEGINS_S).unwrap_or(0).min(1 << LEVELS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn increments_are_independent_and_grow_with_time() {
        for span_s in [1, 60, 3_600, 86_400] {
            let scale = (span_s as f64 / DAY_S).sqrt();
            let increments: Vec<(f64, f64)> = (0..4_000_u64)
                .map(|seed| {
                    let course = Course::new(1.0, Noise::of(seed));
                    let from_s = REFERENCE_S - 700_000 + 97 * seed.cast_signed();
                    let [first, second, third] =
                        [0, 1, 2].map(|step| course.at(from_s + step * span_s));
                    ((second - first) / scale, (third - second) / scale)
                })
                .collect();
            let count = increments.len() as f64;
            let variance = increments.iter().map(|(one, _)| one * one).sum::<f64>() / count;
            let covariance = increments.iter().map(|(one, two)| one * two).sum::<f64>() / count;
            assert!((variance - 1.0).abs() < 0.08, "{span_s} s: variance {variance}");
            assert!(covariance.abs() < 0.06, "{span_s} s: covariance {covariance}");
        }
    }

    #[test]
    fn paths_are_made_of_points() {
        let course = Course::new(0.05, Noise::of(5));
        for cell_s in [64, 512] {
            let (from_s, to_s) = (REFERENCE_S - 100_001, REFERENCE_S + 3_000);
            let path = course.path(from_s, to_s, cell_s);
            let nodes: Vec<f64> = (cell(from_s, cell_s)..=to_s)
                .step_by(usize::try_from(cell_s).unwrap())
                .map(|at_s| course.at(at_s))
                .collect();
            assert_eq!(path, nodes);
        }
    }

    /// The highest point of a Brownian motion is as far up as its end is away.
    #[test]
    fn extremes_follow_the_law_of_reflection() {
        let (from_s, to_s) = (REFERENCE_S - 40_000, REFERENCE_S - 10_000);
        let mut beyond = [0_u32; 2];
        for seed in 0..4_000 {
            let course = Course::new(1.0, Noise::of(seed));
            let (from, to) = ((from_s, course.at(from_s)), (to_s, course.at(to_s)));
            let spread = course.spread(to_s - from_s);
            for (count, toward) in beyond.iter_mut().zip([Toward::Up, Toward::Down]) {
                let way = (course.extreme(toward, from, to) - from.1).abs();
                *count += u32::from(way > 0.674_489_75 * spread);
            }
        }
        for count in beyond {
            assert!((f64::from(count) - 2_000.0).abs() < 3.0 * 1_000_f64.sqrt(), "{beyond:?}");
        }
    }

    #[test]
    fn courses_pass_the_reference_and_extremes_enclose_them() {
        let course = Course::new(0.03, Noise::of(4));
        assert!(course.at(REFERENCE_S).abs() < 1e-12);
        for cell in 0..500 {
            let (from_s, to_s) = (REFERENCE_S + 900 * cell, REFERENCE_S + 900 * (cell + 1));
            let (first, last) = (course.at(from_s), course.at(to_s));
            let extreme = |toward| course.extreme(toward, (from_s, first), (to_s, last));
            assert!(extreme(Toward::Up) >= first.max(last));
            assert!(extreme(Toward::Down) <= first.min(last));
        }
    }
}
