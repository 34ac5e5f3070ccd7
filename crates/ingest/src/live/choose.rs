//! Which markets are followed.

use std::collections::HashSet;

use store::streaming::{self, TradedMarket};
use store::{Database, StoreError};

use super::LiveBooks;

/// Decides which markets are followed.
#[derive(Debug)]
pub(super) struct Chooser {
    books: LiveBooks,
    database: Database,
    busiest: u32,
}

impl Chooser {
    pub(super) fn new(books: LiveBooks, database: Database, busiest: u32) -> Self {
        Self { books, database, busiest }
    }

    /// Those somebody watches, then those that trade most.
    pub(super) async fn choose(&self) -> Result<Vec<TradedMarket>, StoreError> {
        let service = self.database.service();
        let watched = self.books.watched();
        let ids: Vec<&str> = watched.iter().map(|id| &**id).collect();
        let mut chosen = streaming::by_ids(service, &ids).await?;
        let known: HashSet<_> = chosen.iter().map(|market| market.market_id.clone()).collect();
        let busiest = streaming::busiest(service, self.busiest).await?;
        chosen.extend(busiest.into_iter().filter(|market| !known.contains(&market.market_id)));
        Ok(chosen)
    }
}
