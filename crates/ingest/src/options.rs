//! What to fetch, and how often.

use std::{fmt, str::FromStr, time::Duration};

use chrono::NaiveDate;

/// How the catalogue is kept up to date.
#[derive(Debug, Clone)]
pub struct IngestOptions {
    /// Time from one full sync to the next.
    pub interval: Duration,
    /// Time from one refresh of the hot set to the next.
    pub hot_interval: Duration,
    /// Markets with at least this lifetime volume, in dollars, are hot.
    pub hot_volume: u64,
    /// Markets with at least this liquidity, in dollars, are hot.
    pub hot_liquidity: u64,
    /// Which closed events to fetch besides those that closed while we watched.
    pub closed: ClosedScope,
}

impl Default for IngestOptions {
    fn default() -> Self {
        Self {
            interval: Duration::from_mins(5),
            hot_interval: Duration::from_mins(1),
            hot_volume: 100_000,
            hot_liquidity: 50_000,
            closed: ClosedScope::None,
        }
    }
}

/// Which closed events to fetch besides those that closed while we watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClosedScope {
    /// None.
    #[default]
    None,
    /// All of them, from 2020 on.
    All,
    /// Those whose end date is this day or later.
    Since(NaiveDate),
}

impl fmt::Display for ClosedScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::All => f.write_str("all"),
            Self::Since(day) => write!(f, "since {day}"),
        }
    }
}

/// Text that names no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be `none`, `all` or `since 2026-01-31`")]
pub struct InvalidScope;

impl FromStr for ClosedScope {
    type Err = InvalidScope;
    fn from_str(text: &str) -> Result<Self, InvalidScope> {
        match text.trim() {
            "none" => Ok(Self::None),
            "all" => Ok(Self::All),
            other => {
                // The shell's words arrive joined, so `since=DATE` is accepted beside `since DATE`.
                let day = other.strip_prefix("since").ok_or(InvalidScope)?;
                let day =
                    day.trim_start_matches(['=', ' ', ':']).parse().map_err(|_| InvalidScope)?;
                Ok(Self::Since(day))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_as_they_are_written() {
        let since = ClosedScope::Since(NaiveDate::from_ymd_opt(2024, 2, 29).unwrap());
        for scope in [ClosedScope::None, ClosedScope::All, since] {
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
        assert_eq!("since=2024-02-29".parse(), Ok(since));
        for bad in ["", "some", "since", "since yesterday", "2024-02-29"] {
            assert_eq!(bad.parse::<ClosedScope>(), Err(InvalidScope), "{bad}");
        }
    }
}
