//! From upstream's rows to the domain's books.

use domain::book::{Book, BookMeta, Level, Pips};
use domain::{Price, Shares, TokenId};
use polymarket::UpstreamError;
use polymarket::clob::{BookSide, ClobClient, RawBook, RawLevel};
use rust_decimal::Decimal;

/// A book as a keeper takes it.
#[derive(Debug, Clone)]
pub struct BookSnapshot {
    /// Its levels.
    pub book: Book,
    /// Upstream's time of its last change, in milliseconds.
    pub at_ms: i64,
    /// What was said beside them.
    pub meta: BookMeta,
}

/// A book that was fetched; `None` when it has no time, or a level that is on no grid: a smaller book would be a
/// wrong one.
pub fn snapshot_of_rest(raw: RawBook) -> Option<BookSnapshot> {
    let levels = |levels: &[RawLevel]| -> Option<Vec<Level>> {
        levels.iter().map(|level| self::level(level.price, level.shares)).collect()
    };
    Some(BookSnapshot {
        book: Book::of(levels(&raw.bids)?, levels(&raw.asks)?),
        at_ms: raw.timestamp_ms?,
        meta: BookMeta {
            tick: raw.tick_size.and_then(Pips::of),
            last_trade: raw.last_trade_price,
            min_order: raw.min_order_size.and_then(|size| Shares::new(size).ok()),
            neg_risk: raw.neg_risk,
            hash: raw.hash.map(String::into_boxed_str),
        },
    })
}

/// A level on the grid; `None` when its price is on none, or its size is beyond counting.
pub(super) fn level(price: Price, shares: Decimal) -> Option<Level> {
    Level::of(price, Shares::new(shares).ok()?)
}

/// Shares in millionths.
pub(super) fn micro_shares(shares: Decimal) -> Option<u64> {
    u64::try_from(Shares::new(shares).ok()?.micro()).ok()
}

/// Whether a book that looks like a ghost is one: `/price` knows of another best bid or ask.
pub async fn is_ghost(
    clob: &ClobClient,
    token_id: &TokenId,
    book: &Book,
) -> Result<bool, UpstreamError> {
    let (bid, ask) =
        tokio::try_join!(clob.price(token_id, BookSide::Bid), clob.price(token_id, BookSide::Ask))?;
    let own = |pips: Option<Pips>| pips.map(Pips::price);
    Ok(bid != own(book.best_bid()) || ask != own(book.best_ask()))
}
