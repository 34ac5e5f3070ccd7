//! The shape of every answer: `{data, pagination}`.

use serde::Deserialize;
use serde::de::Error as _;
use serde_json::value::RawValue;

use crate::fields::Fields;
use crate::history::PricePoint;
use crate::rows::{Row, Rows};
use crate::{Answer, Delivery, RejectedRow};

/// Which version of the Data API answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DataVersion {
    /// The second, below `/v2`.
    V2,
    /// The first: frozen, with caps on how far its lists go. What it does not say is `None` in its rows.
    V1,
}

impl DataVersion {
    /// The stable name used in the database and in logs.
    pub fn slug(self) -> &'static str {
        match self {
            Self::V2 => "v2",
            Self::V1 => "v1",
        }
    }
}

/// An answer, and which version it is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served<T> {
    /// Who answered.
    pub version: DataVersion,
    /// What, and how it came.
    pub answer: Answer<T>,
}

/// A page of a listing.
#[derive(Debug, Clone, PartialEq)]
pub struct DataPage<T> {
    /// Its rows.
    pub rows: Rows<T>,
    /// Cursor of the next page; `None` at the end.
    pub next_cursor: Option<String>,
    /// Whether there are rows that this page does not show; version 1 does not say, so there it is
    /// whether this page had any. With no cursor they cannot be had.
    pub has_more: bool,
    /// Who answered.
    pub version: DataVersion,
    /// How the page was delivered.
    pub delivery: Delivery,
    /// What tells the first row from all others.
    pub(super) first_key: Option<String>,
    /// Whether upstream said that there is more, even on a page without rows.
    pub(super) promises_more: bool,
}

impl<T> DataPage<T> {
    pub(super) fn new(answer: Answer<PageRead<T>>, version: DataVersion) -> Self {
        let Answer { value: page, delivery } = answer;
        let PageRead { rows, next_cursor, has_more, first_key, promises_more } = page;
        Self { rows, next_cursor, has_more, version, delivery, first_key, promises_more }
    }
}

/// What the body of a page says.
#[derive(Debug)]
pub(super) struct PageRead<T> {
    pub(super) rows: Rows<T>,
    pub(super) next_cursor: Option<String>,
    pub(super) has_more: bool,
    pub(super) first_key: Option<String>,
    pub(super) promises_more: bool,
}

/// An answer, looked at but not into.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope<'a> {
    #[serde(borrow)]
    pub(super) data: &'a RawValue,
    #[serde(borrow, default)]
    pagination: Option<&'a RawValue>,
}

impl<'a> Envelope<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The rows of a list. `null` has none: so upstream answers about those it does not know.
    pub(super) fn rows(&self) -> Result<Vec<&'a RawValue>, serde_json::Error> {
        let rows: Option<Vec<&RawValue>> = serde_json::from_str(self.data.get())?;
        Ok(rows.unwrap_or_default())
    }

    /// The page of `rows`, which `first_key` tells from others.
    pub(super) fn page<T>(&self, rows: Rows<T>, first_key: Option<String>) -> PageRead<T> {
        let (mut has_more, mut next_cursor) = (None, None);
        if let Some(Ok(mut fields)) = self.pagination.map(Fields::parse) {
            has_more = fields.flag("has_more");
            next_cursor = fields.text("next_cursor");
        }
        // Upstream's word for the end is `has_more`; a page without rows is the end whatever it says.
        let promises_more = has_more.unwrap_or(next_cursor.is_some());
        let has_more = rows.raw_rows > 0 && promises_more;
        let next_cursor = next_cursor.filter(|_| has_more);
        PageRead { rows, next_cursor, has_more, first_key, promises_more }
    }
}

impl<T: Row> PageRead<T> {
    pub(super) fn of_rows(
        body: &[u8],
        wanted: impl Fn(&T) -> bool,
    ) -> Result<Self, serde_json::Error> {
        let text = String::from_utf8_lossy(body);
        let envelope = Envelope::parse(&text)?;
        let raws = envelope.rows()?;
        let rows = T::decode_all(&raws, "data", wanted);
        let first_key = first_key(&raws, &rows, "data");
        Ok(envelope.page(rows, first_key))
    }
}

/// What tells the first of `raws` from all others: its key, or its text where it cannot be used. `root` is
/// their place in the answer.
pub(super) fn first_key<T: Row>(raws: &[&RawValue], rows: &Rows<T>, root: &str) -> Option<String> {
    let first = raws.first()?;
    let is_first = |bad: &RejectedRow| bad.path.starts_with(&format!("{root}[0]"));
    match rows.rejected.first() {
        Some(bad) if is_first(bad) => Some(first.get().to_owned()),
        _ => rows.rows.first().map(Row::key),
    }
}

/// The one row of an answer whose `data` is an object; none for `null`, which is upstream's answer about
/// those it does not know. Fails where the row cannot be used.
pub(super) fn read_single<T: Row>(
    body: &[u8],
    wanted: impl Fn(&T) -> bool,
) -> Result<Rows<T>, serde_json::Error> {
    let text = String::from_utf8_lossy(body);
    let row = Envelope::parse(&text)?.data;
    let mut rows = Rows::default();
    if row.get() == "null" {
        return Ok(rows);
    }
    rows.raw_rows = 1;
    T::decode_into(&mut rows, row, "data", T::decode, &wanted);
    match rows.rejected.first() {
        None => Ok(rows),
        Some(bad) => Err(serde_json::Error::custom(format!("{}: {}", bad.path, bad.reason))),
    }
}

impl PageRead<PricePoint> {
    pub(super) fn of_points(body: &[u8]) -> Result<Self, serde_json::Error> {
        let text = String::from_utf8_lossy(body);
        let envelope = Envelope::parse(&text)?;
        let raws = envelope.rows()?;
        let first_key = raws.first().map(|first| first.get().to_owned());
        Ok(envelope.page(Rows::of_points(&raws, "data"), first_key))
    }
}
