//! Lists of rows that are decoded one by one.

use std::collections::BTreeMap;

use metrics::counter;
use serde::de::Error as _;
use serde_json::value::RawValue;

use crate::fields::{FieldIssue, Fields};
use crate::quarantine::{IssueCount, RejectReason, RejectedRow, RowKind, note_issues};

/// The rows of an answer: those that can be used, and what became of the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows<T> {
    /// Rows that can be used.
    pub rows: Vec<T>,
    /// Rows that were not used.
    pub rejected: Vec<RejectedRow>,
    /// Fields that could not be used and are unknown in their rows.
    pub issues: BTreeMap<(RowKind, FieldIssue), IssueCount>,
    /// Keys never seen before, with the number of rows that have them: signs that upstream has changed
    /// what it sends. At most 200 are kept.
    pub unknown_keys: BTreeMap<String, u64>,
    /// Rows received, usable or not.
    pub raw_rows: usize,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            rejected: Vec::new(),
            issues: BTreeMap::new(),
            unknown_keys: BTreeMap::new(),
            raw_rows: 0,
        }
    }
}

impl<T> Rows<T> {
    pub(crate) fn reject(
        &mut self,
        kind: RowKind,
        id: Option<String>,
        reason: RejectReason,
        path: String,
        row: &RawValue,
    ) {
        self.rejected.push(RejectedRow::new(kind, id, reason, path, row));
    }

    /// Adds the rows of another answer to the same question.
    pub(crate) fn append(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.rejected.extend(other.rejected);
        for (key, issue) in other.issues {
            self.issues.entry(key).and_modify(|known| known.count += issue.count).or_insert(issue);
        }
        for (key, count) in other.unknown_keys {
            self.note_key(key, count);
        }
        self.raw_rows += other.raw_rows;
    }

    fn note_key(&mut self, key: String, count: u64) {
        /// A flood of generated keys must not become a leak.
        const MAX_KEYS: usize = 200;
        if let Some(known) = self.unknown_keys.get_mut(&key) {
            *known += count;
        } else if self.unknown_keys.len() < MAX_KEYS {
            self.unknown_keys.insert(key, count);
        }
    }

    /// Counts what happened to the rows, and says so in the log where something did.
    pub(crate) fn report(&self, kind: RowKind, route: &'static str) {
        let kind_name = kind.name();
        let rows_total = "cascadian_upstream_rows_total";
        counter!(rows_total, "kind" => kind_name, "outcome" => "used")
            .increment(self.rows.len() as u64);
        counter!(rows_total, "kind" => kind_name, "outcome" => "quarantined")
            .increment(self.rejected.len() as u64);
        counter!("cascadian_upstream_field_issues_total", "kind" => kind_name)
            .increment(self.issues.values().map(|issue| issue.count).sum());
        counter!("cascadian_upstream_drift_total", "change" => "unknown_key")
            .increment(self.unknown_keys.values().sum());
        if !self.rejected.is_empty() || !self.unknown_keys.is_empty() {
            tracing::debug!(
                upstream.route = route,
                rows = self.raw_rows,
                quarantined = self.rejected.len(),
                unknown_keys = ?self.unknown_keys,
                "The answer has rows that cannot be used, or keys that are new"
            );
        }
    }
}

/// A row that is one JSON object.
pub(crate) trait Row: Sized {
    const KIND: RowKind;

    /// Reads the row. Fails with the name of the field without which it says nothing.
    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str>;

    /// What tells it from other rows, for people and for noticing a page that comes twice.
    fn key(&self) -> String;

    /// Decodes rows; `root` is their place in the answer, `wanted` tells those that were asked for.
    fn decode_all(rows: &[&RawValue], root: &str, wanted: impl Fn(&Self) -> bool) -> Rows<Self> {
        let mut decoded = Rows::default();
        for (index, row) in rows.iter().enumerate() {
            decoded.raw_rows += 1;
            let path = format!("{root}[{index}]");
            Self::decode_into(&mut decoded, row, &path, Self::decode, &wanted);
        }
        decoded
    }

    /// Decodes one row, by a `decode` that may know more than the row says.
    fn decode_into(
        decoded: &mut Rows<Self>,
        row: &RawValue,
        path: &str,
        decode: impl FnOnce(&mut Fields<'_>) -> Result<Self, &'static str>,
        wanted: &impl Fn(&Self) -> bool,
    ) {
        let Ok(mut fields) = Fields::parse(row) else {
            let reason = RejectReason::NotAnObject;
            decoded.reject(Self::KIND, None, reason, path.to_owned(), row);
            return;
        };
        match decode(&mut fields) {
            Ok(row_read) if !wanted(&row_read) => {
                let (id, reason) = (Some(row_read.key()), RejectReason::NotRequested);
                decoded.reject(Self::KIND, id, reason, path.to_owned(), row);
            }
            Ok(row_read) => {
                let news = fields.iter().filter(|(_, raw)| *raw != "null");
                news.for_each(|(key, _)| decoded.note_key(key_name(key), 1));
                let issues = fields.into_issues();
                if !issues.is_empty() {
                    note_issues(&mut decoded.issues, Self::KIND, &row_read.key(), issues);
                }
                decoded.rows.push(row_read);
            }
            Err(field) => {
                let (reason, at) = (RejectReason::Lacks(field), format!("{path}.{field}"));
                decoded.reject(Self::KIND, None, reason, at, row);
            }
        }
    }

    /// Decodes an answer that is one row as a whole. Fails where the row cannot be used.
    fn decode_single(
        body: &[u8],
        wanted: impl Fn(&Self) -> bool,
    ) -> Result<Rows<Self>, serde_json::Error> {
        let text = String::from_utf8_lossy(body);
        let row: &RawValue = serde_json::from_str(&text)?;
        let decoded = Self::decode_all(&[row], Self::KIND.name(), wanted);
        match decoded.rejected.first() {
            None => Ok(decoded),
            Some(bad) => Err(serde_json::Error::custom(format!("{}: {}", bad.path, bad.reason))),
        }
    }
}

fn key_name(key: &str) -> String {
    const MAX_CHARS: usize = 80;
    key.chars().filter(|c| !c.is_control()).take(MAX_CHARS).collect()
}
