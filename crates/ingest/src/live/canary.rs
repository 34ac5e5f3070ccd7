//! Finding connections that answer every ping and tell nothing.

use std::time::Duration;

use domain::TokenId;
use domain::book::Pips;
use polymarket::clob::ClobClient;
use polymarket::ws::market::ShardId;
use tokio::time::{Instant, sleep};

use super::LiveBooks;
use super::convert::snapshot_of_rest;

/// Books of a connection that are compared at once, in turn.
pub(super) const AT_ONCE: usize = 20;
/// How long after a request what it showed must have been streamed.
const DELAY: Duration = Duration::from_secs(2);
/// So many books at once are missing changes because of their connection.
const TOO_MANY: usize = 3;

/// The top of a live book, to be compared.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) token: TokenId,
    pub(super) top: (Option<Pips>, Option<Pips>),
    pub(super) as_of_ms: i64,
}

/// What a comparison found.
#[derive(Debug)]
pub(super) struct Missed {
    /// Of which connection.
    pub(super) shard: ShardId,
    /// Live books of which a change was not told.
    pub(super) tokens: Vec<TokenId>,
    /// When the request was sent.
    asked_at: Instant,
}

impl Missed {
    /// Whether the connection is to blame, which was heard of last at that time. Else some message was lost.
    pub(super) fn is_of_connection(&self, heard_at: Option<Instant>) -> bool {
        let is_silent = heard_at.is_none_or(|heard_at| heard_at < self.asked_at);
        !self.tokens.is_empty() && (is_silent || self.tokens.len() >= TOO_MANY)
    }
}

/// Compares live books with a request: what it shows to have changed must be told soon.
pub(super) async fn compare(
    clob: ClobClient,
    books: LiveBooks,
    shard: ShardId,
    tokens: Vec<TokenId>,
) -> Option<Missed> {
    let asked_at = Instant::now();
    let told = clob.books(&tokens).await.ok()?;
    let held = books.held(&tokens);
    let mut missing = Vec::new();
    for raw in told.rows {
        let token = raw.token_id.clone();
        let Some(told) = snapshot_of_rest(raw) else { continue };
        let top = (told.book.best_bid(), told.book.best_ask());
        let is_newer = |held: &Held| held.top != top && held.as_of_ms < told.at_ms;
        // A ghost says nothing of the book.
        if !told.book.suspected_ghost()
            && held.iter().any(|held| held.token == token && is_newer(held))
        {
            missing.push((token, told.at_ms));
        }
    }
    if missing.is_empty() {
        return None;
    }
    sleep(DELAY).await;
    let (tokens, _): (Vec<TokenId>, Vec<i64>) = missing.iter().cloned().unzip();
    let held = books.held(&tokens);
    let is_untold = |(token, at_ms): &(TokenId, i64)| {
        held.iter().any(|held| held.token == *token && held.as_of_ms < *at_ms)
    };
    let tokens = missing.into_iter().filter(is_untold).map(|(token, _)| token).collect();
    Some(Missed { shard, tokens, asked_at })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missed(count: usize) -> Missed {
        let tokens = (0..count).map(|number| TokenId::parse(&number.to_string()).unwrap());
        Missed { shard: ShardId(0), tokens: tokens.collect(), asked_at: Instant::now() }
    }

    #[test]
    fn a_connection_that_tells_other_things_lost_a_message() {
        let later = Some(Instant::now() + DELAY);
        assert!(!missed(0).is_of_connection(None));
        assert!(!missed(1).is_of_connection(later));
        assert!(missed(TOO_MANY).is_of_connection(later));
    }

    #[test]
    fn a_connection_that_is_silent_is_to_blame() {
        let before = Instant::now();
        assert!(missed(1).is_of_connection(Some(before)));
        assert!(missed(1).is_of_connection(None));
    }
}
