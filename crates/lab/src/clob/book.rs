//! A token's order book as it is shown, with its hash.

use std::fmt::Write as _;
use std::io;

use serde::Serialize;
use sha1::{Digest, Sha1};

use super::Token;
use crate::decimal::{LastPrice, Price, Size};
use crate::exchange::{MIN_RESTING, Millis, Pips, Quantity, Side, mirrored};
use crate::faults::ghost_levels;

/// What `/book` shows of a token at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Snapshot {
    pub(crate) condition_id: String,
    pub(crate) token_id: String,
    /// Last change of the book, not the time of the request.
    pub(crate) at_ms: Millis,
    /// Worst first, as on the wire: the best level is the last.
    pub(crate) bids: Vec<Quantity>,
    /// Worst first.
    pub(crate) asks: Vec<Quantity>,
    pub(crate) tick: Pips,
    pub(crate) neg_risk: bool,
    /// Price of the last trade, of the first outcome on both books: the venue keeps one a market.
    pub(crate) last: Option<Pips>,
}

impl Snapshot {
    pub(crate) fn of(token: &Token<'_>) -> Self {
        let listing = token.listing;
        let worst_first = |side| {
            let mut levels = listing.book.levels(token.outcome, side);
            levels.reverse();
            levels
        };
        Self {
            condition_id: token.condition_id.to_owned(),
            token_id: token.id.to_owned(),
            at_ms: listing.published_ms,
            bids: worst_first(Side::Buy),
            asks: worst_first(Side::Sell),
            tick: listing.terms.tick,
            neg_risk: listing.terms.group.is_some(),
            last: listing.last.map(|last| mirrored(last.outcome, last.price)),
        }
    }

    /// The same with the levels of a ghost in place of its own.
    pub(crate) fn haunted(self) -> Self {
        let [bids, asks] = ghost_levels();
        Self { bids, asks, ..self }
    }

    /// As on the wire.
    pub(crate) fn row(&self) -> BookRow<'_> {
        let mut row = BookRow {
            market: &self.condition_id,
            asset_id: &self.token_id,
            timestamp: self.at_ms.to_string(),
            hash: String::new(),
            bids: self.bids.iter().map(LevelRow::of).collect(),
            asks: self.asks.iter().map(LevelRow::of).collect(),
            min_order_size: Size(MIN_RESTING),
            tick_size: Price(self.tick),
            neg_risk: self.neg_risk,
            last_trade_price: LastPrice(self.last),
        };
        row.hash = digest(&row);
        row
    }
}

/// A book in the wire's order of members.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct BookRow<'a> {
    market: &'a str,
    asset_id: &'a str,
    timestamp: String,
    pub(crate) hash: String,
    bids: Vec<LevelRow>,
    asks: Vec<LevelRow>,
    min_order_size: Size,
    tick_size: Price,
    neg_risk: bool,
    last_trade_price: LastPrice,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct LevelRow {
    price: Price,
    size: Size,
}

impl LevelRow {
    fn of(level: &Quantity) -> Self {
        Self { price: Price(level.price), size: Size(level.shares) }
    }
}

/// SHA-1 of the compact JSON of `row` in hex. For the hash of a book the row's own is empty: so do
/// official clients compute it.
fn digest(row: &BookRow<'_>) -> String {
    let mut hashing = Hashing(Sha1::new());
    // Strings, numbers and flags always have a JSON form, and a hash takes every byte.
    let written = serde_json::to_writer(&mut hashing, row);
    debug_assert!(written.is_ok(), "{written:?}");
    hex(&hashing.0.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        // Writing into a string never fails.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Lets JSON be written into a hash.
struct Hashing(Sha1);

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::clob::fixture::Floor;
    use crate::exchange::{MICRO, Outcome};

    #[test]
    fn the_best_level_is_the_last_on_both_sides() {
        let floor = Floor::quoted();
        let [first, second] = Outcome::BOTH.map(|outcome| Snapshot::of(&floor.token(outcome)));
        let prices = |levels: &[Quantity]| levels.iter().map(|it| it.price).collect::<Vec<_>>();
        assert_eq!(prices(&first.bids), [3_800, 4_000]);
        assert_eq!(prices(&first.asks), [4_500, 4_200]);
        assert_eq!(prices(&second.bids), [5_500, 5_800]);
        assert_eq!(prices(&second.asks), [6_200, 6_000]);
        assert_eq!((first.last, second.last), (Some(4_200), Some(4_200)), "one for both books");
    }

    #[test]
    fn members_have_the_order_and_the_types_of_the_wire() {
        let floor = Floor::quoted();
        let snapshot = Snapshot::of(&floor.token(Outcome::First));
        let row = snapshot.row();
        assert!(row.hash.len() == 40 && row.hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let json = serde_json::to_string(&row).unwrap();
        let expected = format!(
            concat!(
                r#"{{"market":"0xc0","asset_id":"71","timestamp":"5000","hash":"{}","#,
                r#""bids":[{{"price":"0.38","size":"50"}},{{"price":"0.4","size":"100"}}],"#,
                r#""asks":[{{"price":"0.45","size":"30"}},{{"price":"0.42","size":"12.5"}}],"#,
                r#""min_order_size":"5","tick_size":"0.01","neg_risk":false,"#,
                r#""last_trade_price":"0.420"}}"#
            ),
            row.hash
        );
        assert_eq!(json, expected);
    }

    #[test]
    fn the_hash_is_what_official_clients_compute() {
        // The test vector of py-clob-client-v2.
        let level = |price, size: i64| LevelRow { price: Price(price), size: Size(size * MICRO) };
        let row = BookRow {
            market: "0xaabbcc",
            asset_id: "100",
            timestamp: "123456789".to_owned(),
            hash: String::new(),
            bids: vec![level(3_000, 100), level(4_000, 100)],
            asks: vec![level(6_000, 100), level(7_000, 100)],
            min_order_size: Size(100 * MICRO),
            tick_size: Price(100),
            neg_risk: false,
            last_trade_price: LastPrice(Some(5_000)),
        };
        let json = serde_json::to_string(&row).unwrap();
        // The vector spells the last price with one decimal, the venue with three.
        let json = json.replace("0.500", "0.5");
        let hash = hex(&Sha1::digest(json.as_bytes()));
        assert_eq!(hash, "0458ea5755c9f73d64a14636fa5c36ed460ec394");
    }

    #[test]
    fn the_hash_covers_the_whole_row_with_an_empty_hash() {
        let floor = Floor::quoted();
        let snapshot = Snapshot::of(&floor.token(Outcome::Second));
        let mut row = snapshot.row();
        let hash = std::mem::take(&mut row.hash);
        let preimage = serde_json::to_string(&row).unwrap();
        assert!(preimage.contains(r#""timestamp":"5000","hash":"","bids":[{"price":"0.55","#));
        assert_eq!(hash, hex(&Sha1::digest(preimage.as_bytes())));
        let later = Snapshot { at_ms: snapshot.at_ms + 1, ..snapshot.clone() };
        assert_ne!(later.row().hash, hash, "the time is part of it");
    }

    #[test]
    fn a_market_that_never_traded_has_empty_sides_and_no_last_price() {
        let floor = Floor::listed();
        let snapshot = Snapshot::of(&floor.token(Outcome::Second));
        let row = serde_json::to_value(snapshot.row()).unwrap();
        assert_eq!((&row["bids"], &row["asks"]), (&json!([]), &json!([])));
        assert_eq!(row["last_trade_price"], "");
    }
}
