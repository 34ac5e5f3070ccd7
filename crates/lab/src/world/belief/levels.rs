//! Where a price will be, or what it will touch on the way: everything about its past is known.

use super::course::{self, Course, Toward};
use super::schedule::Span;
use super::{Sink, gauss};
use crate::exchange::Millis;
use crate::world::market::Verdict;

/// A life is looked at in at most so many cells when it comes to touching a level.
const MOST_CELLS: i64 = 8_192;
const SMALLEST_CELL_S: i64 = 64;

/// What a market says about a price. Prices are logarithms against the reference price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reach {
    /// At the end it is above `low` and at most `high`.
    Ends { low: f64, high: f64 },
    /// At the end it is no lower than it was at a time.
    Rises { from_s: i64 },
    /// It touches a level on the way.
    Touches { level: f64, toward: Toward },
}

/// A market, what it says, and when a touch happens.
#[derive(Clone, Copy, Debug)]
struct Level {
    market: usize,
    says: Reach,
    touched_s: Option<i64>,
}

/// The markets on one price.
#[derive(Clone, Debug)]
pub(super) struct Levels {
    course: Course,
    markets: Vec<Level>,
    /// Touches are known at the ends of cells, which are so long.
    cell_s: i64,
    ends_s: i64,
}

impl Levels {
    pub(super) fn new(course: Course, reaches: &[(usize, Reach)], span: Span) -> Self {
        let [opens_s, ends_s] = [span.opens_ms, span.ends_ms].map(|at_ms| at_ms.div_euclid(1_000));
        let mut cell_s = SMALLEST_CELL_S;
        while (ends_s - opens_s) / cell_s > MOST_CELLS {
            cell_s *= 2;
        }
        let unlooked = |&(market, says)| Level { market, says, touched_s: None };
        let markets = reaches.iter().map(unlooked).collect();
        let mut levels = Self { course, markets, cell_s, ends_s };
        levels.look_ahead(opens_s);
        levels
    }

    /// Finds the touches to come.
    fn look_ahead(&mut self, opens_s: i64) {
        let touches = |level: &Level| matches!(level.says, Reach::Touches { .. });
        if !self.markets.iter().any(touches) {
            return;
        }
        let first_s = course::cell(opens_s, self.cell_s);
        let mut path = self.course.path(opens_s, self.ends_s, self.cell_s).into_iter();
        let Some(first) = path.next() else { return };
        let mut from = (first_s, first);
        for value in path {
            let to = (from.0 + self.cell_s, value);
            let highest = self.course.extreme(Toward::Up, from, to);
            let lowest = self.course.extreme(Toward::Down, from, to);
            for level in self.markets.iter_mut().filter(|level| level.touched_s.is_none()) {
                let touched = match level.says {
                    Reach::Touches { level, toward: Toward::Up } => highest >= level,
                    Reach::Touches { level, toward: Toward::Down } => lowest <= level,
                    Reach::Ends { .. } | Reach::Rises { .. } => false,
                };
                level.touched_s = touched.then_some(to.0);
            }
            from = to;
        }
    }

    pub(super) fn value(&self, at_ms: Millis, sink: Sink) {
        let now_s = at_ms.div_euclid(1_000).min(self.ends_s);
        let node_s = course::cell(now_s, self.cell_s);
        let now = self.course.at(now_s);
        let spread = self.course.spread(self.ends_s - now_s).max(f64::MIN_POSITIVE);
        // Only whole cells are looked at.
        let last_s = course::cell(self.ends_s, self.cell_s);
        let node_spread = self.course.spread(last_s - node_s).max(f64::MIN_POSITIVE);
        let mut node = None;
        for level in &self.markets {
            sink[level.market] = match level.says {
                Reach::Ends { low, high } => {
                    gauss::between((low - now) / spread, (high - now) / spread)
                }
                Reach::Rises { from_s } if now_s <= from_s => 0.5,
                Reach::Rises { from_s } => gauss::cdf((now - self.course.at(from_s)) / spread),
                Reach::Touches { .. } if level.touched_s.is_some_and(|then| then <= node_s) => 1.0,
                Reach::Touches { level, toward } => {
                    let node = *node.get_or_insert_with(|| self.course.at(node_s));
                    let way = match toward {
                        Toward::Up => level - node,
                        Toward::Down => node - level,
                    };
                    // By reflection: as likely to be beyond the level at the end as to come back.
                    (2.0 * gauss::cdf(-way / node_spread)).min(1.0)
                }
            };
        }
    }

    pub(super) fn settle(&self, verdicts: &mut [Verdict], decided_ms: &mut [Option<Millis>]) {
        let last = self.course.at(self.ends_s);
        for level in &self.markets {
            let holds = match level.says {
                Reach::Ends { low, high } => low < last && last <= high,
                Reach::Rises { from_s } => last >= self.course.at(from_s),
                Reach::Touches { .. } => level.touched_s.is_some(),
            };
            if holds {
                verdicts[level.market] = Verdict::First;
            }
            decided_ms[level.market] = level.touched_s.map(|touched_s| touched_s * 1_000);
        }
    }
}
