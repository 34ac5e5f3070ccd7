//! The market channel's messages, member by member in the order they were recorded. Prices and sizes
//! are decimal strings, times Unix milliseconds in a string.

use axum::extract::ws::Utf8Bytes;
use serde::Serialize;

use super::sheet::{Card, Sheet, Top};
use crate::clob::Snapshot;
use crate::decimal::{LastPrice, Price, Size};
use crate::exchange::{Half, LevelChange, Millis, Outcome, Pips, Quantity, Shares, Side, mirrored};

/// What a frame is, as far as faults care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FrameKind {
    /// Books sent on subscribing.
    Dump,
    PriceChange,
    /// Any other data.
    Data,
    /// The answer to a `PING`.
    Pong,
}

/// A text frame; clones share the text.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) kind: FrameKind,
    pub(super) text: Utf8Bytes,
}

impl Frame {
    pub(super) fn new(kind: FrameKind, text: String) -> Self {
        Self { kind, text: text.into() }
    }

    pub(super) fn data(message: &impl Serialize) -> Self {
        Self::new(FrameKind::Data, json(message))
    }
}

/// `message` as JSON; what frames are made of always has a JSON form.
pub(super) fn json(message: &impl Serialize) -> String {
    serde_json::to_string(message).unwrap_or_default()
}

#[derive(Serialize)]
struct DumpedBook<'a> {
    market: &'a str,
    asset_id: &'a str,
    timestamp: String,
    hash: &'a str,
    bids: Vec<Level>,
    asks: Vec<Level>,
    tick_size: Price,
    event_type: &'static str,
    /// Empty when never traded.
    last_trade_price: LastPrice,
}

#[derive(Serialize)]
struct TradedBook<'a> {
    market: &'a str,
    asset_id: &'a str,
    bids: Vec<Level>,
    asks: Vec<Level>,
    hash: &'a str,
    timestamp: String,
    event_type: &'static str,
}

#[derive(Serialize)]
struct Level {
    price: Price,
    size: Size,
}

fn levels(levels: &[Quantity]) -> Vec<Level> {
    let row = |level: &Quantity| Level { price: Price(level.price), size: Size(level.shares) };
    levels.iter().map(row).collect()
}

/// Books on subscribing, in one array.
pub(super) fn dump(snapshots: &[Snapshot]) -> Frame {
    let books = snapshots.iter().map(|snapshot| {
        json(&DumpedBook {
            market: &snapshot.condition_id,
            asset_id: &snapshot.token_id,
            timestamp: snapshot.at_ms.to_string(),
            hash: &snapshot.row().hash,
            bids: levels(&snapshot.bids),
            asks: levels(&snapshot.asks),
            tick_size: Price(snapshot.tick),
            event_type: "book",
            last_trade_price: LastPrice(snapshot.last),
        })
    });
    let books: Vec<String> = books.collect();
    Frame::new(FrameKind::Dump, format!("[{}]", books.join(",")))
}

/// A token's book after a trade, which says less; `hash` is the snapshot's.
pub(super) fn book(snapshot: &Snapshot, hash: &str) -> Frame {
    Frame::data(&TradedBook {
        market: &snapshot.condition_id,
        asset_id: &snapshot.token_id,
        bids: levels(&snapshot.bids),
        asks: levels(&snapshot.asks),
        hash,
        timestamp: snapshot.at_ms.to_string(),
        event_type: "book",
    })
}

#[derive(Serialize)]
struct PriceChange<'a> {
    market: &'a str,
    price_changes: [TokenChange<'a>; 2],
    timestamp: String,
    event_type: &'static str,
}

#[derive(Serialize)]
struct TokenChange<'a> {
    asset_id: &'a str,
    price: Price,
    size: Size,
    side: &'static str,
    hash: &'a str,
    best_bid: Price,
    best_ask: Price,
}

/// A level's new total, told for both tokens, first for the one on which it is a bid. `sheet` and
/// `hashes` are of the book after the burst: of a burst upstream sends a message a level, all with the
/// same time, hashes and best prices.
pub(super) fn price_change(sheet: &Sheet, hashes: &[String; 2], change: LevelChange) -> Frame {
    let LevelChange { half, price, shares } = change;
    let told = |outcome: Outcome, side: Side| {
        let Top { bid, ask } = sheet.top(outcome);
        TokenChange {
            asset_id: sheet.card.token(outcome),
            price: Price(mirrored(outcome, price)),
            size: Size(shares),
            side: side.name(),
            hash: &hashes[outcome.index()],
            best_bid: Price(bid),
            best_ask: Price(ask),
        }
    };
    let wanted = match half {
        Half::Bids => Outcome::First,
        Half::Asks => Outcome::Second,
    };
    let text = json(&PriceChange {
        market: &sheet.card.condition_id,
        price_changes: [told(wanted, Side::Buy), told(wanted.opposite(), Side::Sell)],
        timestamp: sheet.at_ms.to_string(),
        event_type: "price_change",
    });
    Frame::new(FrameKind::PriceChange, text)
}

/// A taker's order that traded, on its own token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Print {
    pub(super) at_ms: Millis,
    pub(super) outcome: Outcome,
    pub(super) side: Side,
    /// Of the last level it reached.
    pub(super) price: Pips,
    pub(super) shares: Shares,
    pub(super) transaction_hash: String,
}

#[derive(Serialize)]
struct LastTradePrice<'a> {
    market: &'a str,
    asset_id: &'a str,
    price: Price,
    size: Size,
    fee_rate_bps: &'static str,
    side: &'static str,
    timestamp: String,
    event_type: &'static str,
    transaction_hash: &'a str,
}

pub(super) fn last_trade_price(card: &Card, print: &Print) -> Frame {
    Frame::data(&LastTradePrice {
        market: &card.condition_id,
        asset_id: card.token(print.outcome),
        price: Price(print.price),
        size: Size(print.shares),
        // Left over from the first protocol and always zero; fees are in the market's schedule.
        fee_rate_bps: "0",
        side: print.side.name(),
        timestamp: print.at_ms.to_string(),
        event_type: "last_trade_price",
        transaction_hash: &print.transaction_hash,
    })
}

#[derive(Serialize)]
struct TickSizeChange<'a> {
    market: &'a str,
    asset_id: &'a str,
    old_tick_size: Price,
    new_tick_size: Price,
    timestamp: String,
    event_type: &'static str,
}

/// A new smallest price step, from `old` to `new`.
pub(super) fn tick_size_change(
    card: &Card,
    outcome: Outcome,
    at_ms: Millis,
    (old, new): (Pips, Pips),
) -> Frame {
    Frame::data(&TickSizeChange {
        market: &card.condition_id,
        asset_id: card.token(outcome),
        old_tick_size: Price(old),
        new_tick_size: Price(new),
        timestamp: at_ms.to_string(),
        event_type: "tick_size_change",
    })
}

#[derive(Serialize)]
struct BestBidAsk<'a> {
    market: &'a str,
    asset_id: &'a str,
    best_bid: Price,
    best_ask: Price,
    spread: Price,
    timestamp: String,
    event_type: &'static str,
}

/// New best prices of a token.
pub(super) fn best_bid_ask(sheet: &Sheet, outcome: Outcome) -> Frame {
    let Top { bid, ask } = sheet.top(outcome);
    Frame::data(&BestBidAsk {
        market: &sheet.card.condition_id,
        asset_id: sheet.card.token(outcome),
        best_bid: Price(bid),
        best_ask: Price(ask),
        spread: Price(ask - bid),
        timestamp: sheet.at_ms.to_string(),
        event_type: "best_bid_ask",
    })
}
