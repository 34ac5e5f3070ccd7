//! Which part of a result is wanted, and that part.

use std::{borrow::Cow, fmt, marker::PhantomData, sync::Arc, time::Duration};

use serde::de::DeserializeOwned;

use super::beside::Beside;
use crate::view::Facets;

/// Which part of a result is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The most rows to return.
    pub limit: usize,
    /// Rows to skip, counted from the cursor where there is one.
    pub offset: usize,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl Page {
    /// The first `limit` rows.
    pub fn first(limit: usize) -> Self {
        Self { limit, offset: 0, cursor: None }
    }
}

/// Room left for what is added to a row: all of it, as it mostly is.
const BESIDE_BYTES: usize = 512;

/// One row as JSON, shared with the snapshot it came from.
pub struct Row<T> {
    json: Arc<[u8]>,
    /// What completes the row of a market, and the market's slot. It is written when the row is, because
    /// it changes more often than the row and is of few bytes.
    beside: Option<(Arc<Beside>, usize)>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Row<T> {
    pub(super) fn new(json: Arc<[u8]>) -> Self {
        Self { json, beside: None, kind: PhantomData }
    }

    pub(super) fn of_market(json: Arc<[u8]>, beside: Arc<Beside>, slot: usize) -> Self {
        Self { json, beside: Some((beside, slot)), kind: PhantomData }
    }

    /// The JSON object.
    pub fn json(&self) -> Cow<'_, [u8]> {
        if self.beside.is_none() {
            return Cow::Borrowed(&self.json);
        }
        let mut json = Vec::with_capacity(self.json.len() + BESIDE_BYTES);
        self.write_json(&mut json);
        Cow::Owned(json)
    }

    /// Appends the JSON object to `out`.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        match (&self.beside, self.json.split_last()) {
            (Some((beside, slot)), Some((b'}', fields))) => {
                out.extend_from_slice(fields);
                beside.write_fields(*slot, out);
                out.push(b'}');
            }
            _ => out.extend_from_slice(&self.json),
        }
    }

    /// The row as a value. It fails only on text that was not written from a `T`.
    pub fn read(&self) -> serde_json::Result<T>
    where
        T: DeserializeOwned,
    {
        serde_json::from_slice(&self.json())
    }
}

impl<T> Clone for Row<T> {
    fn clone(&self) -> Self {
        Self { json: Arc::clone(&self.json), beside: self.beside.clone(), kind: PhantomData }
    }
}

impl<T> PartialEq for Row<T> {
    fn eq(&self, other: &Self) -> bool {
        self.json() == other.json()
    }
}

impl<T> fmt::Debug for Row<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.json()))
    }
}

/// A part of a screen's result.
#[derive(Debug, Clone, PartialEq)]
pub struct ScreenPage<T> {
    /// The rows, in order.
    pub rows: Vec<Row<T>>,
    /// Rows of the whole result.
    pub total: usize,
    /// Where the next page begins; `None` on the last.
    pub next_cursor: Option<String>,
    /// Where they were asked for.
    pub facets: Option<Facets>,
    /// What it took to compute.
    pub duration: Duration,
}

impl<T> ScreenPage<T> {
    /// Appends the rows to `out` as a JSON array.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        let bytes = |row: &Row<T>| row.json.len() + row.beside.as_ref().map_or(1, |_| BESIDE_BYTES);
        out.reserve(self.rows.iter().map(bytes).sum::<usize>() + 2);
        out.push(b'[');
        for (index, row) in self.rows.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            row.write_json(out);
        }
        out.push(b']');
    }

    /// The rows as values, for pages.
    pub fn read(&self) -> serde_json::Result<Vec<T>>
    where
        T: DeserializeOwned,
    {
        self.rows.iter().map(Row::read).collect()
    }
}
