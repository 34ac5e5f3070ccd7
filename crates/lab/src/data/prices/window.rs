//! What stretch of a price history a request asks for.

use super::series::{WIDTHS_S, Window, kept_since};
use crate::data::params::Params;
use crate::data::problem::Problem;

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 24 * HOUR_S;

/// Longest window with a beginning of its own.
const LONGEST_S: i64 = 15 * DAY_S;

/// Most points that a width chosen here leads to.
const MOST_POINTS: i64 = 2_500;

/// A window no wider than this is served by the minute.
const BY_THE_MINUTE_S: i64 = 12 * HOUR_S;

/// Widths from here on are kept for ever, and `max` goes back to the listing.
const UNBOUNDED_WIDTH_S: i64 = 10_800;

/// A relative window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the postfix is the unit")]
pub(crate) struct Preset {
    /// `None` goes back to the listing.
    span_s: Option<i64>,
    /// Width unless another is asked for.
    width_s: i64,
    /// Narrowest width.
    narrowest_s: i64,
}

const fn preset(span_s: Option<i64>, width_s: i64, narrowest_s: i64) -> Preset {
    Preset { span_s, width_s, narrowest_s }
}

const PRESETS: [(&str, Preset); 7] = [
    ("max", preset(None, 43_200, 600)),
    ("all", preset(None, 43_200, 600)),
    ("1m", preset(Some(30 * DAY_S), 1_800, 600)),
    ("1w", preset(Some(7 * DAY_S), 300, 300)),
    ("1d", preset(Some(DAY_S), 60, 60)),
    ("6h", preset(Some(6 * HOUR_S), 60, 60)),
    ("1h", preset(Some(HOUR_S), 60, 60)),
];

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The latest observation at a moment, Unix seconds.
    AsOf(i64),
    Since {
        start_s: i64,
        end_s: Option<i64>,
        width_s: Option<i64>,
    },
    Preset {
        preset: Preset,
        width_s: Option<i64>,
    },
}

impl Wanted {
    /// Exactly one of `start`, `interval` and `as_of`.
    pub(crate) fn read(params: &Params) -> Result<Self, Problem> {
        let width_s = params.integer("bucket_seconds")?;
        if width_s.is_some_and(|width_s| !(60..=86_400).contains(&width_s)) {
            let error = "bucket_seconds must be between 60 and 86400";
            return Err(Problem::invalid("bucket_seconds", error));
        }
        let moment = |name: &'static str| match params.integer(name)? {
            Some(0) => Err(Problem::invalid(name, format!("'{name}' must not be 0"))),
            moment => Ok(moment),
        };
        let (start_s, end_s, as_of_s) = (moment("start")?, moment("end")?, moment("as_of")?);
        let interval = params.raw("interval");
        let forms = [start_s.is_some(), interval.is_some(), as_of_s.is_some()];
        if forms.into_iter().filter(|&given| given).count() > 1 {
            let error = "provide exactly one of 'start', 'interval' or 'as_of'";
            return Err(Problem::refused(error));
        }
        match (start_s, interval, as_of_s, end_s) {
            (None, None, None, Some(_)) => Err(Problem::invalid("end", "'end' requires 'start'")),
            (_, _, Some(_), Some(_)) | (_, Some(_), _, Some(_)) => {
                Err(Problem::invalid("end", "'end' goes with 'start' only"))
            }
            (Some(start_s), ..) => Ok(Self::Since { start_s, end_s, width_s }),
            (_, Some(name), ..) => {
                let found = PRESETS.iter().find(|(known, _)| *known == name);
                let &(_, preset) = found.ok_or_else(|| {
                    let error = "interval must be one of max, all, 1m, 1w, 1d, 6h, 1h";
                    Problem::invalid("interval", error)
                })?;
                Ok(Self::Preset { preset, width_s })
            }
            (_, _, Some(at_s), _) => Ok(Self::AsOf(at_s)),
            _ => {
                let error = "provide a time component: 'start', 'interval' or 'as_of'";
                Err(Problem::refused(error))
            }
        }
    }

    /// The moment asked for, when it is one.
    pub(crate) const fn moment(self) -> Option<i64> {
        match self {
            Self::AsOf(at_s) => Some(at_s),
            Self::Since { .. } | Self::Preset { .. } => None,
        }
    }

    /// The window as of `now_s`, of a market listed at `listed_s`; `None` for a moment.
    pub(crate) fn window(self, now_s: i64, listed_s: i64) -> Result<Option<Window>, Problem> {
        match self {
            Self::AsOf(_) => Ok(None),
            Self::Since { start_s, end_s, width_s } => {
                let ends_s = end_s.unwrap_or(now_s);
                if end_s.is_some_and(|end_s| end_s < start_s) {
                    return Err(Problem::invalid("end", "'end' must not be before 'start'"));
                }
                if ends_s - start_s > LONGEST_S {
                    let error = "'start' to 'end' must span at most 15 days";
                    return Err(Problem::invalid("start", error));
                }
                let width_s =
                    width_s.unwrap_or_else(|| fitting_width(start_s, ends_s - start_s, now_s));
                Ok(Some(Window { start_s, end_s: end_s.unwrap_or(now_s + 1), width_s }))
            }
            Self::Preset { preset, width_s } => {
                let width_s = width_s.map_or(preset.width_s, |w| w.max(preset.narrowest_s));
                let start_s = match preset.span_s {
                    Some(span_s) => now_s - span_s,
                    None if width_s >= UNBOUNDED_WIDTH_S => listed_s,
                    None => now_s - 30 * DAY_S,
                };
                Ok(Some(Window { start_s, end_s: now_s + 1, width_s }))
            }
        }
    }
}

/// The finest width that does not lead to too many points and goes back far enough.
fn fitting_width(start_s: i64, span_s: i64, now_s: i64) -> i64 {
    let fits = |&width_s: &i64| {
        span_s / width_s <= MOST_POINTS
            && (width_s > WIDTHS_S[0] || span_s <= BY_THE_MINUTE_S)
            && kept_since(width_s, now_s) <= start_s
    };
    WIDTHS_S.into_iter().find(fits).unwrap_or(WIDTHS_S[WIDTHS_S.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_S: i64 = 1_795_392_000;

    fn window(query: &str) -> Result<Option<Window>, Problem> {
        Wanted::read(&Params::of(query))?.window(NOW_S, NOW_S - 400 * DAY_S)
    }

    fn width(query: &str) -> i64 {
        window(query).unwrap().unwrap().width_s
    }

    /// From so many hours ago, for so many hours.
    fn since(hours_ago: i64, hours: i64) -> String {
        let start_s = NOW_S - hours_ago * HOUR_S;
        format!("start={start_s}&end={}", start_s + hours * HOUR_S)
    }

    #[test]
    fn the_width_fits_the_window() {
        for (query, expected_s) in [
            (since(12, 12), 60),
            (since(24, 24), 300),
            (since(168, 168), 300),
            (since(360, 360), 1_800),
            (since(960, 5), 300),
            (since(1_920, 5), 1_800),
            (since(7_200, 5), 10_800),
            ("interval=1d".to_owned(), 60),
            ("interval=1w".to_owned(), 300),
            ("interval=1m".to_owned(), 1_800),
            ("interval=max".to_owned(), 43_200),
            ("interval=1w&bucket_seconds=60".to_owned(), 300),
            ("interval=1m&bucketSeconds=60".to_owned(), 600),
        ] {
            assert_eq!(width(&query), expected_s, "{query}");
        }
        let start = |query: &str| NOW_S - window(query).unwrap().unwrap().start_s;
        assert_eq!(start("interval=max"), 400 * DAY_S);
        assert_eq!(start("interval=all&bucket_seconds=3600"), 30 * DAY_S);
    }

    #[test]
    fn windows_have_rules() {
        let refused = |query: &str| window(query).unwrap_err();
        assert!(refused("").error.contains("time component"));
        assert!(refused("end=5").error.contains("requires 'start'"));
        assert_eq!(refused("start=0").parameter, Some("start"));
        assert_eq!(refused("start=1&end=0").parameter, Some("end"));
        assert_eq!(refused("as_of=0").parameter, Some("as_of"));
        assert_eq!(refused("interval=").parameter, Some("interval"));
        assert_eq!(refused("interval=1D").parameter, Some("interval"));
        assert!(refused("interval=1d&as_of=5").error.contains("exactly one"));
        assert_eq!(refused("interval=1d&bucket_seconds=59").parameter, Some("bucket_seconds"));
        assert_eq!(refused(&since(24, -24)).parameter, Some("end"));
        assert!(refused(&since(384, 361)).error.contains("at most 15 days"));
        assert!(window(&since(360, 360)).is_ok());
        let alone = format!("start={}", NOW_S - 16 * DAY_S);
        assert!(refused(&alone).error.contains("at most 15 days"));
        assert_eq!(window("as_of=5").unwrap(), None);
    }
}
