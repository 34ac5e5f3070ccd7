//! `/positions`, which are held, and `/closed-positions`, which are not. What was lost and never handed in
//! is among those that are held, for ever.

use domain::Price;

use super::{FirstPage, FirstPlace, Reading};
use crate::data::DataClient;
use crate::data::envelope::DataPage;
use crate::data::positions::{
    PositionFilter, PositionRow, PositionSort, PositionsOf, PositionsQuery, Wanted,
};
use crate::data::scope::with_wallet;
use crate::data::words::PositionStatus;
use crate::fields::Fields;
use crate::rows::Row;
use crate::{Host, Request, UpstreamError, UpstreamErrorKind};

/// Rows per page of positions that are held, the most there are.
const HELD_LIMIT: u16 = 500;
/// The same of closed ones.
const CLOSED_LIMIT: u16 = 50;
/// The largest offset among those that are held.
const MAX_HELD_OFFSET: u64 = 10_000;
/// The same among closed ones.
const MAX_CLOSED_OFFSET: u64 = 100_000;

const NAMES: &[(&str, &str)] = &[
    ("proxyWallet", "proxy_wallet"),
    ("asset", "token_id"),
    ("conditionId", "condition_id"),
    ("size", "current_size"),
    ("avgPrice", "avg_price"),
    ("initialValue", "entry_cost_usdc"),
    ("currentValue", "current_value"),
    ("cashPnl", "unrealized_pnl"),
    ("percentPnl", "percent_pnl"),
    ("totalBought", "total_size"),
    ("realizedPnl", "realized_pnl"),
    ("percentRealizedPnl", "percent_realized_pnl"),
    ("curPrice", "current_price"),
    ("timestamp", "last_event_at"),
    ("eventId", "event_id"),
    ("eventSlug", "event_slug"),
    ("outcomeIndex", "outcome_index"),
    ("oppositeOutcome", "opposite_outcome"),
    ("oppositeAsset", "opposite_token_id"),
    ("endDate", "end_date"),
    ("negativeRisk", "negative_risk"),
];

pub(super) const HELD: Reading<PositionRow> =
    Reading { names: NAMES, decode: <PositionRow as Row>::decode };
pub(super) const CLOSED: Reading<PositionRow> = Reading { names: NAMES, decode: decode_closed };

/// The list says that the position is closed; the row does not say what is held.
fn decode_closed(fields: &mut Fields<'_>) -> Result<PositionRow, &'static str> {
    let row = PositionRow::decode_any(fields)?;
    Ok(PositionRow { status: Some(PositionStatus::Closed), ..row })
}

/// Whether version 1 can answer the query: it lists by wallet, and knows no time.
pub(in crate::data) fn can_answer(query: &PositionsQuery) -> bool {
    let is_of_wallet = matches!(query.of, PositionsOf::Wallet { .. });
    is_of_wallet && query.since.is_none() && query.until.is_none()
}

pub(in crate::data) fn request(
    query: &PositionsQuery,
    place: &FirstPlace,
) -> Result<Request, UpstreamError> {
    let is_closed = query.filter == PositionFilter::Closed;
    let request = if is_closed {
        Request::new(Host::Data, "/closed-positions", ["closed-positions"])
            .with("limit", &CLOSED_LIMIT)
    } else {
        Request::new(Host::Data, "/positions", ["positions"])
            .with("limit", &HELD_LIMIT)
            .with("sizeThreshold", &0)
    };
    let PositionsOf::Wallet { wallet, within } = &query.of else {
        return Err(refused(&request));
    };
    if !can_answer(query) {
        return Err(refused(&request));
    }
    let mut request = within.narrow(with_wallet(request, "user", wallet)?, "market", "eventId")?;
    request = match query.filter {
        PositionFilter::Redeemable | PositionFilter::RedeemableLost => {
            request.with("redeemable", &true)
        }
        PositionFilter::Mergeable => request.with("mergeable", &true),
        PositionFilter::Open | PositionFilter::Closed => request,
    };
    let direction = if query.ascending { "ASC" } else { "DESC" };
    Ok(request
        .with("sortBy", &sort(query.sort, is_closed))
        .with("sortDirection", &direction)
        .with("offset", &place.offset))
}

fn refused(request: &Request) -> UpstreamError {
    let detail = "version 1 lists positions by wallet only, and knows no time".to_owned();
    request.error(UpstreamErrorKind::InvalidRequest(detail))
}

/// The order that is nearest to the one asked for; version 1 has not all of them.
fn sort(sort: PositionSort, is_closed: bool) -> &'static str {
    match (sort, is_closed) {
        (PositionSort::Price, _) => "PRICE",
        (PositionSort::Timestamp, true) => "TIMESTAMP",
        (_, true) => "REALIZEDPNL",
        (PositionSort::CurrentValue, false) => "CURRENT",
        (PositionSort::UnrealizedPnl | PositionSort::TotalPnl, false) => "CASHPNL",
        (PositionSort::Tokens | PositionSort::RealizedPnl | PositionSort::Timestamp, false) => {
            "TOKENS"
        }
    }
}

pub(in crate::data) async fn page(
    client: &DataClient,
    query: &PositionsQuery,
    place: FirstPlace,
    wanted: Wanted,
) -> Result<DataPage<PositionRow>, UpstreamError> {
    let request = request(query, &place)?;
    let (reading, cap) = match query.filter {
        PositionFilter::Closed => (CLOSED, MAX_CLOSED_OFFSET),
        _ => (HELD, MAX_HELD_OFFSET),
    };
    let takes = move |row: &PositionRow| wanted.takes(row);
    let next = |page: &FirstPage<PositionRow>| place.after(page.rows.raw_rows, cap);
    let mut page = super::page(client, &request, reading, takes, next).await?;
    if query.filter == PositionFilter::RedeemableLost {
        // Version 1 cannot be asked for them alone.
        page.rows.rows.retain(|row| row.current_price == Some(Price::ZERO));
    }
    Ok(page)
}
