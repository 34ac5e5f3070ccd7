//! `GET /api/polymarket/ohlc/{id}`: a market's prices over time.

use axum::{extract::State, response::Response};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    MarketId, QueryReader,
    bars::{Bar, Interval, aggregate},
};
use serde::{Deserialize, Serialize};
use store::bars::{self, Grain, Recording};
use utoipa::{
    IntoParams, ToSchema,
    openapi::path::{Parameter, ParameterIn},
};

use crate::{
    api::{
        market,
        order_book::outcome_parameter,
        parameters::text,
        reply::{ItemMetadata, Reply, loaded_snapshot},
    },
    http::{
        cache::CachePolicy,
        error::{ApiError, Failure},
        extract::{FromQuery, Path, Query},
        state::AppState,
    },
    view::MarketRow,
};

/// Bars of one answer at most.
const MOST_BARS: i64 = 5_000;

/// A length of time that ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Range {
    /// So long, in bars of this length.
    Last(TimeDelta, Interval),
    /// The market's whole life.
    Max,
}

impl Range {
    const NAMES: [&str; 7] = ["1h", "6h", "1d", "1w", "1m", "3m", "max"];

    /// The range with this name; bars are as fine as a chart of a thousand points can show.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "1h" => Self::Last(TimeDelta::hours(1), Interval::Minute),
            "6h" => Self::Last(TimeDelta::hours(6), Interval::Minute),
            "1d" => Self::Last(TimeDelta::days(1), Interval::FiveMinutes),
            "1w" => Self::Last(TimeDelta::days(7), Interval::QuarterHour),
            "1m" => Self::Last(TimeDelta::days(30), Interval::Hour),
            "3m" => Self::Last(TimeDelta::days(90), Interval::SixHours),
            "max" => Self::Max,
            _ => return None,
        })
    }
}

/// Which bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OhlcQuery {
    interval: Option<Interval>,
    range: Option<Range>,
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
    outcome: usize,
}

impl OhlcQuery {
    /// Bars of a length up to now.
    pub(crate) fn of_range(range: Range, interval: Interval, outcome: usize) -> Self {
        Self { interval: Some(interval), range: Some(range), from: None, to: None, outcome }
    }
}

impl FromQuery for OhlcQuery {
    fn read(query: &mut QueryReader) -> Self {
        let interval = query.parse("interval", "one of 1m, 5m, 15m, 1h, 6h, 1d");
        let name = query.text("range");
        let range = name.as_deref().map(|name| (name, Range::parse(name)));
        if let Some((name, None)) = range {
            query.refuse("range", name, format!("must be one of {}", Range::NAMES.join(", ")));
        }
        let instant = "an instant such as 2026-11-23T12:00:00Z";
        let from: Option<DateTime<Utc>> = query.parse("from", instant);
        let to: Option<DateTime<Utc>> = query.parse("to", instant);
        if range.is_some() && (from.is_some() || to.is_some()) {
            query.refuse("range", name.as_deref().unwrap_or_default(), "excludes from and to");
        }
        if let (Some(begin), Some(end)) = (from, to)
            && begin >= end
        {
            query.refuse("from", &begin.to_rfc3339(), "must be before to");
        }
        let outcome = query.within("outcome", 0, 1).unwrap_or(0);
        Self { interval, range: range.and_then(|(_, range)| range), from, to, outcome }
    }
}

impl IntoParams for OhlcQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![
            text(
                "interval",
                "Length of a bar: 1m, 5m, 15m, 1h, 6h or 1d. What suits the range unless given.",
            ),
            text("range", "1h, 6h, 1d (unless given), 1w, 1m, 3m or max, up to now."),
            text("from", "The first instant, instead of `range`."),
            text("to", "The instant after the last; now unless given."),
            outcome_parameter(),
        ]
    }
}

/// What a price did in a stretch of time. Prices are dollars per share of the outcome asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BarView {
    /// Its beginning.
    pub at: DateTime<Utc>,
    /// First price.
    pub open: f64,
    /// Highest.
    pub high: f64,
    /// Lowest.
    pub low: f64,
    /// Last.
    pub close: f64,
    /// USDC of takers' trades on both tokens; null is unknown.
    pub volume_usdc: Option<f64>,
    /// Shares of them.
    pub volume_shares: Option<f64>,
    /// How many.
    pub trades: Option<u32>,
    /// Best bid at its end; of a market whose book is not streamed, when it was looked at within its last minute that
    /// has quotes.
    pub bid: Option<f64>,
    /// Best ask then.
    pub ask: Option<f64>,
    /// `trades`: true open, high, low and close. `quotes`: nobody traded; midpoints. `history`: upstream's history,
    /// one price a bucket.
    pub source: String,
    /// Open, high and low are inferred.
    pub synthetic: bool,
}

impl BarView {
    fn of(bar: &Bar) -> Self {
        Self {
            at: bar.at,
            open: bar.open.to_f64(),
            high: bar.high.to_f64(),
            low: bar.low.to_f64(),
            close: bar.close.to_f64(),
            volume_usdc: bar.volume.map(|volume| volume.usdc.to_f64()),
            volume_shares: bar.volume.map(|volume| volume.shares.to_f64()),
            trades: bar.volume.map(|volume| volume.trades),
            bid: bar.bid.map(domain::Price::to_f64),
            ask: bar.ask.map(domain::Price::to_f64),
            source: bar.source.slug().to_owned(),
            synthetic: bar.source.is_synthetic(),
        }
    }
}

/// A time in which nothing was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GapView {
    /// Its beginning.
    pub from: DateTime<Utc>,
    /// Its end.
    pub to: DateTime<Utc>,
    /// Why.
    pub cause: String,
}

/// A market's bars.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OhlcView {
    /// Gamma's id of the market.
    pub market_id: String,
    /// Index of the outcome.
    pub outcome: usize,
    /// Length of a bar.
    pub interval: String,
    /// The first instant.
    pub from: DateTime<Utc>,
    /// The instant after the last.
    pub to: DateTime<Utc>,
    /// In their order. A bucket of which nothing is known has none.
    pub bars: Vec<BarView>,
    /// When quotes were not recorded. There may be trades within, and minutes in which somebody looked.
    pub gaps: Vec<GapView>,
    /// Since when quotes are recorded; null when they never were.
    pub recorded_since: Option<DateTime<Utc>>,
    /// Upstream's price history was read: what is still missing is not to be had.
    pub history_read: bool,
}

/// A market's bars within what a query asks for.
pub(crate) async fn load(
    app: &AppState,
    row: &MarketRow,
    query: &OhlcQuery,
    now: DateTime<Utc>,
) -> Result<OhlcView, ApiError> {
    let market_id = MarketId::parse(&row.market_id).map_err(ApiError::internal)?;
    let to = query.to.unwrap_or(now);
    let life = |row: &MarketRow| row.created_at.or(row.start_date).map(|since| now - since);
    let range = query.range.unwrap_or(Range::Last(TimeDelta::days(1), Interval::FiveMinutes));
    let (length, fitting) = match (query.from, range) {
        (Some(from), _) => (to - from, fitting(to - from)),
        (None, Range::Last(length, interval)) => (length, interval),
        (None, Range::Max) => {
            let life = life(row).unwrap_or(TimeDelta::days(365));
            (life, fitting(life))
        }
    };
    let interval = query.interval.unwrap_or(fitting);
    let from = interval.bucket(to - length);
    if (to - from).num_seconds() / interval.seconds() > MOST_BARS {
        let field = domain::InvalidField::new(
            "interval",
            interval.slug(),
            format!(
                "gives more than {MOST_BARS} bars for this range; a longer one, or a shorter range, does not"
            ),
        );
        return Err(ApiError::invalid_query(vec![field]));
    }
    let public = app.database().public();
    let fine = bars::of_market(public, &market_id, Grain::of(interval), from, to).await?;
    let mut bars = aggregate(&fine, interval);
    if query.outcome == 1 {
        bars = bars.into_iter().map(Bar::mirrored).collect();
    }
    let recording = bars::recording(public, &market_id).await?;
    let gaps = gaps(app, &market_id, recording.as_ref(), from, to).await?;
    Ok(OhlcView {
        market_id: row.market_id.clone(),
        outcome: query.outcome,
        interval: interval.slug().to_owned(),
        from,
        to,
        bars: bars.iter().map(BarView::of).collect(),
        gaps,
        recorded_since: recording.as_ref().and_then(|recording| recording.recorded_since),
        history_read: recording.is_some_and(|recording| recording.detailed_at.is_some()),
    })
}

/// The shortest bars of which a chart can show so long a time.
fn fitting(length: TimeDelta) -> Interval {
    let fits = |interval: &Interval| length.num_seconds() / interval.seconds() <= 1_000;
    Interval::ALL.into_iter().find(fits).unwrap_or(Interval::Day)
}

/// The recorded gaps, and the one since the recording stopped.
pub(crate) async fn gaps(
    app: &AppState,
    market_id: &MarketId,
    recording: Option<&Recording>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<GapView>, ApiError> {
    let held = bars::gaps(app.database().public(), market_id, from, to).await?;
    let mut gaps: Vec<GapView> = held
        .into_iter()
        .map(|gap| GapView { from: gap.from_at, to: gap.to_at, cause: gap.cause })
        .collect();
    if let Some(until) = recording.and_then(|recording| recording.recorded_until)
        && to - until > TimeDelta::minutes(2)
    {
        gaps.push(GapView { from: until.max(from), to, cause: "not streamed".to_owned() });
    }
    Ok(gaps)
}

// The macro below takes names without parameters.
type OhlcReply = Reply<OhlcView>;

/// Chart a market
///
/// Open, high, low, close and volume by stretches of time, of what was recorded, and of upstream's history before. A
/// market that was never looked at has little: its history is read when it is opened.
#[utoipa::path(
    get, path = "/api/polymarket/ohlc/{id}", tag = "markets", operation_id = "get_ohlc",
    params(("id" = String, Path, description = "Market id, condition id or slug"), OhlcQuery),
    responses(
        (status = 200, description = "The bars", body = OhlcReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn get_ohlc(
    State(app): State<AppState>,
    Path(id): Path<String>,
    Query(query): Query<OhlcQuery>,
) -> Result<Response, ApiError> {
    let now = Utc::now();
    let snapshot = loaded_snapshot(&app)?;
    let row = market::find(&snapshot, &id)?;
    let view = load(&app, &row, &query, now).await?;
    let metadata = ItemMetadata::of(&app, &snapshot, now);
    Ok(Reply::new(view, metadata).respond(CachePolicy::Catalogue))
}
