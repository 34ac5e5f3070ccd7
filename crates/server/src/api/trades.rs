//! `GET /api/polymarket/markets/{id}/trades`: the tape of a market.

use std::str::FromStr;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use domain::{Address, MarketId, QueryReader, Side, TransactionHash};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use store::tape::{self, TapeFilter, TapePlace};
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        Array, Ref, RefOr, Schema,
        path::{Parameter, ParameterIn},
    },
};

use crate::{
    api::{
        market,
        parameters::{integer, parameter, text},
        reply::{ItemMetadata, add_schemas, envelope, loaded_snapshot},
    },
    http::{
        cache::CachePolicy,
        error::{ApiError, Failure},
        extract::{FromQuery, Path, Query},
        state::AppState,
    },
    view::TradeView,
};

const MAX_LIMIT: u32 = 1_000;
const DEFAULT_LIMIT: u32 = 100;

/// Which trades.
#[derive(Debug, Clone, PartialEq)]
pub struct TradesQuery {
    filter: TapeFilter,
    limit: u32,
}

impl FromQuery for TradesQuery {
    fn read(query: &mut QueryReader) -> Self {
        let limit = query.within("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
        let filter = read_filter(query);
        let cursor = query.text("cursor");
        let after = cursor.as_deref().map(|text| (text, parse_cursor(text)));
        if let Some((text, None)) = &after {
            query.refuse("cursor", text, "is not one of this list's `metadata.next_cursor`");
        }
        let after = after.and_then(|(_, place)| place);
        Self { filter: TapeFilter { after, ..filter }, limit }
    }
}

/// Which trades, wherever a page of them begins.
pub(super) fn read_filter(query: &mut QueryReader) -> TapeFilter {
    let side: Option<Side> = query.parse("side", "buy or sell");
    let outcome_index = query.within("outcome", 0_i16, 1);
    let min_usdc: Option<Decimal> = query.parse("min_usdc", "an amount of dollars");
    TapeFilter { side, outcome_index, min_usdc, after: None }
}

/// What [`read_filter`] reads.
pub(super) fn filter_parameters() -> Vec<Parameter> {
    vec![
        text("side", "Only what takers bought (`buy`) or sold (`sell`)."),
        parameter("outcome", "Only this outcome's token.", integer(0, Some(1))),
        text("min_usdc", "Only trades of at least so many dollars."),
    ]
}

impl IntoParams for TradesQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let limit = integer(1, Some(MAX_LIMIT as usize)).default(Some(DEFAULT_LIMIT.into()));
        vec![
            parameter("limit", "The most trades to answer with.", limit),
            text("cursor", "`metadata.next_cursor` of the page before, under the same filters."),
        ]
        .into_iter()
        .chain(filter_parameters())
        .collect()
    }
}

/// Where a part of the tape comes from, and how much is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TapeMetadata {
    /// Where data comes from and how old it is.
    #[serde(flatten)]
    pub item: ItemMetadata,
    /// Where the next page begins; null at the end.
    pub next_cursor: Option<String>,
    /// Since when no trade is missing; null while that is not known. Older ones may be incomplete.
    pub complete_from: Option<DateTime<Utc>>,
    /// Up to when no trade is missing. Newer ones were heard and may be incomplete.
    pub complete_to: Option<DateTime<Utc>>,
}

/// A part of a market's tape, the newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TapeReply {
    /// Always true.
    pub success: bool,
    /// Takers' trades on either token.
    pub data: Vec<TradeView>,
    /// Where they come from.
    pub metadata: TapeMetadata,
}

impl PartialSchema for TapeReply {
    fn schema() -> RefOr<Schema> {
        let rows = Array::new(Ref::from_schema_name(TradeView::name()));
        envelope(Schema::Array(rows), &TapeMetadata::name())
    }
}

impl ToSchema for TapeReply {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        add_schemas::<TradeView>(schemas);
        add_schemas::<TapeMetadata>(schemas);
    }
}

fn cursor_of(place: &TapePlace) -> String {
    let TapePlace { traded_at, transaction_hash, wallet, ordinal } = place;
    let hash = transaction_hash.as_ref().map_or("", TransactionHash::as_str);
    let wallet = wallet.as_ref().map_or("", Address::as_str);
    URL_SAFE_NO_PAD.encode(format!("{}|{hash}|{wallet}|{ordinal}", traded_at.timestamp()))
}

fn parse_cursor(text: &str) -> Option<TapePlace> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let mut parts = text.split('|');
    let place = TapePlace {
        traded_at: DateTime::from_timestamp(parts.next()?.parse().ok()?, 0)?,
        transaction_hash: known(parts.next()?).ok()?,
        wallet: known(parts.next()?).ok()?,
        ordinal: parts.next()?.parse().ok()?,
    };
    parts.next().is_none().then_some(place)
}

/// A part of a cursor that is empty where it is unknown.
fn known<T: FromStr>(text: &str) -> Result<Option<T>, T::Err> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

/// A part of a market's tape.
pub(crate) async fn load(
    app: &AppState,
    market_id: &str,
    query: &TradesQuery,
    item: ItemMetadata,
) -> Result<TapeReply, ApiError> {
    let id = MarketId::parse(market_id).map_err(ApiError::internal)?;
    let public = app.database().public();
    // One more than asked for tells whether there are more.
    let mut stored = tape::of_market(public, &id, &query.filter, query.limit + 1).await?;
    let has_more = stored.len() > query.limit as usize;
    stored.truncate(query.limit as usize);
    let progress = tape::progress_of(public, &id).await?;
    let last = stored.last().filter(|_| has_more);
    Ok(TapeReply {
        success: true,
        data: stored.iter().map(TradeView::of).collect(),
        metadata: TapeMetadata {
            item,
            next_cursor: last.map(|last| cursor_of(&TapePlace::of(last))),
            complete_from: progress.map(|held| held.complete_from),
            complete_to: progress.map(|held| held.complete_to),
        },
    })
}

/// The newest trades of at least `min_usdc` dollars, for a page.
pub(crate) async fn newest(
    app: &AppState,
    market_id: &str,
    min_usdc: Option<Decimal>,
    limit: u32,
    item: ItemMetadata,
) -> Result<TapeReply, ApiError> {
    let filter = TapeFilter { min_usdc, ..TapeFilter::default() };
    load(app, market_id, &TradesQuery { filter, limit }, item).await
}

/// List a market's trades
///
/// Takers' trades on either token, the newest first: what was heard at once, corrected and completed by the record
/// minutes later.
#[utoipa::path(
    get, path = "/api/polymarket/markets/{id}/trades", tag = "markets", operation_id = "list_market_trades",
    params(("id" = String, Path, description = "Market id, condition id or slug"), TradesQuery),
    responses(
        (status = 200, description = "The trades", body = TapeReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn list_market_trades(
    State(app): State<AppState>,
    Path(id): Path<String>,
    Query(query): Query<TradesQuery>,
) -> Result<Response, ApiError> {
    let snapshot = loaded_snapshot(&app)?;
    let row = market::find(&snapshot, &id)?;
    let item = ItemMetadata::of(&app, &snapshot, Utc::now());
    let reply = load(&app, &row.market_id, &query, item).await?;
    let mut response = Json(reply).into_response();
    response.extensions_mut().insert(CachePolicy::NoStore);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_read_back() {
        let place = TapePlace {
            traded_at: DateTime::from_timestamp(1_795_392_000, 0).unwrap(),
            transaction_hash: TransactionHash::parse(&format!("0x{:064x}", 171)).ok(),
            wallet: None,
            ordinal: 3,
        };
        assert_eq!(parse_cursor(&cursor_of(&place)), Some(place));
        for bad in ["", "x", "MTIz", "e30", &URL_SAFE_NO_PAD.encode("1795392000|0xab||3")] {
            assert_eq!(parse_cursor(bad), None, "{bad}");
        }
    }
}
