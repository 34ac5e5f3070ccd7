//! The CLOB host: order books, what is derived from them, price history and its own catalogue.

mod book;
mod catalogue;
#[cfg(test)]
mod fixture;
mod history;
mod paging;
mod problem;
mod quote;
mod requests;
mod routes;
mod rows;

pub(crate) use book::Snapshot;
pub(crate) use routes::routes;

use problem::Problem;

use crate::exchange::{Listing, Outcome};
use crate::server::App;
use crate::world::World;

/// A query string in the order it came.
type Pairs = Vec<(String, String)>;

/// A token of a market on the exchange.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) listing: &'a Listing,
    pub(crate) outcome: Outcome,
    pub(crate) condition_id: &'a str,
    pub(crate) id: &'a str,
}

impl<'a> Token<'a> {
    /// `None` when nobody knows it.
    pub(crate) fn find(world: &'a World, token_id: &str) -> Option<Self> {
        let (ix, outcome) = world.by_token(token_id)?;
        let (_, market) = world.market(ix);
        Some(Self {
            listing: world.exchange().listing(ix),
            outcome,
            condition_id: &market.condition_id,
            id: &market.token_ids[outcome.index()],
        })
    }

    /// `None` too when there is no book: the venue takes it away when it stops taking orders.
    pub(crate) fn with_book(world: &'a World, token_id: &str) -> Option<Self> {
        Self::find(world, token_id).filter(|token| token.listing.accepting)
    }
}

/// Asks the world, off the threads that serve connections: it may be busy living.
async fn ask<R: Send + 'static>(
    app: &App,
    question: impl FnOnce(&World) -> Result<R, Problem> + Send + 'static,
) -> Result<R, Problem> {
    let lab = app.lab.clone();
    let answer = tokio::task::spawn_blocking(move || lab.with_world(|world| question(world)));
    answer.await.map_err(|_| Problem::Broken)?.unwrap_or(Err(Problem::NotRecorded))
}

/// The first value of `name` that is not empty.
fn param<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    let wanted = |(key, value): &&(String, String)| key == name && !value.is_empty();
    pairs.iter().find(wanted).map(|(_, value)| value.as_str())
}
