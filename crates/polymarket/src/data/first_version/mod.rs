//! Version 1 of the Data API: frozen, still answering, asked only where version 2 has no such route.
//!
//! Its lists are bare arrays in camel case, paged by `limit` and `offset`, both with a cap. Rows are read
//! by the decoders of version 2 after their members have been given its names, so in quarantine a field at
//! fault has its name there. The last page is one without rows: a short one may have been cut by a lower
//! cap on `limit` than documented.

pub(super) mod activity;
mod place;
pub(super) mod positions;
pub(super) mod trades;

use serde::de::Error as _;
use serde_json::value::RawValue;

pub(super) use place::FirstPlace;

use super::DataClient;
use super::envelope::{DataPage, DataVersion, PageRead, first_key};
use super::scope::{Within, with_wallet};
use super::wallet::PortfolioValue;
use crate::fields::Fields;
use crate::rows::{Row, Rows};
use crate::{Answer, Host, Request, UpstreamError};
use domain::{Address, ConditionId};

/// The names of version 2 for members of trades and activity.
const FEED_NAMES: &[(&str, &str)] = &[
    ("proxyWallet", "proxy_wallet"),
    ("asset", "token_id"),
    ("conditionId", "condition_id"),
    ("usdcSize", "usdc_size"),
    ("transactionHash", "transaction_hash"),
    ("outcomeIndex", "outcome_index"),
    ("eventSlug", "event_slug"),
    ("profileImage", "profile_image"),
    ("profileImageOptimized", "profile_image_optimized"),
    ("isCombo", "is_combo"),
];

/// How the rows of a list are read.
#[derive(Debug)]
struct Reading<T> {
    names: &'static [(&'static str, &'static str)],
    decode: fn(&mut Fields<'_>) -> Result<T, &'static str>,
}

/// A page as it came, with the seconds that its rows tell.
#[derive(Debug)]
struct FirstPage<T> {
    rows: Rows<T>,
    first_key: Option<String>,
    /// Of every row, used or not; `None` where it has none.
    seconds: Vec<Option<i64>>,
}

fn read<T: Row>(
    body: &[u8],
    reading: &Reading<T>,
    wanted: impl Fn(&T) -> bool,
) -> Result<FirstPage<T>, serde_json::Error> {
    let text = String::from_utf8_lossy(body);
    let raws: Vec<&RawValue> = serde_json::from_str(&text)?;
    let (mut rows, mut seconds) = (Rows::default(), Vec::with_capacity(raws.len()));
    for (index, raw) in raws.iter().enumerate() {
        rows.raw_rows += 1;
        let decode = |fields: &mut Fields<'_>| {
            fields.rename(reading.names);
            (reading.decode)(fields)
        };
        T::decode_into(&mut rows, raw, &format!("[{index}]"), decode, &wanted);
        seconds.push(second_of(raw));
    }
    let first_key = first_key(&raws, &rows, "");
    Ok(FirstPage { rows, first_key, seconds })
}

fn second_of(raw: &RawValue) -> Option<i64> {
    Fields::parse(raw).ok()?.instant("timestamp").map(|at| at.timestamp())
}

/// Fetches a page; `next` tells the place after it, or that the list goes on where nobody may follow.
async fn page<T, W>(
    client: &DataClient,
    request: &Request,
    reading: Reading<T>,
    wanted: W,
    next: impl FnOnce(&FirstPage<T>) -> Option<FirstPlace>,
) -> Result<DataPage<T>, UpstreamError>
where
    T: Row + Send + 'static,
    W: Fn(&T) -> bool + Clone + Send + 'static,
{
    let Reading { names, decode } = reading;
    let read = move |body: &[u8]| read(body, &Reading { names, decode }, &wanted);
    let fetched = client.upstream.answer(request, read).await?;
    let Answer { value: page, delivery } = fetched;
    page.rows.report(T::KIND, request.route());
    let has_more = page.rows.raw_rows > 0;
    let next_cursor = next(&page).filter(|_| has_more).map(FirstPlace::cursor);
    let FirstPage { rows, first_key, .. } = page;
    let page = PageRead { rows, next_cursor, has_more, first_key, promises_more: false };
    Ok(DataPage::new(Answer { value: page, delivery }, DataVersion::V1))
}

/// What the shares of a wallet are worth, in some markets or in all.
pub(super) async fn value(
    client: &DataClient,
    wallet: &Address,
    condition_ids: &[ConditionId],
) -> Result<Answer<Option<PortfolioValue>>, UpstreamError> {
    let request = with_wallet(Request::new(Host::Data, "/value", ["value"]), "user", wallet)?;
    let within = match condition_ids {
        [] => Within::Everything,
        ids => Within::Markets(ids.to_vec()),
    };
    let request = within.narrow(request, "market", "eventId")?;
    let wanted = wallet.clone();
    let read = move |body: &[u8]| read_value(body, &wanted);
    let answer = client.upstream.answer(&request, read).await?;
    answer.value.report(PortfolioValue::KIND, request.route());
    let Answer { value: mut rows, delivery } = answer;
    Ok(Answer { value: rows.rows.pop(), delivery })
}

fn read_value(body: &[u8], wallet: &Address) -> Result<Rows<PortfolioValue>, serde_json::Error> {
    let reading = Reading { names: &[("user", "proxy_wallet")], decode: PortfolioValue::decode };
    let rows = read(body, &reading, |row| row.wallet == *wallet)?.rows;
    match rows.rejected.first() {
        None => Ok(rows),
        Some(bad) => Err(serde_json::Error::custom(format!("{}: {}", bad.path, bad.reason))),
    }
}

/// Every decoder of this version reads the body.
#[cfg(test)]
pub(super) fn read_for_tests(body: &[u8]) {
    fn all<T: Row>(body: &[u8], reading: &Reading<T>) {
        if let Ok(page) = read(body, reading, |_| true) {
            let accounted = page.rows.rows.len() + page.rows.rejected.len();
            assert_eq!((page.rows.raw_rows, page.seconds.len()), (accounted, accounted));
        }
    }
    all(body, &trades::READING);
    all(body, &activity::READING);
    all(body, &positions::HELD);
    all(body, &positions::CLOSED);
}
