//! `/trades`. It knows no time: what lies outside the stretch that was asked for is left out here.

use chrono::{DateTime, Utc};

use super::{FEED_NAMES, FirstPage, FirstPlace, Reading};
use crate::data::DataClient;
use crate::data::envelope::DataPage;
use crate::data::scope::{named_conditions, named_events, with_wallet};
use crate::data::trades::{TradeRow, TradeScope, TradesQuery, Wanted};
use crate::rows::Row;
use crate::{Host, Request, UpstreamError};

/// Rows per page. Documents say 500 and 10,000.
const LIMIT: u16 = 500;
/// The largest offset. Documents say 1,000 and 10,000; where it is the smaller one, rows repeat, which
/// ends the walk as a cap.
const MAX_OFFSET: u64 = 10_000;

pub(super) const READING: Reading<TradeRow> =
    Reading { names: FEED_NAMES, decode: <TradeRow as Row>::decode };

pub(in crate::data) fn request(
    query: &TradesQuery,
    place: &FirstPlace,
) -> Result<Request, UpstreamError> {
    let request = Request::new(Host::Data, "/trades", ["trades"]).with("limit", &LIMIT);
    let mut request = match &query.scope {
        TradeScope::Exchange => request,
        TradeScope::Markets(ids) => named_conditions(request, "market", ids)?,
        TradeScope::Events(ids) => named_events(request, "eventId", ids)?,
        TradeScope::Wallet { wallet, .. } => with_wallet(request, "user", wallet)?,
    };
    request = request.with("takerOnly", &query.taker_only);
    if let Some(side) = query.side {
        request = request.with("side", &side.slug().to_ascii_uppercase());
    }
    let (kind, amount) = query.floor();
    request = request.with("filterType", &kind).with("filterAmount", &amount);
    Ok(request.with("offset", &place.offset))
}

pub(in crate::data) async fn page(
    client: &DataClient,
    query: &TradesQuery,
    place: FirstPlace,
    wanted: Wanted,
) -> Result<DataPage<TradeRow>, UpstreamError> {
    let (since, until) = match &query.scope {
        TradeScope::Wallet { since, until, .. } => (*since, *until),
        _ => (None, None),
    };
    let mut is_over = false;
    let next = |page: &FirstPage<TradeRow>| {
        is_over = goes_before(page, since);
        place.after(page.rows.raw_rows, MAX_OFFSET).filter(|_| !is_over)
    };
    let request = request(query, &place)?;
    let takes = move |row: &TradeRow| wanted.takes(row);
    let mut page = super::page(client, &request, READING, takes, next).await?;
    page.has_more &= !is_over;
    page.rows.rows.retain(|row| {
        since.is_none_or(|since| row.traded_at >= since)
            && until.is_none_or(|until| row.traded_at <= until)
    });
    Ok(page)
}

/// Whether a page has come to what happened before the stretch that was asked for.
fn goes_before(page: &FirstPage<TradeRow>, since: Option<DateTime<Utc>>) -> bool {
    let last = page.seconds.last().copied().flatten();
    since.zip(last).is_some_and(|(since, last)| last < since.timestamp())
}
