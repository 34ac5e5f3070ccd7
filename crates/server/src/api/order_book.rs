//! `GET /api/polymarket/order-book/{id}`: a market's book, and what an order would cost.

use std::borrow::Cow;

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use domain::{
    ErrorCode, FeeSchedule, Price, QueryReader, Shares, Side, Usdc,
    slippage::{OrderSize, slippage},
};
use ingest::live::LiveBook;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams, ToSchema,
    openapi::path::{Parameter, ParameterIn},
};

use crate::{
    api::{
        market,
        parameters::{integer, parameter, text},
        reply::{ItemMetadata, Reply, loaded_snapshot},
    },
    http::{
        cache::CachePolicy,
        error::{ApiError, Failure},
        extract::{FromQuery, Path, Query},
        state::AppState,
    },
    view::{MarketRow, OrderBookView},
};

/// Which outcome's book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutcomeQuery {
    /// 0 or 1.
    pub outcome: usize,
}

impl FromQuery for OutcomeQuery {
    fn read(query: &mut QueryReader) -> Self {
        Self { outcome: query.within("outcome", 0, 1).unwrap_or(0) }
    }
}

/// The parameter that chooses an outcome.
pub(crate) fn outcome_parameter() -> Parameter {
    let schema = integer(0, Some(1)).default(Some(0.into()));
    parameter("outcome", "Index of the outcome.", schema)
}

impl IntoParams for OutcomeQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![outcome_parameter()]
    }
}

/// A market's book: the one that is streamed, else one that is fetched now, or was a moment ago.
pub(crate) async fn book_of(app: &AppState, row: &MarketRow) -> Result<LiveBook, ApiError> {
    app.live()
        .book(row)
        .await?
        .ok_or_else(|| ApiError::new(ErrorCode::BookNotFound).with("id", row.market_id.clone()))
}

// The macro below takes names without parameters.
type OrderBookReply = Reply<OrderBookView>;

/// Show an order book
///
/// Of a market that is followed the book is the one streamed to this server; of another it is fetched, and the
/// market is followed for a while. `state` says whether it may be believed.
#[utoipa::path(
    get, path = "/api/polymarket/order-book/{id}", tag = "markets", operation_id = "get_order_book",
    params(("id" = String, Path, description = "Market id, condition id or slug"), OutcomeQuery),
    responses(
        (status = 200, description = "The book", body = OrderBookReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn get_order_book(
    State(app): State<AppState>,
    Path(id): Path<String>,
    Query(OutcomeQuery { outcome }): Query<OutcomeQuery>,
) -> Result<Response, ApiError> {
    let snapshot = loaded_snapshot(&app)?;
    let row = market::find(&snapshot, &id)?;
    let book = book_of(&app, &row).await?;
    let now = Utc::now();
    let view = OrderBookView::of(&book, outcome, now);
    let metadata = ItemMetadata::of(&app, &snapshot, now);
    Ok(Reply::new(view, metadata).respond(CachePolicy::NoStore))
}

/// An order to try.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SlippageQuery {
    side: Side,
    outcome: usize,
    size: Option<OrderSize>,
}

impl SlippageQuery {
    /// An order for an outcome.
    pub(crate) fn new(side: Side, outcome: usize, size: OrderSize) -> Self {
        Self { side, outcome, size: Some(size) }
    }
}

impl FromQuery for SlippageQuery {
    fn read(query: &mut QueryReader) -> Self {
        let side = query.parse("side", "buy or sell").unwrap_or(Side::Buy);
        let outcome = query.within("outcome", 0, 1).unwrap_or(0);
        let usdc: Option<Decimal> = query.parse("usdc", "an amount of dollars such as 250.50");
        let shares: Option<Decimal> = query.parse("shares", "a number of shares such as 100");
        let size = match (usdc, shares) {
            (Some(usdc), None) => Usdc::new(usdc).ok().map(OrderSize::Usdc),
            (None, Some(shares)) => Shares::new(shares).ok().map(OrderSize::Shares),
            _ => None,
        };
        let size = size.filter(|size| match size {
            OrderSize::Usdc(usdc) => *usdc > Usdc::ZERO,
            OrderSize::Shares(shares) => *shares > Shares::ZERO,
        });
        if size.is_none() {
            let given = usdc.or(shares).map(|amount| amount.to_string()).unwrap_or_default();
            query.refuse("usdc", &given, "is needed and above 0, or shares, and not both");
        }
        Self { side, outcome, size }
    }
}

impl IntoParams for SlippageQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![
            text("side", "`buy` (unless given) or `sell`."),
            outcome_parameter(),
            text(
                "usdc",
                "Dollars to spend or to receive, before the fee. This or `shares` is needed.",
            ),
            text("shares", "Shares to trade. This or `usdc` is needed."),
        ]
    }
}

/// What an order that takes what rests would trade, and at what price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SlippageView {
    /// `buy` or `sell`.
    pub side: String,
    /// Index of the outcome.
    pub outcome: usize,
    /// Dollars asked for.
    pub requested_usdc: Option<f64>,
    /// Shares asked for.
    pub requested_shares: Option<f64>,
    /// Shares that would change hands.
    pub filled_shares: f64,
    /// Their price × shares, before the fee.
    pub filled_usdc: f64,
    /// Dollars per share; null with nothing filled.
    pub average_price: Option<f64>,
    /// Price of the last level touched.
    pub worst_price: Option<f64>,
    /// Price of the first level; null on an empty side.
    pub best_price: Option<f64>,
    /// The taker's fee, level by level; null where the market's is unknown.
    pub fee_usdc: Option<f64>,
    /// Spent by a buyer, received by a seller, fee included.
    pub total_usdc: Option<f64>,
    /// How much worse the average is than the best price, in cents.
    pub impact_cents: Option<f64>,
    /// The same in ten-thousandths of the best price.
    pub impact_bps: Option<f64>,
    /// Shares that do not rest; null for an order in dollars.
    pub unfilled_shares: Option<f64>,
    /// Dollars that do not rest; null for an order in shares.
    pub unfilled_usdc: Option<f64>,
    /// All that was asked for rests.
    pub complete: bool,
    /// State of the book that was walked, as in [`OrderBookView`].
    pub book_state: String,
    /// Upstream's time of that book.
    pub as_of: Option<DateTime<Utc>>,
}

// The macro below takes names without parameters.
type SlippageReply = Reply<SlippageView>;

/// Walk an order book
///
/// What an order of this size would trade against what rests now, with the market's own fee: an estimate, since the
/// book moves and orders may be hidden behind a delay.
#[utoipa::path(
    get, path = "/api/polymarket/order-book/{id}/slippage", tag = "markets", operation_id = "walk_order_book",
    params(("id" = String, Path, description = "Market id, condition id or slug"), SlippageQuery),
    responses(
        (status = 200, description = "What would be traded", body = SlippageReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn walk_order_book(
    State(app): State<AppState>,
    Path(id): Path<String>,
    Query(query): Query<SlippageQuery>,
) -> Result<Response, ApiError> {
    let snapshot = loaded_snapshot(&app)?;
    let row = market::find(&snapshot, &id)?;
    let live = book_of(&app, &row).await?;
    let view = walk(&live, &row, &query);
    let metadata = ItemMetadata::of(&app, &snapshot, Utc::now());
    Ok(Reply::new(view, metadata).respond(CachePolicy::NoStore))
}

/// What an order would trade against a book.
pub(crate) fn walk(live: &LiveBook, row: &MarketRow, query: &SlippageQuery) -> SlippageView {
    let first = OrderBookView::shown(live);
    let book = if query.outcome == 0 { first } else { Cow::Owned(first.mirrored()) };
    // The query was refused without a size.
    let size = query.size.unwrap_or(OrderSize::Shares(Shares::ZERO));
    let walked = slippage(&book, query.side, size, fee_of(row));
    let price = |price: Option<Price>| price.map(Price::to_f64);
    let usdc = |amount: Option<Usdc>| amount.map(Usdc::to_f64);
    let shares = |amount: Option<Shares>| amount.map(Shares::to_f64);
    SlippageView {
        side: query.side.slug().to_owned(),
        outcome: query.outcome,
        requested_usdc: match size {
            OrderSize::Usdc(amount) => Some(amount.to_f64()),
            OrderSize::Shares(_) => None,
        },
        requested_shares: match size {
            OrderSize::Shares(amount) => Some(amount.to_f64()),
            OrderSize::Usdc(_) => None,
        },
        filled_shares: walked.filled_shares.to_f64(),
        filled_usdc: walked.filled_usdc.to_f64(),
        average_price: price(walked.average_price),
        worst_price: price(walked.worst_price),
        best_price: price(walked.best_price),
        fee_usdc: usdc(walked.fee_usdc),
        total_usdc: usdc(walked.total_usdc),
        impact_cents: walked.impact_cents,
        impact_bps: walked.impact_bps,
        unfilled_shares: shares(walked.unfilled_shares),
        unfilled_usdc: usdc(walked.unfilled_usdc),
        complete: walked.complete,
        book_state: OrderBookView::state_of(live).to_owned(),
        as_of: live.as_of_ms.and_then(DateTime::from_timestamp_millis),
    }
}

/// What takers of a market pay; `None` where that is unknown.
pub(crate) fn fee_of(row: &MarketRow) -> Option<FeeSchedule> {
    let number = |value: f64| Decimal::try_from(value).ok();
    let rate = number(row.fee_rate?)?;
    if rate.is_zero() {
        return Some(FeeSchedule::FREE);
    }
    FeeSchedule::new(rate, number(row.fee_exponent?)?)
}
