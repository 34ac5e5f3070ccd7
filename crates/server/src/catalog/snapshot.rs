//! Skeleton while the real one is being written.
use chrono::{DateTime, Utc};
use domain::{EventScreen, Screen};
use std::time::Duration;

use super::{BadCursor, Page, Row, ScreenPage, StoredEvent, StoredMarket, Subject};
use crate::view::{EventRow, MarketRow, RelatedMarket, SearchResults};

#[derive(Debug)]
pub struct Snapshot { generation: i64, as_of: DateTime<Utc> }
impl Snapshot {
    pub fn empty() -> Self { Self { generation: 0, as_of: DateTime::UNIX_EPOCH } }
    pub fn build(_m: Vec<StoredMarket>, _e: Vec<StoredEvent>, generation: i64, now: DateTime<Utc>) -> Self { Self { generation, as_of: now } }
    pub fn patch(&self, _m: Vec<StoredMarket>, _e: Vec<StoredEvent>, generation: i64, now: DateTime<Utc>) -> Self { Self { generation, as_of: now } }
    pub fn generation(&self) -> i64 { self.generation }
    pub fn as_of(&self) -> DateTime<Utc> { self.as_of }
    pub fn market_count(&self) -> usize { 0 }
    pub fn event_count(&self) -> usize { 0 }
    pub fn is_empty(&self) -> bool { true }
    pub fn screen(&self, _s: &Screen, _p: &Page, _f: bool, _now: DateTime<Utc>) -> Result<ScreenPage<MarketRow>, BadCursor> {
        Ok(ScreenPage { rows: vec![], total: 0, next_cursor: None, facets: None, duration: Duration::ZERO })
    }
    pub fn screen_rows(&self, _s: &Screen, _now: DateTime<Utc>) -> impl Iterator<Item = Row<MarketRow>> + '_ { std::iter::empty() }
    pub fn screen_events(&self, _s: &EventScreen, _p: &Page, _f: bool) -> Result<ScreenPage<EventRow>, BadCursor> {
        Ok(ScreenPage { rows: vec![], total: 0, next_cursor: None, facets: None, duration: Duration::ZERO })
    }
    pub fn market(&self, _key: &str) -> Option<Row<MarketRow>> { None }
    pub fn event(&self, _key: &str) -> Option<Row<EventRow>> { None }
    pub fn event_markets(&self, _event_id: &str) -> Vec<Row<MarketRow>> { vec![] }
    pub fn related(&self, _subject: Subject<'_>, _limit: usize) -> Option<Vec<RelatedMarket>> { None }
    pub fn search(&self, _q: &str, _limit: usize) -> SearchResults { SearchResults::default() }
}
