//! Which part of a result is wanted, and that part.

use std::{fmt, marker::PhantomData, sync::Arc, time::Duration};

use serde::de::DeserializeOwned;

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

/// One row as JSON, shared with the snapshot it came from.
pub struct Row<T> {
    json: Arc<[u8]>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Row<T> {
    pub(super) fn new(json: Arc<[u8]>) -> Self {
        Self { json, kind: PhantomData }
    }

    /// The JSON object.
    pub fn json(&self) -> &[u8] {
        &self.json
    }

    /// The row as a value. It fails only on text that was not written from a `T`.
    pub fn read(&self) -> serde_json::Result<T>
    where
        T: DeserializeOwned,
    {
        serde_json::from_slice(&self.json)
    }
}

impl<T> Clone for Row<T> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.json))
    }
}

impl<T> PartialEq for Row<T> {
    fn eq(&self, other: &Self) -> bool {
        self.json == other.json
    }
}

impl<T> fmt::Debug for Row<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.json))
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
        out.reserve(self.rows.iter().map(|row| row.json.len() + 1).sum::<usize>() + 2);
        out.push(b'[');
        for (index, row) in self.rows.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(&row.json);
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
