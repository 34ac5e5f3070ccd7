//! Fetches the books that are due.

use chrono::Utc;
use domain::TokenId;
use domain::book::BookSource;
use metrics::counter;
use polymarket::UpstreamError;
use polymarket::clob::{ClobClient, RawBook};

use super::LiveBooks;
use super::convert::{BookSnapshot, is_ghost, snapshot_of_rest};
use super::work::Work;

/// Books of one request.
const BATCH: usize = 100;
/// Requests for books at once.
const AT_ONCE: usize = 2;
/// What a request for books brought.
pub(super) struct Fetched {
    asked: Vec<TokenId>,
    answer: Result<Vec<(TokenId, BookSnapshot)>, UpstreamError>,
}

impl Work {
    /// Asks for books that are due, as many as may be asked for at once.
    pub(super) fn fetch_due(&mut self) {
        while self.fetches.len() < AT_ONCE && !self.due.is_empty() {
            let mut asked = Vec::new();
            while asked.len() < BATCH
                && let Some(token) = self.due.pop_first()
            {
                asked.push(token);
            }
            let (clob, books) = (self.clob.clone(), self.books.clone());
            self.fetches.spawn(async move {
                let answer = match clob.books(&asked).await {
                    Ok(answer) => Ok(without_ghosts(&clob, &books, answer.rows).await),
                    Err(error) => Err(error),
                };
                Fetched { asked, answer }
            });
        }
    }

    pub(super) fn take_fetched(&mut self, fetched: Fetched) {
        match fetched.answer {
            Ok(rows) => {
                let now = Utc::now();
                for (token, snapshot) in rows {
                    self.books.update(&token, |keeper| {
                        let BookSnapshot { book, at_ms, meta } = snapshot;
                        keeper.snapshot(book, at_ms, now, BookSource::Rest, meta)
                    });
                }
            }
            // Keepers that still need one ask again.
            Err(error) => {
                tracing::warn!(%error, books = fetched.asked.len(), "books cannot be fetched");
            }
        }
    }
}

/// The books that are those of their tokens. One that looks like the book upstream serves in the place of some is
/// compared with `/price` first: a right book must not give way to a ghost. Books held that are ghosts are noted.
async fn without_ghosts(
    clob: &ClobClient,
    books: &LiveBooks,
    fetched: Vec<RawBook>,
) -> Vec<(TokenId, BookSnapshot)> {
    let mut sound = Vec::with_capacity(fetched.len());
    for raw in fetched {
        let token = raw.token_id.clone();
        let Some(snapshot) = snapshot_of_rest(raw) else { continue };
        if snapshot.book.suspected_ghost() {
            match is_ghost(clob, &token, &snapshot.book).await {
                Ok(verdict) => {
                    books.convict(&token, verdict);
                    if verdict {
                        counter!("cascadian_live_ghost_books_total").increment(1);
                        continue;
                    }
                }
                // Nobody can say: what is held stays, and is asked for again.
                Err(_) => continue,
            }
        }
        sound.push((token, snapshot));
    }
    sound
}
