//! Every recorded message of the market channel decodes, and books kept from recorded changes are the
//! books told afterwards.

#![expect(clippy::print_stdout, reason = "figures and skipped files are the report of these tests")]
#![expect(clippy::unwrap_used, reason = "a broken set-up should end the test where it is")]
#![expect(clippy::panic, reason = "panics are how helpers of tests fail")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use domain::Side;
use domain::{Price, TokenId};
use polymarket::ws::market::{BookSnapshot, LevelChange, MarketMessage, decode};
use rust_decimal::Decimal;
use serde_json::Value;

fn recorded(name: &str) -> Option<String> {
    let root = std::env::var_os("CASCADIAN_RECORDED_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let file = root.join("ws").join(name);
    if file.exists() {
        return Some(std::fs::read_to_string(file).unwrap());
    }
    println!("SKIPPED: {} is absent; set CASCADIAN_RECORDED_DATA", file.display());
    None
}

/// The kinds of messages of a frame in which every field could be read, but for the named ones.
fn kinds(frame: &str, unread: &[&str]) -> Vec<&'static str> {
    let decoded = decode(frame);
    let fields: Vec<_> = decoded.issues.iter().map(|issue| issue.field).collect();
    assert_eq!(fields, unread);
    decoded.messages.iter().map(MarketMessage::kind).collect()
}

#[test]
fn recorded_messages_decode() {
    for (name, kind) in [
        ("ws_book_snapshot_captured.json", "book"),
        ("ws_book_snapshot_missing_hash.json", "book"),
        ("ws_last_trade_missing_transaction_hash.json", "last_trade_price"),
        ("ws_market_best_bid_ask_msg.json", "best_bid_ask"),
        ("ws_market_book_msg.json", "book"),
        ("ws_market_last_trade_msg.json", "last_trade_price"),
        ("ws_market_new_market_msg.json", "new_market"),
        ("ws_market_price_change_msg.json", "price_change"),
        ("ws_market_resolved_msg.json", "market_resolved"),
        ("ws_market_tick_size_msg.json", "tick_size_change"),
        ("ws_tick_size_change.json", "tick_size_change"),
    ] {
        let Some(text) = recorded(name) else { continue };
        assert_eq!(kinds(&text, &[]), [kind], "{name}");
    }
    if let Some(text) = recorded("ws_market_mixed_known_unknown.json") {
        assert_eq!(kinds(&text, &[]), ["price_change", "unknown", "last_trade_price"]);
    }
}

#[test]
fn a_recorded_book_has_every_level_of_the_recording() {
    let Some(text) = recorded("ws_book_snapshot_captured.json") else { return };
    let book = only_book(&text);
    let raw: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(book.bids.len(), raw["bids"].as_array().unwrap().len());
    assert_eq!(book.asks.len(), raw["asks"].as_array().unwrap().len());
    assert!(book.bids[0].price < book.asks[0].price, "best first");
    assert_eq!(book.hash.as_deref(), raw["hash"].as_str());
    assert_eq!(book.last_trade_price.unwrap().to_string(), "0.92");
}

/// The levels of both sides.
type Sides = BTreeMap<(Side, Price), Decimal>;

fn sides(book: &BookSnapshot) -> Sides {
    let bids = book.bids.iter().map(|level| ((Side::Buy, level.price), level.shares));
    let asks = book.asks.iter().map(|level| ((Side::Sell, level.price), level.shares));
    bids.chain(asks).collect()
}

fn apply(sides: &mut Sides, change: &LevelChange) {
    let place = (change.side, change.price);
    if change.shares.is_zero() {
        sides.remove(&place);
    } else {
        sides.insert(place, change.shares);
    }
}

fn only_book(text: &str) -> BookSnapshot {
    match decode(text).messages.pop() {
        Some(MarketMessage::Book(book)) => book,
        other => panic!("not a book: {other:?}"),
    }
}

/// What is left of a book after messages about its token.
fn follow(book: &BookSnapshot, frames: &[Value]) -> (Sides, usize) {
    let (mut kept, mut applied) = (sides(book), 0);
    for frame in frames {
        for message in decode(&frame.to_string()).messages {
            match message {
                MarketMessage::Changes(changes) => {
                    for change in of_token(&changes.changes, &book.token) {
                        apply(&mut kept, change);
                        applied += 1;
                    }
                }
                MarketMessage::Book(told) if told.token == book.token => kept = sides(&told),
                MarketMessage::Unusable(bad) => panic!("{bad:?}"),
                _ => {}
            }
        }
    }
    (kept, applied)
}

fn of_token<'a>(
    changes: &'a [LevelChange],
    token: &TokenId,
) -> impl Iterator<Item = &'a LevelChange> {
    changes.iter().filter(move |change| change.token == *token)
}

fn differences(one: &Sides, other: &Sides) -> Vec<(Side, Price)> {
    let places: BTreeSet<_> = one.keys().chain(other.keys()).collect();
    places.into_iter().filter(|place| one.get(place) != other.get(place)).copied().collect()
}

/// Upstream never told that the bids at 0.172 went from 135 to 349 shares. The best prices it told agree
/// with both books, so that only comparing whole books finds such a loss.
#[test]
fn a_change_that_was_never_told_shows_in_the_next_book_only() {
    let Some(text) = recorded("ws_market_book_burst.json") else { return };
    let burst: Value = serde_json::from_str(&text).unwrap();
    let book = only_book(&burst["snapshot"].to_string());
    let (kept, applied) = follow(&book, burst["updates"].as_array().unwrap());
    assert_eq!(applied, 2);
    let told = sides(&only_book(&burst["oracle_snapshot"].to_string()));
    let missed = Price::new(Decimal::new(172, 3)).unwrap();
    assert_eq!(differences(&kept, &told), [(Side::Buy, missed)]);
}

#[test]
fn a_long_recorded_burst_is_followed_to_the_book_told_after_it() {
    let Some(text) = recorded("ws_market_price_change_crossing_burst.json") else { return };
    let frames: Vec<Value> = serde_json::from_str(&text).unwrap();
    let [first, changes @ .., last] = frames.as_slice() else { panic!("too short") };
    let (kept, applied) = follow(&only_book(&first.to_string()), changes);
    assert_eq!(applied, changes.len(), "one change of the token a message");
    let told = sides(&only_book(&last.to_string()));
    println!("crossing burst: {applied} changes, {:?} differ", differences(&kept, &told));
    assert_eq!(differences(&kept, &told), []);
    assert_eq!(decode(&text).messages.len(), frames.len(), "all of it in one frame says the same");
}
