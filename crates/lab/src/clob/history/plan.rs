//! Requests for history: what may be asked for, and which samples that means.

use serde::Deserialize;

use super::sampling::{Window, life_s};
use crate::clob::Problem;
use crate::exchange::Listing;

const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 60 * MINUTE_S;
const DAY_S: i64 = 24 * HOUR_S;

/// Longest window between two timestamps.
const LONGEST_WINDOW_S: i64 = 15 * DAY_S;

/// The whole life of a market comes in points so many minutes apart at least...
const MAX_FIDELITY: i64 = 10;

/// ...and at most so many of them, the newest: 31 days of ten-minute points.
const MAX_POINTS: i64 = 4_464;

/// Ten years: coarser is no different.
const COARSEST_FIDELITY: i64 = 5_256_000;

/// Of a resolved market the whole life is only kept in points so many minutes apart.
const RESOLVED_FIDELITY: i64 = 720;

/// What a client asks for, before it is checked. The members are those of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Filters {
    #[serde(default)]
    pub(super) interval: Option<String>,
    /// Unix seconds.
    #[serde(default)]
    pub(super) start_ts: Option<i64>,
    #[serde(default)]
    pub(super) end_ts: Option<i64>,
    /// Minutes between two points.
    #[serde(default)]
    pub(super) fidelity: Option<i64>,
}

/// A stretch of time that ends now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Interval {
    Last {
        seconds: i64,
    },
    /// The whole life of the market.
    Max,
}

impl Interval {
    /// By its name, with the finest fidelity that it may be asked for. `1m` is a month.
    fn named(name: &str) -> Option<(Self, i64)> {
        Some(match name {
            "1h" => (Self::Last { seconds: HOUR_S }, 1),
            "6h" => (Self::Last { seconds: 6 * HOUR_S }, 1),
            "1d" => (Self::Last { seconds: DAY_S }, 1),
            "1w" => (Self::Last { seconds: 7 * DAY_S }, 5),
            "1m" => (Self::Last { seconds: 31 * DAY_S }, 10),
            "max" | "all" => (Self::Max, 1),
            _ => return None,
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Span {
    Interval(Interval),
    /// From a moment to another or to the present, in Unix seconds.
    Between(i64, Option<i64>),
}

/// A request that may be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    span: Span,
    /// Minutes between two points.
    fidelity: i64,
}

impl Plan {
    /// Checks a request. Timestamps go before an interval, but the interval's fidelity still holds.
    pub(super) fn read(filters: &Filters) -> Result<Self, Problem> {
        let fidelity = filters.fidelity.unwrap_or(1);
        let named = filters.interval.as_deref().filter(|name| !name.is_empty());
        let interval = match named {
            None => None,
            Some(name) => {
                let (interval, finest) = Interval::named(name)
                    .ok_or_else(|| Problem::filters("'interval' is not a known range"))?;
                if fidelity < finest {
                    let sentence = format!("minimum 'fidelity' for '{name}' range is {finest}");
                    return Err(Problem::filters(sentence));
                }
                Some(interval)
            }
        };
        if fidelity < 1 {
            return Err(Problem::filters("minimum 'fidelity' is 1"));
        }
        let span = match (filters.start_ts, filters.end_ts, interval) {
            (Some(from_s), to_s, _) => between(from_s, to_s)?,
            (None, Some(_), _) => {
                return Err(Problem::filters("'startTs' is required with 'endTs'"));
            }
            (None, None, Some(interval)) => Span::Interval(interval),
            (None, None, None) => {
                return Err(Problem::filters("'interval' or 'startTs' is required"));
            }
        };
        Ok(Self { span, fidelity: fidelity.min(COARSEST_FIDELITY) })
    }

    /// What to take of `listing` at `now_s`; `None` for nothing.
    pub(super) fn window(&self, listing: &Listing, now_s: i64) -> Option<Window> {
        let bucket_s = self.fidelity * MINUTE_S;
        match self.span {
            Span::Between(from_s, to_s) => {
                Some(Window { from_s, to_s: to_s.unwrap_or(now_s), bucket_s })
            }
            Span::Interval(Interval::Last { seconds }) => {
                Some(Window { from_s: now_s - seconds, to_s: now_s, bucket_s })
            }
            Span::Interval(Interval::Max) => {
                let resolved = listing.resolved_ms.is_some();
                if resolved && self.fidelity < RESOLVED_FIDELITY {
                    return None;
                }
                let bucket_s = bucket_s.max(MAX_FIDELITY * MINUTE_S);
                let (listed_s, resolved_s) = life_s(listing);
                let to_s = resolved_s.min(now_s);
                let newest_s = to_s - bucket_s * MAX_POINTS;
                Some(Window { from_s: listed_s.max(newest_s), to_s, bucket_s })
            }
        }
    }
}

fn between(from_s: i64, to_s: Option<i64>) -> Result<Span, Problem> {
    let Some(to_s) = to_s else { return Ok(Span::Between(from_s, None)) };
    if to_s < from_s {
        return Err(Problem::filters("'startTs' must not be after 'endTs'"));
    }
    if to_s.saturating_sub(from_s) > LONGEST_WINDOW_S {
        return Err(Problem::filters("'startTs' and 'endTs' interval is too long"));
    }
    Ok(Span::Between(from_s, Some(to_s)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clob::fixture::Floor;
    use crate::exchange::MICRO;

    fn interval(name: &str, fidelity: Option<i64>) -> Filters {
        Filters { interval: Some(name.to_owned()), fidelity, ..Filters::default() }
    }

    fn sentence(filters: &Filters) -> String {
        match Plan::read(filters) {
            Err(Problem::Filters(sentence)) => sentence.into_owned(),
            other => panic!("{filters:?} gives {other:?}"),
        }
    }

    #[test]
    fn intervals_have_a_finest_fidelity() {
        for name in ["1h", "6h", "1d", "max", "all"] {
            assert!(Plan::read(&interval(name, None)).is_ok(), "{name}");
        }
        assert_eq!(sentence(&interval("1m", None)), "minimum 'fidelity' for '1m' range is 10");
        assert_eq!(sentence(&interval("1m", Some(9))), "minimum 'fidelity' for '1m' range is 10");
        assert_eq!(sentence(&interval("1w", Some(1))), "minimum 'fidelity' for '1w' range is 5");
        assert_eq!(sentence(&interval("1h", Some(0))), "minimum 'fidelity' for '1h' range is 1");
        assert!(Plan::read(&interval("1m", Some(10))).is_ok());
        assert!(Plan::read(&interval("1w", Some(5))).is_ok());
        assert_eq!(sentence(&interval("1y", Some(60))), "'interval' is not a known range");
        let both = Filters { start_ts: Some(0), ..interval("1m", Some(1)) };
        assert_eq!(sentence(&both), "minimum 'fidelity' for '1m' range is 10");
    }

    #[test]
    fn windows_last_fifteen_days_at_most() {
        let window =
            |from_s, to_s| Filters { start_ts: Some(from_s), end_ts: to_s, ..Filters::default() };
        assert!(Plan::read(&window(0, Some(15 * DAY_S))).is_ok());
        let too_long = "'startTs' and 'endTs' interval is too long";
        assert_eq!(sentence(&window(0, Some(15 * DAY_S + 1))), too_long);
        assert_eq!(sentence(&window(i64::MIN, Some(i64::MAX))), too_long);
        assert!(Plan::read(&window(0, None)).is_ok(), "a start alone is not capped");
        let end_alone = Filters { end_ts: Some(9), ..Filters::default() };
        assert_eq!(sentence(&end_alone), "'startTs' is required with 'endTs'");
        assert_eq!(sentence(&window(9, Some(8))), "'startTs' must not be after 'endTs'");
        assert_eq!(sentence(&Filters::default()), "'interval' or 'startTs' is required");
    }

    #[test]
    fn timestamps_go_before_an_interval() {
        let floor = Floor::listed();
        let both = Filters { start_ts: Some(100), end_ts: Some(200), ..interval("1d", None) };
        let window = Plan::read(&both).unwrap().window(floor.listing(), 9_000);
        assert_eq!(window, Some(Window { from_s: 100, to_s: 200, bucket_s: 60 }));
    }

    #[test]
    fn the_whole_life_is_capped_by_points() {
        let floor = Floor::listed();
        let now_s = 400 * DAY_S;
        let window = |fidelity| {
            let plan = Plan::read(&interval("max", fidelity)).unwrap();
            plan.window(floor.listing(), now_s).unwrap()
        };
        let month = Window { from_s: now_s - 31 * DAY_S, to_s: now_s, bucket_s: 600 };
        assert_eq!(window(None), month);
        assert_eq!(window(Some(10)), month);
        let whole = Window { from_s: 1, to_s: now_s, bucket_s: 10_800 };
        assert_eq!(window(Some(180)), whole, "listed at second 1");
    }

    #[test]
    fn the_life_of_a_resolved_market_is_kept_coarsely() {
        let mut floor = Floor::quoted();
        floor.exchange.resolve(30 * DAY_S * 1_000, floor.market, [MICRO, 0]);
        let window = |fidelity| {
            let plan = Plan::read(&interval("max", fidelity)).unwrap();
            plan.window(floor.listing(), 40 * DAY_S)
        };
        assert_eq!(window(None), None);
        assert_eq!(window(Some(719)), None);
        let kept = Window { from_s: 1, to_s: 30 * DAY_S - 1, bucket_s: 43_200 };
        assert_eq!(window(Some(720)), Some(kept));
    }
}
