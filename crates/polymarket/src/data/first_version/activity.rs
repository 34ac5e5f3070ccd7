//! `/activity`. Its offset has a cap, but every stretch of time has an offset of its own.

use super::{FEED_NAMES, FirstPage, FirstPlace, Reading};
use crate::data::DataClient;
use crate::data::activity::{ActivityQuery, ActivityRow, Wanted};
use crate::data::envelope::DataPage;
use crate::data::scope::{with_history, with_wallet};
use crate::data::walk::TimeOrder;
use crate::rows::Row;
use crate::{Host, Request, UpstreamError};

/// Rows per page, the most there are.
const LIMIT: u16 = 500;
/// The largest offset. Documents say 5,000 and 10,000; past it requests are refused.
const MAX_OFFSET: u64 = 5_000;

pub(super) const READING: Reading<ActivityRow> =
    Reading { names: FEED_NAMES, decode: <ActivityRow as Row>::decode };

pub(in crate::data) fn request(
    query: &ActivityQuery,
    place: &FirstPlace,
) -> Result<Request, UpstreamError> {
    let request = Request::new(Host::Data, "/activity", ["activity"]).with("limit", &LIMIT);
    let request = with_wallet(request, "user", &query.wallet)?;
    let mut request = query.within.narrow(request, "market", "eventId")?;
    if let Some(types) = query.type_names(&request)? {
        request = request.with("type", &types);
    }
    if let Some(side) = query.side {
        request = request.with("side", &side.slug().to_ascii_uppercase());
    }
    let window = place.window_s.and_then(|second| chrono::DateTime::from_timestamp(second, 0));
    let (since, until) = match query.order {
        TimeOrder::OldestFirst => (window.or(query.since), query.until),
        TimeOrder::NewestFirst => (query.since, window.or(query.until)),
    };
    Ok(with_history(request, since, until)
        .with("sortBy", &"TIMESTAMP")
        .with("sortDirection", &query.direction())
        .with("excludeDepositsWithdrawals", &false)
        .with("offset", &place.offset))
}

pub(in crate::data) async fn page(
    client: &DataClient,
    query: &ActivityQuery,
    place: FirstPlace,
    wanted: Wanted,
) -> Result<DataPage<ActivityRow>, UpstreamError> {
    let request = request(query, &place)?;
    let takes = move |row: &ActivityRow| wanted.takes(row);
    let next = |page: &FirstPage<ActivityRow>| place.after_in_time(&page.seconds, MAX_OFFSET);
    super::page(client, &request, READING, takes, next).await
}
