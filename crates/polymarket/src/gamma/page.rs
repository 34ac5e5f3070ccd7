//! A page of Gamma rows, decoded row by row.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use domain::{ConditionId, Event, EventId, Market, MarketId};
use metrics::counter;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Drift;
use super::event::decode_event;
use super::market::{Parent, decode_market};
use crate::fields::{FieldIssue, Fields};
use crate::quarantine::{IssueCount, RejectReason, RejectedRow, RowKind, note_issues};

/// A decoded page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// Whole events. Empty for a page of markets.
    pub events: Vec<Event>,
    /// Markets, on a page of events those nested in them.
    pub markets: Vec<Market>,
    /// The abridged events embedded in a page of markets, each once. They carry no tags, so they must
    /// not replace whole events.
    pub slim_events: Vec<Event>,
    /// Rows that were not used.
    pub rejected: Vec<RejectedRow>,
    /// Fields that could not be used and are unknown in their rows.
    pub issues: BTreeMap<(RowKind, FieldIssue), IssueCount>,
    /// Signs that upstream has changed what it sends.
    pub drift: Drift,
    /// Cursor of the next page; `None` on the last.
    pub next_cursor: Option<String>,
    /// Top-level rows received, usable or not.
    pub raw_rows: usize,
    /// Id of the first top-level row, where readable.
    pub first_id: Option<String>,
    /// Readable ids of the top-level rows, in order.
    pub row_ids: Vec<String>,
}

/// What was asked for, so that rows of a server that ignores the filter are told apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Wanted {
    pub(crate) market_ids: HashSet<MarketId>,
    pub(crate) condition_ids: HashSet<ConditionId>,
    pub(crate) event_id: Option<EventId>,
    pub(crate) event_slug: Option<String>,
}

impl Wanted {
    fn takes_market(&self, market: &Market) -> bool {
        let by_id = self.market_ids.is_empty() || self.market_ids.contains(&market.market_id);
        let by_condition = self.condition_ids.is_empty()
            || market.condition_id.as_ref().is_some_and(|id| self.condition_ids.contains(id));
        by_id && by_condition
    }

    fn takes_event(&self, event: &Event) -> bool {
        self.event_id.as_ref().is_none_or(|id| *id == event.event_id)
            && self.event_slug.as_ref().is_none_or(|slug| *slug == event.slug)
    }
}

#[derive(Deserialize)]
struct EventsBody<'a> {
    #[serde(borrow)]
    events: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    next_cursor: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct MarketsBody<'a> {
    #[serde(borrow)]
    markets: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    next_cursor: Option<&'a RawValue>,
}

impl Page {
    /// Decodes a body of `/events/keyset`. Fails only where the body has another shape as a whole.
    pub fn of_events(body: &[u8]) -> Result<Self, serde_json::Error> {
        let text = String::from_utf8_lossy(body);
        let body: EventsBody<'_> = serde_json::from_str(&text)?;
        let mut page = Self { next_cursor: cursor(body.next_cursor), ..Self::default() };
        page.add_events(&body.events, &Wanted::default());
        Ok(page)
    }

    /// Decodes a body of `/markets/keyset`.
    pub(crate) fn of_markets(body: &[u8], wanted: &Wanted) -> Result<Self, serde_json::Error> {
        let text = String::from_utf8_lossy(body);
        let body: MarketsBody<'_> = serde_json::from_str(&text)?;
        let mut page = Self { next_cursor: cursor(body.next_cursor), ..Self::default() };
        page.add_markets(&body.markets, wanted);
        Ok(page)
    }

    /// Decodes a bare array or a single object of events.
    pub fn of_event_rows(body: &[u8]) -> Result<Self, serde_json::Error> {
        Self::of_rows(body, |page, rows| page.add_events(rows, &Wanted::default()))
    }

    /// Decodes a bare array or a single object of markets.
    pub fn of_market_rows(body: &[u8]) -> Result<Self, serde_json::Error> {
        Self::of_rows(body, |page, rows| page.add_markets(rows, &Wanted::default()))
    }

    pub(crate) fn of_rows(
        body: &[u8],
        add: impl FnOnce(&mut Self, &[&RawValue]),
    ) -> Result<Self, serde_json::Error> {
        let text = String::from_utf8_lossy(body);
        let whole: &RawValue = serde_json::from_str(&text)?;
        let mut page = Self::default();
        if whole.get().starts_with('[') {
            add(&mut page, &serde_json::from_str::<Vec<&RawValue>>(whole.get())?);
        } else {
            add(&mut page, &[whole]);
        }
        Ok(page)
    }

    pub(crate) fn add_events(&mut self, rows: &[&RawValue], wanted: &Wanted) {
        for (index, row) in rows.iter().enumerate() {
            let path = format!("events[{index}]");
            self.raw_rows += 1;
            let event_id = self.add_event(row, &path, wanted);
            self.note_row_id(event_id);
        }
    }

    pub(crate) fn add_markets(&mut self, rows: &[&RawValue], wanted: &Wanted) {
        let mut slim_ids = BTreeSet::new();
        for (index, row) in rows.iter().enumerate() {
            let path = format!("markets[{index}]");
            self.raw_rows += 1;
            let market_id = self.add_market_with_slim_events(row, &path, wanted, &mut slim_ids);
            self.note_row_id(market_id);
        }
    }

    fn note_row_id(&mut self, id: Option<String>) {
        if self.raw_rows == 1 {
            self.first_id.clone_from(&id);
        }
        self.row_ids.extend(id);
    }

    /// Decodes one event with its markets. Markets of an event that cannot be used are still used.
    fn add_event(&mut self, row: &RawValue, path: &str, wanted: &Wanted) -> Option<String> {
        let Ok(mut fields) = Fields::parse(row) else {
            self.reject(RowKind::Event, None, RejectReason::NotAnObject, path.to_owned(), row);
            return None;
        };
        self.drift.look_at(RowKind::Event, &fields);
        let markets = fields.list("markets").unwrap_or_default();
        match decode_event(fields) {
            Ok((event, _)) if !wanted.takes_event(&event) => {
                let id = Some(event.event_id.to_string());
                let path = format!("{path}.id");
                self.reject(RowKind::Event, id.clone(), RejectReason::NotRequested, path, row);
                id
            }
            Ok((event, issues)) => {
                let id = event.event_id.to_string();
                self.note_issues(RowKind::Event, &id, issues);
                let parent =
                    Parent { event_id: Some(event.event_id.clone()), category: event.category };
                self.events.push(event);
                self.add_nested_markets(&markets, path, &parent);
                Some(id)
            }
            Err(bad) => {
                let at = format!("{path}.{}", bad.field);
                self.reject(RowKind::Event, bad.id.clone(), bad.reason, at, row);
                let event_id = bad.id.as_deref().and_then(|id| EventId::parse(id).ok());
                self.add_nested_markets(&markets, path, &Parent { event_id, category: None });
                bad.id
            }
        }
    }

    fn add_nested_markets(&mut self, rows: &[Box<RawValue>], path: &str, parent: &Parent) {
        for (index, row) in rows.iter().enumerate() {
            let path = format!("{path}.markets[{index}]");
            match Fields::parse(row) {
                Ok(fields) => {
                    self.add_market(row, fields, &path, parent, &Wanted::default());
                }
                Err(_) => {
                    self.reject(RowKind::Market, None, RejectReason::NotAnObject, path, row);
                }
            }
        }
    }

    fn add_market_with_slim_events(
        &mut self,
        row: &RawValue,
        path: &str,
        wanted: &Wanted,
        slim_ids: &mut BTreeSet<EventId>,
    ) -> Option<String> {
        let Ok(mut fields) = Fields::parse(row) else {
            self.reject(RowKind::Market, None, RejectReason::NotAnObject, path.to_owned(), row);
            return None;
        };
        let slim = fields.list("events").unwrap_or_default();
        let mut parent = Parent::default();
        let mut found = Vec::new();
        for row in &slim {
            let Ok(fields) = Fields::parse(row) else { continue };
            self.drift.look_at(RowKind::Event, &fields);
            // An abridged event that cannot be used costs the market its parent, nothing else.
            let Ok((event, issues)) = decode_event(fields) else { continue };
            if parent.event_id.is_none() {
                parent =
                    Parent { event_id: Some(event.event_id.clone()), category: event.category };
            }
            found.push((event, issues));
        }
        let rejected_before = self.rejected.len();
        let id = self.add_market(row, fields, path, &parent, wanted);
        if self.rejected.len() == rejected_before {
            for (event, issues) in found {
                if slim_ids.insert(event.event_id.clone()) {
                    self.note_issues(RowKind::Event, event.event_id.as_str(), issues);
                    self.slim_events.push(event);
                }
            }
        }
        id
    }

    fn add_market(
        &mut self,
        row: &RawValue,
        fields: Fields<'_>,
        path: &str,
        parent: &Parent,
        wanted: &Wanted,
    ) -> Option<String> {
        self.drift.look_at(RowKind::Market, &fields);
        match decode_market(fields, parent, &mut self.drift) {
            Ok((market, issues)) => {
                let id = market.market_id.to_string();
                if wanted.takes_market(&market) {
                    self.note_issues(RowKind::Market, &id, issues);
                    self.markets.push(market);
                } else {
                    let (id, path) = (Some(id.clone()), format!("{path}.id"));
                    self.reject(RowKind::Market, id, RejectReason::NotRequested, path, row);
                }
                Some(id)
            }
            Err(bad) => {
                let path = format!("{path}.{}", bad.field);
                self.reject(RowKind::Market, bad.id.clone(), bad.reason, path, row);
                bad.id
            }
        }
    }

    fn note_issues(&mut self, kind: RowKind, id: &str, issues: Vec<FieldIssue>) {
        note_issues(&mut self.issues, kind, id, issues);
    }

    fn reject(
        &mut self,
        kind: RowKind,
        id: Option<String>,
        reason: RejectReason,
        path: String,
        row: &RawValue,
    ) {
        self.rejected.push(RejectedRow::new(kind, id, reason, path, row));
    }

    /// Counts what happened to the rows.
    pub(crate) fn record_metrics(&self) {
        let used = [
            (RowKind::Event, self.events.len() + self.slim_events.len()),
            (RowKind::Market, self.markets.len()),
        ];
        for (kind, rows) in used {
            let kind_name = kind.name();
            let rejected = self.rejected.iter().filter(|row| row.kind == kind).count();
            let issues: u64 =
                self.issues.iter().filter(|(key, _)| key.0 == kind).map(|(_, i)| i.count).sum();
            let rows_total = "cascadian_upstream_rows_total";
            counter!(rows_total, "kind" => kind_name, "outcome" => "used").increment(rows as u64);
            counter!(rows_total, "kind" => kind_name, "outcome" => "quarantined")
                .increment(rejected as u64);
            counter!("cascadian_upstream_field_issues_total", "kind" => kind_name)
                .increment(issues);
        }
        let drift = [
            ("unknown_key", self.drift.unknown_keys.values().sum::<u64>()),
            ("changed_type", self.drift.changed_types.values().sum()),
            ("unknown_word", self.drift.unknown_words.values().sum()),
        ];
        for (change, count) in drift {
            counter!("cascadian_upstream_drift_total", "change" => change).increment(count);
        }
    }
}

/// A cursor is text; an empty one is none.
fn cursor(raw: Option<&RawValue>) -> Option<String> {
    let text = crate::lenient::text(raw?.get()).ok()??;
    Some(text.into_owned())
}
