//! The pure part: what is told of an exchange moved by hand, and of recorded messages.

use std::path::PathBuf;

use serde_json::Value;

use super::board::{Board, Post, ReaderId, Watch};
use super::bulletin::Bulletin;
use super::frame::{self, Frame};
use super::outbox::{self, Inbox};
use super::sheet::{Card, Sheet, Top};
use crate::exchange::{
    Exchange, FeeRate, Half, LevelChange, MICRO, MarketIx, News, Order, Outcome, PIPS, Pips,
    Shares, Side, Terms, WalletIx, Wish,
};
use crate::noise::{Dice, Noise};

fn card() -> Card {
    Card { condition_id: "0xc0".to_owned(), token_ids: ["71".to_owned(), "72".to_owned()] }
}

/// An exchange with one market and a reader of both its tokens.
struct Floor {
    exchange: Exchange,
    market: MarketIx,
    wallets: [WalletIx; 3],
    at_ms: i64,
    board: Board,
    reader: ReaderId,
    inbox: Inbox,
}

impl Floor {
    fn new() -> Self {
        let mut exchange = Exchange::default();
        let wallets = [(); 3].map(|()| exchange.open_wallet());
        for wallet in wallets {
            exchange.deposit(1_000, wallet, 1_000_000 * MICRO);
        }
        let terms = Terms { tick: 100, fee: FeeRate::FREE, group: None };
        let market = exchange.list(1_000, terms, 5_000);
        exchange.set_reporting(true);
        let mut board = Board::default();
        let (outbox, inbox) = outbox::channel();
        let reader = board.join(outbox);
        Self { exchange, market, wallets, at_ms: 1_000, board, reader, inbox }
    }

    fn submit(&mut self, wallet: usize, (outcome, side): (Outcome, Side), wish: Wish) {
        let (wallet, market) = (self.wallets[wallet], self.market);
        // What the exchange refuses changes nothing.
        let _ = self.exchange.submit(self.at_ms, Order { wallet, market, outcome, side, wish });
    }

    /// Ends the burst and tells what happened in it.
    fn tell(&mut self) -> Vec<Frame> {
        self.exchange.publish(self.at_ms, self.market);
        let mut post = Post::default();
        for news in self.exchange.take_news() {
            if let Some(bulletin) = Self::bulletin(news) {
                self.board.tell(bulletin, &mut post);
            }
        }
        self.send(post)
    }

    /// Trades are told by worlds only: they know the people.
    fn bulletin(news: News) -> Option<Bulletin> {
        match news {
            News::Levels { at_ms, market, changes, .. } => {
                Some(Bulletin::Levels { at_ms, market, changes })
            }
            News::Tick { at_ms, market, old, new } => {
                Some(Bulletin::Tick { at_ms, market, old, new })
            }
            _ => None,
        }
    }

    fn watch(&mut self, outcomes: &[Outcome]) -> Vec<Frame> {
        let sheet = Sheet::of(card(), self.exchange.listing(self.market));
        let tokens = outcomes.iter().map(|&outcome| (self.market, outcome)).collect();
        let sheets = vec![(self.market, sheet)];
        let mut post = Post::default();
        self.board.watch(Watch { reader: self.reader, tokens, sheets, dump: true }, &mut post);
        self.send(post)
    }

    fn send(&mut self, post: Post) -> Vec<Frame> {
        assert_eq!(self.board.send(post), []);
        let mut got = Vec::new();
        while let Some(frames) = self.inbox.ready() {
            got.extend(frames);
        }
        got
    }

    /// One of the things that happen to a book.
    fn act(&mut self, dice: &mut Dice) {
        let wallet = usize::try_from(dice.whole(0, 2)).unwrap();
        let outcome = dice.pick(&Outcome::BOTH);
        let price = 100 * Pips::try_from(dice.whole(1, 99)).unwrap();
        let shares = Shares::try_from(dice.whole(5, 400)).unwrap() * MICRO / 3;
        match dice.whole(0, 9) {
            0..=5 => self.submit(wallet, (outcome, Side::Buy), Wish::Limit { price, shares }),
            6..=7 => self.submit(wallet, (outcome, Side::Sell), Wish::Limit { price, shares }),
            8 => self.submit(wallet, (outcome, Side::Buy), Wish::Take { price, shares }),
            _ => {
                let wallet = self.wallets[wallet];
                self.exchange.cancel(self.market, |order| order.wallet == wallet);
            }
        }
    }
}

fn message(frame: &Frame) -> Value {
    serde_json::from_str(&frame.text).unwrap()
}

#[test]
fn a_sheet_follows_the_book_through_anything() {
    let mut floor = Floor::new();
    let mut sheet = Sheet::of(card(), floor.exchange.listing(floor.market));
    let mut dice = Noise::of(11).dice();
    let mut changed = 0;
    for at_ms in 2_000..5_000 {
        floor.at_ms = at_ms;
        for _ in 0..dice.whole(1, 4) {
            floor.act(&mut dice);
        }
        floor.exchange.publish(at_ms, floor.market);
        for news in floor.exchange.take_news() {
            if let News::Levels { at_ms, changes, .. } = news {
                sheet.apply(at_ms, &changes);
                changed += changes.len();
            }
        }
        let listing = floor.exchange.listing(floor.market);
        for outcome in Outcome::BOTH {
            let (told, true_one) =
                (sheet.snapshot(outcome), Sheet::of(card(), listing).snapshot(outcome));
            assert_eq!((told.bids, told.asks), (true_one.bids, true_one.asks));
            let Top { bid, ask } = sheet.top(outcome);
            assert_eq!(bid, listing.book.best_bid(outcome).unwrap_or(0));
            assert_eq!(ask, listing.book.best_ask(outcome).unwrap_or(PIPS));
        }
    }
    assert!(changed > 3_000, "{changed} changes");
}

#[test]
fn who_watches_a_token_is_told_of_both_and_dumped_that_one() {
    let mut floor = Floor::new();
    floor.submit(0, (Outcome::First, Side::Buy), Wish::Limit { price: 4_000, shares: 10 * MICRO });
    assert!(floor.tell().is_empty(), "nobody watches yet");
    let dump = floor.watch(&[Outcome::Second]);
    assert_eq!(
        dump[0].text.as_str(),
        concat!(
            r#"[{"market":"0xc0","asset_id":"72","timestamp":"1000","#,
            r#""hash":"4b62c66c0768161230cd9e4d8090eb49eb8dc265","#,
            r#""bids":[],"asks":[{"price":"0.6","size":"10"}],"tick_size":"0.01","#,
            r#""event_type":"book","last_trade_price":""}]"#
        )
    );
    assert!(floor.watch(&[Outcome::Second]).is_empty(), "not a second time");
    assert_eq!(floor.watch(&[Outcome::First]).len(), 1);
    floor.board.unwatch(floor.reader, &[(floor.market, Outcome::First)]);
    floor.at_ms = 2_000;
    floor.submit(1, (Outcome::Second, Side::Buy), Wish::Limit { price: 5_500, shares: 7 * MICRO });
    let told = floor.tell();
    assert_eq!(told.len(), 1, "one message a level");
    let told = message(&told[0]);
    let entries = ["asset_id", "price", "size", "side", "best_bid", "best_ask"].map(|member| {
        [0, 1].map(|entry| told["price_changes"][entry][member].as_str().unwrap().to_owned())
    });
    assert_eq!(
        entries,
        [
            ["72", "71"],
            ["0.55", "0.45"],
            ["7", "7"],
            ["BUY", "SELL"],
            ["0.55", "0.4"],
            ["0.6", "0.45"]
        ]
    );
    floor.board.unwatch(floor.reader, &[(floor.market, Outcome::Second)]);
    floor.submit(0, (Outcome::First, Side::Buy), Wish::Limit { price: 4_100, shares: 10 * MICRO });
    assert!(floor.tell().is_empty(), "nobody watches any more");
}

#[test]
fn a_halted_market_is_watched_without_a_book() {
    let mut floor = Floor::new();
    floor.exchange.halt(1_500, floor.market);
    assert!(floor.watch(&Outcome::BOTH).is_empty());
}

#[test]
fn a_new_tick_is_told_once_a_token_and_kept() {
    let mut floor = Floor::new();
    floor.watch(&Outcome::BOTH);
    floor.exchange.set_tick(3_000, floor.market, 10);
    let told = floor.tell();
    assert_eq!(told.len(), 2);
    assert_eq!(
        told[1].text.as_str(),
        concat!(
            r#"{"market":"0xc0","asset_id":"72","old_tick_size":"0.01","new_tick_size":"0.001","#,
            r#""timestamp":"3000","event_type":"tick_size_change"}"#
        )
    );
}

/// A recorded file, or `None` after saying that the test is skipped.
fn recorded(name: &str) -> Option<Value> {
    let dir = std::env::var_os("CASCADIAN_RECORDED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = dir.join("ws").join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: no recording at {}; set CASCADIAN_RECORDED_DATA", path.display());
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

fn micros(decimal: &Value) -> i64 {
    let decimal = decimal.as_str().unwrap();
    let (whole, part) = decimal.split_once('.').unwrap_or((decimal, ""));
    format!("{whole}{part:0<6}").parse().unwrap()
}

fn price(decimal: &Value) -> Pips {
    i32::try_from(micros(decimal) / 100).unwrap()
}

/// A level of a recorded book or change, as a change of the first outcome's book.
fn level(side: &str, row: &Value) -> LevelChange {
    let half = if side == "BUY" { Half::Bids } else { Half::Asks };
    LevelChange { half, price: price(&row["price"]), shares: micros(&row["size"]) }
}

/// The sheet of a recorded book, whose token is taken for the first outcome.
fn sheet_of(book: &Value, other_token: &str) -> Sheet {
    let text = |member: &str| book[member].as_str().unwrap().to_owned();
    let mut exchange = Exchange::default();
    let terms = Terms { tick: price(&book["tick_size"]), fee: FeeRate::FREE, group: None };
    let market = exchange.list(0, terms, 5_000);
    let token_ids = [text("asset_id"), other_token.to_owned()];
    let card = Card { condition_id: text("market"), token_ids };
    let mut sheet = Sheet::of(card, exchange.listing(market));
    let side = |member: &str, side: &'static str| {
        book[member].as_array().unwrap().iter().map(move |row| level(side, row)).collect::<Vec<_>>()
    };
    sheet.apply(text("timestamp").parse().unwrap(), &side("bids", "BUY"));
    sheet.apply(text("timestamp").parse().unwrap(), &side("asks", "SELL"));
    sheet.last = Some(price(&book["last_trade_price"]));
    sheet
}

#[test]
fn recorded_bursts_are_told_as_they_were() {
    let Some(recording) = recorded("ws_market_price_change_crossing_burst.json") else { return };
    let messages = recording.as_array().unwrap();
    let (first, rest) = messages.split_first().unwrap();
    let (last, changes) = rest.split_last().unwrap();
    let token = first["asset_id"].as_str().unwrap();
    let entries = |message: &Value| message["price_changes"].as_array().unwrap().clone();
    let other = entries(&changes[0])
        .iter()
        .map(|entry| entry["asset_id"].as_str().unwrap().to_owned())
        .find(|id| id != token)
        .unwrap();
    let mut sheet = sheet_of(first, &other);
    assert_eq!(message(&frame::dump(&[sheet.snapshot(Outcome::First)]))[0], *first);
    for burst in changes.chunk_by(|one, next| one["timestamp"] == next["timestamp"]) {
        let at_ms = burst[0]["timestamp"].as_str().unwrap().parse().unwrap();
        let own = burst.iter().flat_map(entries).filter(|entry| entry["asset_id"] == token);
        let own: Vec<LevelChange> =
            own.map(|entry| level(entry["side"].as_str().unwrap(), &entry)).collect();
        if burst[0]["timestamp"] == last["timestamp"] {
            // The one that traded: two levels went, and the last of them is the last price, on the
            // other token's book, too.
            sheet.last = Some(3_010);
        }
        sheet.apply(at_ms, &own);
        let hashes = Outcome::BOTH.map(|outcome| sheet.snapshot(outcome).row().hash);
        for (&change, was) in own.iter().zip(burst) {
            let mut told = message(&frame::price_change(&sheet, &hashes, change));
            // Upstream begins with the token that the order was for.
            if told["price_changes"][0]["asset_id"] != was["price_changes"][0]["asset_id"] {
                told["price_changes"].as_array_mut().unwrap().reverse();
            }
            assert_eq!(told, *was);
        }
    }
    let snapshot = sheet.snapshot(Outcome::First);
    assert_eq!(message(&frame::book(&snapshot, &snapshot.row().hash)), *last);
}
