//! What the market channel says, typed. A price is in dollars from 0 to 1, sizes are shares with at most
//! six decimals, times are the exchange's, to the millisecond. `None` is unknown.

use chrono::{DateTime, Utc};
use domain::{ConditionId, EventId, MarketId, Price, Side, TokenId};
use rust_decimal::Decimal;

use crate::ws::{Unknown, Unusable};

/// One message.
#[derive(Debug, Clone, PartialEq)]
pub enum MarketMessage {
    /// A whole book: after subscribing, and after each trade of the token.
    Book(BookSnapshot),
    /// New totals at single prices.
    Changes(BookChanges),
    /// A trade.
    Trade(LastTrade),
    /// A market's prices come in another step.
    TickSize(TickSizeChange),
    /// The best prices changed.
    BestPrices(BestPrices),
    /// A market opened. Comes for every market of the exchange, on every connection: once per shard.
    NewMarket(Box<NewMarket>),
    /// A watched market was resolved.
    Resolved(Box<MarketResolved>),
    /// A kind we do not know.
    Unknown(Unknown),
    /// A message, or one change of several, that cannot be used. The books it concerns are to be fetched.
    Unusable(Unusable<Concerned>),
}

impl MarketMessage {
    /// The bounded name used in metric labels.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Book(_) => "book",
            Self::Changes(_) => "price_change",
            Self::Trade(_) => "last_trade_price",
            Self::TickSize(_) => "tick_size_change",
            Self::BestPrices(_) => "best_bid_ask",
            Self::NewMarket(_) => "new_market",
            Self::Resolved(_) => "market_resolved",
            Self::Unknown(_) => "unknown",
            Self::Unusable(_) => "unusable",
        }
    }
}

/// Whom an unusable message was about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Concerned {
    /// The token.
    pub token: Option<TokenId>,
    /// The market.
    pub condition: Option<ConditionId>,
}

/// All orders at one price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// Their price.
    pub price: Price,
    /// Their sum in shares, never 0.
    pub shares: Decimal,
}

/// A whole book of one token.
#[derive(Debug, Clone, PartialEq)]
pub struct BookSnapshot {
    /// Whose.
    pub token: TokenId,
    /// The market's condition.
    pub condition: Option<ConditionId>,
    /// When it was so.
    pub at: Option<DateTime<Utc>>,
    /// Upstream's hash of the book with its metadata.
    pub hash: Option<String>,
    /// Best first: from the highest price down.
    pub bids: Vec<Level>,
    /// Best first: from the lowest price up.
    pub asks: Vec<Level>,
    /// The smallest price step. Not told after trades.
    pub tick_size: Option<Price>,
    /// The market's last price. Not told after trades.
    pub last_trade_price: Option<Price>,
    /// The smallest order in shares.
    pub min_order_shares: Option<Decimal>,
    /// Whether the market is one of a neg-risk group.
    pub neg_risk: Option<bool>,
}

/// Changes of levels, of one moment and market.
#[derive(Debug, Clone, PartialEq)]
pub struct BookChanges {
    /// The market's condition.
    pub condition: Option<ConditionId>,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// To be applied in this order. Never empty.
    pub changes: Vec<LevelChange>,
}

/// A new total at one price of one token.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelChange {
    /// Whose book.
    pub token: TokenId,
    /// Bids (`Buy`) or asks (`Sell`).
    pub side: Side,
    /// The price.
    pub price: Price,
    /// The new total in shares; 0 removes the level.
    pub shares: Decimal,
    /// The best bid after all changes of the moment; 0 where there is no bid.
    pub best_bid: Option<Price>,
    /// The best ask after all changes of the moment; 1 where there is no ask.
    pub best_ask: Option<Price>,
    /// Upstream's hash of the book.
    pub hash: Option<String>,
}

/// A trade: one order of a taker.
#[derive(Debug, Clone, PartialEq)]
pub struct LastTrade {
    /// The taker's token.
    pub token: TokenId,
    /// The market's condition.
    pub condition: Option<ConditionId>,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// The price of the last level that the order reached.
    pub price: Price,
    /// How many shares.
    pub shares: Option<Decimal>,
    /// What the taker did.
    pub side: Option<Side>,
    /// Left over from the first protocol.
    pub fee_rate_bps: Option<Decimal>,
    /// The transaction. Several trades may share it.
    pub transaction_hash: Option<String>,
}

/// A new smallest price step.
#[derive(Debug, Clone, PartialEq)]
pub struct TickSizeChange {
    /// Whose.
    pub token: TokenId,
    /// The market's condition.
    pub condition: Option<ConditionId>,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// The step before.
    pub old: Option<Price>,
    /// The step from now on.
    pub new: Price,
}

/// The best prices of a token.
#[derive(Debug, Clone, PartialEq)]
pub struct BestPrices {
    /// Whose.
    pub token: TokenId,
    /// The market's condition.
    pub condition: Option<ConditionId>,
    /// When.
    pub at: Option<DateTime<Utc>>,
    /// The best bid; 0 where there is no bid.
    pub bid: Option<Price>,
    /// The best ask; 1 where there is no ask.
    pub ask: Option<Price>,
    /// Their difference.
    pub spread: Option<Price>,
}

/// The event that a market belongs to, often told in part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventMention {
    /// Gamma's id.
    pub event: Option<EventId>,
    /// Its address on the site.
    pub slug: Option<String>,
    /// Its title.
    pub title: Option<String>,
}

/// A market that opened. Gamma knows more of it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMarket {
    /// Gamma's id.
    pub market: Option<MarketId>,
    /// Its condition.
    pub condition: Option<ConditionId>,
    /// Its address on the site.
    pub slug: Option<String>,
    /// Its question.
    pub question: Option<String>,
    /// Its tokens, in the order of the outcomes; empty where one of them could not be read.
    pub tokens: Vec<TokenId>,
    /// What its outcomes are called.
    pub outcomes: Vec<String>,
    /// Its event.
    pub event: EventMention,
    /// Whether it is open already.
    pub active: Option<bool>,
    /// The smallest price step.
    pub tick_size: Option<Price>,
    /// When it was announced.
    pub at: Option<DateTime<Utc>>,
    /// The whole message, cut to 16 KiB.
    pub raw: Box<str>,
}

/// A market's end.
#[derive(Debug, Clone, PartialEq)]
pub struct MarketResolved {
    /// Gamma's id.
    pub market: Option<MarketId>,
    /// Its condition.
    pub condition: Option<ConditionId>,
    /// Its tokens; empty where one of them could not be read.
    pub tokens: Vec<TokenId>,
    /// The token that pays; `None` where the payout is split or not told.
    pub winner: Option<TokenId>,
    /// What the winning outcome is called.
    pub winning_outcome: Option<String>,
    /// Its event.
    pub event: EventMention,
    /// When it was announced.
    pub at: Option<DateTime<Utc>>,
    /// The whole message, cut to 16 KiB.
    pub raw: Box<str>,
}
