//! What the markets of an event say together, now and over time.

use axum::{extract::State, response::Response};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    MarketId, MarketStatus, Price, QueryReader,
    bars::{Interval, aggregate},
    distribution::{Contender, Distribution, Exclusion, Standing},
};
use rust_decimal::prelude::ToPrimitive as _;
use serde::{Deserialize, Serialize};
use store::bars::{self, Grain};
use utoipa::{
    IntoParams, ToSchema,
    openapi::path::{Parameter, ParameterIn},
};

use crate::{
    api::{
        events,
        ohlc::{self, GapView, Range},
        order_book::fee_of,
        parameters::text,
        reply::{ItemMetadata, Reply, loaded_snapshot},
    },
    http::{
        cache::CachePolicy,
        error::{ApiError, Failure},
        extract::{FromQuery, Path, Query},
        state::AppState,
    },
    view::{DistributionView, EventRow, ExcludedMarket, MarketRow, OutcomeChance},
};

/// Outcomes that are drawn.
const DRAWN: usize = 8;

/// What the markets of an event say together; `None` where none of them has a price.
pub(crate) fn of_event(event: &EventRow, markets: &[MarketRow]) -> Option<DistributionView> {
    let contenders: Vec<Contender> =
        markets.iter().filter_map(|market| contender(event, market)).collect();
    let found = Distribution::of(event.neg_risk, &contenders)?;
    let market = |id: &MarketId| markets.iter().find(|market| market.market_id == id.as_str());
    let name =
        |market: &MarketRow| market.group_title.clone().unwrap_or_else(|| market.title.clone());
    let outcomes = found.outcomes.iter().filter_map(|chance| {
        let market = market(&chance.market_id)?;
        Some(OutcomeChance {
            market_id: market.market_id.clone(),
            slug: market.slug.clone(),
            title: name(market),
            price: chance.price.to_f64(),
            coherent: chance.coherent,
        })
    });
    let excluded = found.excluded.iter().filter_map(|(id, reason)| {
        let market = market(id)?;
        Some(ExcludedMarket {
            market_id: market.market_id.clone(),
            slug: market.slug.clone(),
            title: name(market),
            reason: Exclusion::slug(*reason).to_owned(),
        })
    });
    Some(DistributionView {
        exclusive: found.exclusive,
        raw_sum: found.raw_sum.to_f64()?,
        outcomes: outcomes.collect(),
        excluded: excluded.collect(),
        buy_all_cost: found.buy_all_cost.map(domain::Usdc::to_f64),
        sell_all_value: found.sell_all_value.map(domain::Usdc::to_f64),
    })
}

fn contender(event: &EventRow, market: &MarketRow) -> Option<Contender> {
    let price = |value: Option<f64>| {
        let decimal = rust_decimal::Decimal::try_from(value?).ok()?;
        Price::new(decimal).ok()
    };
    let lost = market
        .resolution
        .as_ref()
        .is_some_and(|end| end.outcome_index.is_some_and(|index| index != 0));
    let standing = match market.status {
        MarketStatus::Resolved if lost => Standing::Lost,
        MarketStatus::Resolved | MarketStatus::Closed => Standing::Closed,
        MarketStatus::Open if event.neg_risk_augmented && market.neg_risk_other => Standing::Other,
        MarketStatus::Open if event.neg_risk_augmented && !market.active => Standing::Placeholder,
        MarketStatus::Open => Standing::Open,
    };
    Some(Contender {
        market_id: MarketId::parse(&market.market_id).ok()?,
        price: price(market.price),
        best_bid: price(market.best_bid),
        best_ask: price(market.best_ask),
        fee: fee_of(market),
        standing,
    })
}

/// How far back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryQuery {
    range: Range,
}

impl FromQuery for HistoryQuery {
    fn read(query: &mut QueryReader) -> Self {
        let name = query.text("range").unwrap_or_else(|| "1w".to_owned());
        let range = Range::parse(&name).unwrap_or_else(|| {
            query.refuse("range", &name, "must be one of 1h, 6h, 1d, 1w, 1m, 3m, max");
            Range::Max
        });
        Self { range }
    }
}

impl IntoParams for HistoryQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![text("range", "1h, 6h, 1d, 1w (unless given), 1m, 3m or max, up to now.")]
    }
}

/// A price at an instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PricePointView {
    /// The end of the bar.
    pub at: DateTime<Utc>,
    /// Its last price.
    pub price: f64,
}

/// An outcome over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OutcomeHistory {
    /// Gamma's id of its market.
    pub market_id: String,
    /// What it is called within the event.
    pub title: String,
    /// In their order; where nothing is known there is none.
    pub points: Vec<PricePointView>,
}

/// The likeliest outcomes of an event over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EventHistory {
    /// Distance of the points.
    pub interval: String,
    /// The first instant.
    pub from: DateTime<Utc>,
    /// The instant after the last.
    pub to: DateTime<Utc>,
    /// At most eight, the likeliest first.
    pub outcomes: Vec<OutcomeHistory>,
    /// When the quotes of none of them were recorded.
    pub gaps: Vec<GapView>,
}

// The macro below takes names without parameters.
type EventHistoryReply = Reply<EventHistory>;

/// Chart an event
///
/// The prices of its likeliest outcomes over time, at most eight of them.
#[utoipa::path(
    get, path = "/api/polymarket/events/{slug}/history", tag = "events", operation_id = "get_event_history",
    params(("slug" = String, Path, description = "Slug or event id"), HistoryQuery),
    responses(
        (status = 200, description = "The history", body = EventHistoryReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn get_event_history(
    State(app): State<AppState>,
    Path(slug): Path<String>,
    Query(query): Query<HistoryQuery>,
) -> Result<Response, ApiError> {
    let now = Utc::now();
    let snapshot = loaded_snapshot(&app)?;
    let event = events::find(&snapshot, &slug)?;
    let markets = events::markets_of(&snapshot, &event.event_id)?;
    let view = history(&app, &event, markets, query.range, now).await?;
    let metadata = ItemMetadata::of(&app, &snapshot, now);
    Ok(Reply::new(view, metadata).respond(CachePolicy::Catalogue))
}

/// The likeliest outcomes of an event over time.
pub(crate) async fn history(
    app: &AppState,
    event: &EventRow,
    mut markets: Vec<MarketRow>,
    range: Range,
    now: DateTime<Utc>,
) -> Result<EventHistory, ApiError> {
    let (length, interval) = match range {
        Range::Last(length, interval) => (length, interval.max(Interval::FiveMinutes)),
        Range::Max => {
            let life = event.start_date.map_or(TimeDelta::days(365), |since| now - since);
            (life, if life > TimeDelta::days(60) { Interval::Day } else { Interval::SixHours })
        }
    };
    let from = interval.bucket(now - length);
    markets.retain(|market| market.price.is_some());
    markets.sort_by(|a, b| b.price.unwrap_or(0.0).total_cmp(&a.price.unwrap_or(0.0)));
    markets.truncate(DRAWN);
    let mut outcomes = Vec::new();
    let mut gaps: Option<Vec<GapView>> = None;
    for market in markets {
        let id = MarketId::parse(&market.market_id).map_err(ApiError::internal)?;
        let public = app.database().public();
        let fine = bars::of_market(public, &id, Grain::of(interval), from, now).await?;
        let recording = bars::recording(public, &id).await?;
        let own = ohlc::gaps(app, &id, recording.as_ref(), from, now).await?;
        gaps = Some(gaps.map_or(own.clone(), |all| common(&all, &own)));
        let points = aggregate(&fine, interval).into_iter().map(|bar| PricePointView {
            at: (bar.at + interval.length()).min(now),
            price: bar.close.to_f64(),
        });
        outcomes.push(OutcomeHistory {
            market_id: market.market_id.clone(),
            title: market.group_title.unwrap_or(market.title),
            points: points.collect(),
        });
    }
    let gaps = gaps.unwrap_or_default();
    Ok(EventHistory { interval: interval.slug().to_owned(), from, to: now, outcomes, gaps })
}

/// The times that are in a gap of both.
fn common(one: &[GapView], other: &[GapView]) -> Vec<GapView> {
    let mut both = Vec::new();
    for gap in one {
        for with in other {
            let (from, to) = (gap.from.max(with.from), gap.to.min(with.to));
            if from < to {
                both.push(GapView { from, to, cause: gap.cause.clone() });
            }
        }
    }
    both
}
