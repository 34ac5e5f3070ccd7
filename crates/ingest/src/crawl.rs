//! Enumerating events from both ends at once.
//!
//! A keyset can only be walked page after page. To have two requests under way, one lane walks it by
//! ascending id and another by descending id, and each ends where it meets what the other has seen. A lane
//! that fails costs nothing but time: the other simply walks on to the end.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use chrono::{DateTime, Utc};
use polymarket::UpstreamError;
use polymarket::gamma::{CrawlQuery, EventOrder, EventsQuery, GammaClient, KeysetCrawl, Page};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::tally::{Tally, milliseconds};

/// Pages fetched ahead of the writer.
const PAGES_AHEAD: usize = 4;

/// A page and when upstream sent it, which is when its rows were observed.
#[derive(Debug)]
pub struct Fetched {
    /// The page.
    pub page: Page,
    /// When it came.
    pub at: DateTime<Utc>,
}

impl Fetched {
    /// A page that came just now.
    pub fn now(page: Page) -> Self {
        Self { page, at: Utc::now() }
    }
}

/// How an enumeration ended.
#[derive(Debug)]
pub struct Crawled {
    /// Every event was seen.
    pub complete: bool,
    /// What stopped the lanes that did not reach their end.
    pub errors: Vec<UpstreamError>,
}

/// Fetches every event of `query` and sends the pages to `pages`. Returns when both lanes have ended.
pub async fn crawl_events(
    client: &GammaClient,
    query: &EventsQuery,
    tally: &Tally,
    pages: &mpsc::Sender<Fetched>,
    cancel: &CancellationToken,
) -> Crawled {
    let frontier = Frontier::default();
    let lane = |direction| walk(client, query, direction, &frontier, tally, pages, cancel);
    let (up, down) = tokio::join!(lane(Direction::Ascending), lane(Direction::Descending));
    // One lane that ended by itself is enough: either it reached the end of the keyset, or it met the part
    // that the other lane had covered from there.
    let complete = matches!(up, Ok(true)) || matches!(down, Ok(true));
    let errors = [up, down].into_iter().filter_map(Result::err).collect();
    Crawled { complete, errors }
}

/// A channel for the pages of a crawl.
pub fn page_channel() -> (mpsc::Sender<Fetched>, mpsc::Receiver<Fetched>) {
    mpsc::channel(PAGES_AHEAD)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Ascending,
    Descending,
}

/// Which lane saw which event first.
#[derive(Default)]
struct Frontier {
    seen: Mutex<HashMap<String, Direction>>,
}

impl Frontier {
    /// Notes the ids of a page. True when the other lane had seen every one of them.
    fn meets(&self, ids: &[String], direction: Direction) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut met = !ids.is_empty();
        for id in ids {
            let first = *seen.entry(id.clone()).or_insert(direction);
            met &= first != direction;
        }
        met
    }
}

/// Walks one lane. `Ok(true)`: to its end. `Ok(false)`: cancelled, or nobody takes the pages any more.
async fn walk(
    client: &GammaClient,
    query: &EventsQuery,
    direction: Direction,
    frontier: &Frontier,
    tally: &Tally,
    pages: &mpsc::Sender<Fetched>,
    cancel: &CancellationToken,
) -> Result<bool, UpstreamError> {
    let query = EventsQuery {
        order: Some(EventOrder::Id),
        ascending: direction == Direction::Ascending,
        ..query.clone()
    };
    let mut crawl = KeysetCrawl::new(client.clone(), CrawlQuery::Events(query));
    loop {
        let began = Instant::now();
        let page = tokio::select! {
            page = crawl.next_page() => page?,
            () = cancel.cancelled() => return Ok(false),
        };
        tally.add(|counts| counts.fetch_ms += milliseconds(began.elapsed()));
        let Some(page) = page else { return Ok(true) };
        // A page with rejected rows proves nothing: those may be rows that nobody has seen.
        let met = frontier.meets(&page.row_ids, direction);
        if met && page.rejected.is_empty() {
            return Ok(true);
        }
        if pages.send(Fetched::now(page)).await.is_err() {
            return Ok(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_ends_only_on_a_page_the_other_has_seen_whole() {
        let frontier = Frontier::default();
        let ids = |ids: &[u32]| ids.iter().map(u32::to_string).collect::<Vec<_>>();
        assert!(!frontier.meets(&ids(&[1, 2, 3]), Direction::Ascending));
        assert!(!frontier.meets(&ids(&[6, 5, 4]), Direction::Descending));
        assert!(!frontier.meets(&ids(&[3, 2]), Direction::Ascending), "its own");
        assert!(!frontier.meets(&ids(&[3, 7]), Direction::Descending), "7 is new");
        assert!(frontier.meets(&ids(&[2, 1]), Direction::Descending));
        assert!(
            !frontier.meets(&[], Direction::Descending),
            "a page of rejected rows meets nobody"
        );
    }
}
