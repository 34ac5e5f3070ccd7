//! The shape of every answer: `{data, pagination}`.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::fields::Fields;
use crate::history::PricePoint;
use crate::rows::{Row, Rows};
use crate::{Answer, Delivery};

/// A page of a listing.
#[derive(Debug, Clone, PartialEq)]
pub struct DataPage<T> {
    /// Its rows.
    pub rows: Rows<T>,
    /// Cursor of the next page; `None` at the end.
    pub next_cursor: Option<String>,
    /// Whether there are rows that this page does not show. With no cursor they cannot be had.
    pub has_more: bool,
    /// How the page was delivered.
    pub delivery: Delivery,
    /// What tells the first row from all others.
    pub(super) first_key: Option<String>,
}

impl<T> DataPage<T> {
    pub(super) fn new(answer: Answer<PageRead<T>>) -> Self {
        let Answer { value: page, delivery } = answer;
        let PageRead { rows, next_cursor, has_more, first_key } = page;
        Self { rows, next_cursor, has_more, delivery, first_key }
    }
}

/// What the body of a page says.
#[derive(Debug)]
pub(super) struct PageRead<T> {
    pub(super) rows: Rows<T>,
    pub(super) next_cursor: Option<String>,
    pub(super) has_more: bool,
    pub(super) first_key: Option<String>,
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
        let has_more = rows.raw_rows > 0 && has_more.unwrap_or(next_cursor.is_some());
        PageRead { rows, next_cursor: next_cursor.filter(|_| has_more), has_more, first_key }
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
        let is_first = |bad: &crate::RejectedRow| bad.path.starts_with("data[0]");
        let first_key = match raws.first() {
            Some(first) if rows.rejected.first().is_some_and(is_first) => {
                Some(first.get().to_owned())
            }
            _ => rows.rows.first().map(Row::key),
        };
        Ok(envelope.page(rows, first_key))
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
