//! Order books as the API sends them.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use domain::book::{Book, BookSource};
use domain::{Price, Shares, Side, Usdc};
use ingest::live::LiveBook;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What rests at a price, and up to there from the best price on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BookLevelView {
    /// Dollars per share, 0 to 1.
    pub price: f64,
    /// Shares at this price.
    pub shares: f64,
    /// Shares at this price and all better ones.
    pub total_shares: f64,
    /// Dollars they are worth at their prices.
    pub total_usdc: f64,
}

/// Dollars resting near the mid; null without one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DepthView {
    /// Bids within a cent of the mid.
    pub bid_1c: Option<f64>,
    /// Asks within a cent of it.
    pub ask_1c: Option<f64>,
    /// Bids within five cents of it.
    pub bid_5c: Option<f64>,
    /// Asks within five cents of it.
    pub ask_5c: Option<f64>,
}

impl DepthView {
    /// What a book has near its mid.
    pub fn of(book: &Book) -> Self {
        let usdc = |amount: Option<Usdc>| amount.map(Usdc::to_f64);
        let (near, far) = (book.depth_within(1), book.depth_within(5));
        Self {
            bid_1c: usdc(near.map(|depth| depth.bid)),
            ask_1c: usdc(near.map(|depth| depth.ask)),
            bid_5c: usdc(far.map(|depth| depth.bid)),
            ask_5c: usdc(far.map(|depth| depth.ask)),
        }
    }
}

/// The order book of one outcome, and how far it can be believed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderBookView {
    /// Gamma's id of the market.
    pub market_id: String,
    /// Index of the outcome.
    pub outcome: usize,
    /// Token of the outcome.
    pub token_id: String,
    /// `live`: the exchange's book. `stale`: right at `as_of`, and nothing keeps it so. `gap`: changes are missing;
    /// it is being fetched. `unknown`: none was received.
    #[schema(value_type = String, example = "live")]
    pub state: String,
    /// Why it is not live: `disconnected`, `not_streamed`, `no_snapshot`, `top_mismatch`, `crossed`,
    /// `clock_went_back`, `missed_deltas`, `unreadable`, `ghost` (upstream serves a book that is not this token's: its
    /// levels are withheld).
    pub state_cause: Option<String>,
    /// Upstream's time of the last change.
    pub as_of: Option<DateTime<Utc>>,
    /// Milliseconds since something of it was received.
    pub age_ms: Option<i64>,
    /// Where its last snapshot came from: `stream` or `rest`.
    pub source: Option<String>,
    /// Best first.
    pub bids: Vec<BookLevelView>,
    /// Best first.
    pub asks: Vec<BookLevelView>,
    /// Highest bid.
    pub best_bid: Option<f64>,
    /// Lowest ask.
    pub best_ask: Option<f64>,
    /// Halfway between them.
    pub mid: Option<f64>,
    /// Lowest ask less highest bid.
    pub spread: Option<f64>,
    /// The spread in ten-thousandths of the mid.
    pub spread_bps: Option<f64>,
    /// Dollars near the mid.
    pub depth: DepthView,
    /// Shares bid less shares asked within five cents of the mid, over their sum: −1 to 1.
    pub imbalance: Option<f64>,
    /// Price step.
    pub tick_size: Option<f64>,
    /// Smallest order, in shares.
    pub min_order_size: Option<f64>,
    /// Price of the last trade, as upstream states it.
    pub last_trade_price: Option<f64>,
}

impl OrderBookView {
    /// The levels of outcome 0 that may be shown: none of a ghost, which is not this token's book.
    pub(crate) fn shown(live: &LiveBook) -> Cow<'_, Book> {
        if live.is_ghost { Cow::Owned(Book::default()) } else { Cow::Borrowed(&live.book) }
    }

    /// How far a book can be believed.
    pub fn state_of(live: &LiveBook) -> &'static str {
        if live.is_ghost { "gap" } else { live.state.slug() }
    }

    /// A book as `outcome` (0 or 1) sees it, at an instant.
    pub fn of(live: &LiveBook, outcome: usize, now: DateTime<Utc>) -> Self {
        let first = Self::shown(live);
        let book = if outcome == 0 { first } else { Cow::Owned(first.mirrored()) };
        let book = book.as_ref();
        let price = |price: Price| price.to_f64();
        let is_ghost = live.is_ghost;
        let last_trade = live.meta.last_trade.map(price);
        Self {
            market_id: live.market.market_id.to_string(),
            outcome,
            token_id: live.market.tokens[outcome.min(1)].to_string(),
            state: Self::state_of(live).to_owned(),
            state_cause: if is_ghost {
                Some("ghost".to_owned())
            } else {
                live.state.cause().map(|cause| cause.slug().to_owned())
            },
            as_of: live.as_of_ms.and_then(DateTime::from_timestamp_millis),
            age_ms: live.received_at.map(|at| (now - at).num_milliseconds().max(0)),
            source: live.source.map(BookSource::slug).map(str::to_owned),
            bids: levels(book, Side::Buy),
            asks: levels(book, Side::Sell),
            best_bid: book.best_bid().map(|bid| bid.price().to_f64()),
            best_ask: book.best_ask().map(|ask| ask.price().to_f64()),
            mid: book.mid().map(price),
            spread: book.spread().map(domain::PriceChange::to_f64),
            spread_bps: book.spread_bps(),
            depth: DepthView::of(book),
            imbalance: book.imbalance(5),
            tick_size: live.meta.tick.map(|tick| tick.price().to_f64()),
            min_order_size: live.meta.min_order.map(Shares::to_f64),
            last_trade_price: if outcome == 0 {
                last_trade
            } else {
                last_trade.map(|price| 1.0 - price)
            },
        }
    }
}

/// Levels with what rests up to each of them.
fn levels(book: &Book, side: Side) -> Vec<BookLevelView> {
    let views = book.ladder(side).map(|rung| BookLevelView {
        price: rung.level.price.price().to_f64(),
        shares: rung.level.shares().to_f64(),
        total_shares: rung.total_shares.to_f64(),
        total_usdc: rung.total_usdc.to_f64(),
    });
    views.collect()
}
