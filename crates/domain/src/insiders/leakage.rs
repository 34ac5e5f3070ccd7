//! How much of a price's way was gone before the public knew: the information leakage score of Nechepurenko
//! (arXiv 2605.00493, 2605.02286), with its scope.

use chrono::{DateTime, TimeDelta, Utc};

use crate::evidence::Span;

/// The least way a price must have gone for a part of it to mean anything.
pub const LEAST_WAY: f64 = 0.05;
/// The shortest window before the news that is looked at.
pub const SHORTEST: TimeDelta = TimeDelta::minutes(30);
/// The longest.
pub const LONGEST: TimeDelta = TimeDelta::days(7);

/// Where the time of the news is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NewsTime {
    /// The first article that reports it.
    Article,
    /// Something that stands for it: the close, the proposal to the oracle, a jump of the price. In the source
    /// such a time moved the score by 0.444, across 0.
    Proxy,
}

/// How a question is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decided {
    /// By an event that may come at any time.
    ByEvent,
    /// By the passing of a date. No news says that nothing happened.
    ByDeadline,
}

/// What is known of a market and its news. Prices are of the outcome that is looked at, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Case {
    /// The price at the beginning of the window.
    pub open: Option<f64>,
    /// The price just before the news.
    pub at_news: Option<f64>,
    /// What it paid.
    pub resolved: Option<f64>,
    /// The beginning of the window.
    pub opened_at: DateTime<Utc>,
    /// The news; `None` unknown.
    pub news: Option<(DateTime<Utc>, NewsTime)>,
    /// How it was decided; `None` unknown.
    pub decided: Option<Decided>,
    /// How likely the event was in each hour by what is usual in the category; `None` unknown. What a market
    /// approaches by waiting is no leakage.
    pub hazard_per_hour: Option<f64>,
}

/// Why a market has no score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutOfScope {
    /// It is not resolved, or paid in part.
    NotResolved,
    /// Nobody knows when the news was out.
    NoNewsTime,
    /// The time of the news is not from an article.
    ProxyTime,
    /// It was decided by a date, or nobody knows how.
    NotByEvent,
    /// The window is shorter than half an hour or longer than a week.
    Window,
    /// A price is missing.
    NoPrice,
    /// The price went less than five cents from the beginning to the end: there was nothing to leak.
    NoWay,
}

impl OutOfScope {
    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::NotResolved => "not_resolved",
            Self::NoNewsTime => "no_news_time",
            Self::ProxyTime => "proxy_time",
            Self::NotByEvent => "not_by_event",
            Self::Window => "window",
            Self::NoPrice => "no_price",
            Self::NoWay => "no_way",
        }
    }

    /// Why, in words.
    pub fn why(self) -> &'static str {
        match self {
            Self::NotResolved => "the market is not resolved to one outcome",
            Self::NoNewsTime => "nobody knows when the news was out",
            Self::ProxyTime => "the time of the news is not from an article",
            Self::NotByEvent => "the market was not decided by an event",
            Self::Window => "the window is not from half an hour to a week",
            Self::NoPrice => "a price is missing",
            Self::NoWay => "the price had less than five cents to go",
        }
    }
}

/// How much leaked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leakage {
    /// (p(news) − p(open)) / (p(resolved) − p(open)): 0 nothing, 1 everything; below 0 where the price went the
    /// wrong way first.
    pub score: f64,
    /// The same, less what the category's usual hazard explains, 1 − e^(−λ·hours); `None` without a hazard.
    pub beyond_hazard: Option<f64>,
    /// What a cent more or less in each price makes of it.
    pub span: Span,
    /// From the beginning to the news.
    pub window: TimeDelta,
}

/// Scores a market, or says why it cannot be. Most cannot: of 24 documented cases none was in the original
/// scope.
pub fn leakage(case: &Case) -> Result<Leakage, OutOfScope> {
    let resolved = case.resolved.filter(|paid| *paid <= 0.0 || *paid >= 1.0);
    let resolved = resolved.ok_or(OutOfScope::NotResolved)?;
    let (news_at, time) = case.news.ok_or(OutOfScope::NoNewsTime)?;
    if time != NewsTime::Article {
        return Err(OutOfScope::ProxyTime);
    }
    if case.decided != Some(Decided::ByEvent) {
        return Err(OutOfScope::NotByEvent);
    }
    let window = news_at - case.opened_at;
    if window < SHORTEST || window > LONGEST {
        return Err(OutOfScope::Window);
    }
    let price = |price: Option<f64>| price.filter(|price| (0.0..=1.0).contains(price));
    let (open, at_news) = price(case.open).zip(price(case.at_news)).ok_or(OutOfScope::NoPrice)?;
    let way = resolved - open;
    if way.abs() < LEAST_WAY {
        return Err(OutOfScope::NoWay);
    }
    let score = |open: f64, at_news: f64| (at_news - open) / (resolved - open);
    let cent = 0.01;
    let ends = [(-cent, -cent), (-cent, cent), (cent, -cent), (cent, cent)]
        .map(|(one, other)| score((open + one).clamp(0.0, 1.0), (at_news + other).clamp(0.0, 1.0)));
    let span = Span {
        low: ends.iter().copied().fold(f64::INFINITY, f64::min),
        high: ends.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    };
    let hours = window.num_seconds() as f64 / 3_600.0;
    let plain = score(open, at_news);
    let hazard = case.hazard_per_hour.filter(|hazard| *hazard >= 0.0);
    let beyond_hazard = hazard.map(|hazard| plain - (1.0 - (-hazard * hours).exp()));
    Ok(Leakage { score: plain, beyond_hazard, span, window })
}
