//! Every kind of message in every spelling that was seen, and what no kind is.

use domain::Price;
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use super::*;
use domain::Side;

const TOKEN: &str = "71321045679252212594626385532706912750332728571942532289631379312455583992563";
const OTHER: &str = "52114319501245915516055106046884209969926127482827954674443846427813813222426";

fn condition_text() -> String {
    format!("0x{}", "5f".repeat(32))
}

fn token_of(text: &str) -> TokenId {
    TokenId::parse(text).unwrap()
}

fn price_of(number: Decimal) -> Price {
    Price::new(number).unwrap()
}

/// The messages of a frame in which every field could be read.
fn clean(frame: &Value) -> Vec<MarketMessage> {
    let decoded = decode(&frame.to_string());
    assert_eq!(decoded.issues, [], "{frame}");
    decoded.messages
}

fn one(frame: &Value) -> MarketMessage {
    let mut messages = clean(frame);
    assert_eq!(messages.len(), 1, "{messages:?}");
    messages.remove(0)
}

fn book(frame: &Value) -> BookSnapshot {
    match one(frame) {
        MarketMessage::Book(book) => book,
        other => panic!("not a book: {other:?}"),
    }
}

fn changes(frame: &Value) -> BookChanges {
    match one(frame) {
        MarketMessage::Changes(changes) => changes,
        other => panic!("no changes: {other:?}"),
    }
}

fn unusable(message: &MarketMessage) -> (Option<&str>, Option<&TokenId>, Option<&FieldIssue>) {
    match message {
        MarketMessage::Unusable(it) => {
            (it.kind.as_deref(), it.concerns.token.as_ref(), it.issue.as_ref())
        }
        other => panic!("usable: {other:?}"),
    }
}

#[test]
fn books_come_worst_first_and_leave_best_first() {
    let told = json!({
        "event_type": "book", "asset_id": TOKEN, "market": condition_text(),
        "bids": [{ "price": "0.48", "size": "30" }, { "price": "0.50", "size": "15.000001" }],
        "asks": [{ "price": "0.54", "size": "10" }, { "price": "0.52", "size": "25" },
                 { "price": "0.53", "size": "0" }],
        "timestamp": "1757908892351", "hash": "0xabc", "tick_size": "0.01", "last_trade_price": "",
    });
    let book = book(&told);
    let level = |price, shares| Level { price: price_of(price), shares };
    assert_eq!(book.token, token_of(TOKEN));
    assert_eq!(book.bids, [level(dec!(0.5), dec!(15.000001)), level(dec!(0.48), dec!(30))]);
    assert_eq!(book.asks, [level(dec!(0.52), dec!(25)), level(dec!(0.54), dec!(10))]);
    assert_eq!(book.at.unwrap().timestamp_millis(), 1_757_908_892_351);
    assert_eq!(book.tick_size, Some(price_of(dec!(0.01))));
    assert_eq!(book.last_trade_price, None);
    assert_eq!(book.condition.unwrap().as_str(), condition_text());
}

#[test]
fn books_have_other_forms() {
    let numbers = json!({
        "event_type": "book", "asset_id": TOKEN, "timestamp": 1_757_908_892_351_u64,
        "bids": [{ "price": 0.5, "size": 15 }], "asks": null, "neg_risk": "true",
        "min_order_size": 5, "new_member": [1],
    });
    let told = book(&numbers);
    assert_eq!((told.bids.len(), told.asks.len()), (1, 0));
    assert_eq!((told.neg_risk, told.min_order_shares), (Some(true), Some(dec!(5))));
    assert_eq!(told.at.unwrap().timestamp_millis(), 1_757_908_892_351);
    // Recordings of 2024.
    let old = json!({
        "event_type": "book", "asset_id": TOKEN,
        "buys": [{ "price": ".48", "size": "30" }], "sells": [],
    });
    assert_eq!(book(&old).bids[0].price, price_of(dec!(0.48)));
    // Without a kind, and without a side.
    assert_eq!(book(&json!({ "asset_id": TOKEN, "bids": [], "asks": [] })).bids, []);
    assert_eq!(book(&json!({ "event_type": "book", "asset_id": TOKEN, "bids": [] })).asks, []);
}

#[test]
fn a_book_with_an_unreadable_level_is_no_book() {
    for (bids, reason) in [
        (json!([{ "price": "0.5" }]), Unreadable::Missing),
        (json!([{ "price": "0.5", "size": "" }]), Unreadable::Missing),
        (json!([{ "price": "0.5", "size": "-1" }]), Unreadable::OutOfRange),
        (json!([{ "price": "50", "size": "1" }]), Unreadable::OutOfRange),
        (json!([{ "price": "NaN", "size": "1" }]), Unreadable::NotANumber),
        (json!([7]), Unreadable::NotAList),
        (json!({}), Unreadable::NotAList),
    ] {
        let told = json!({ "event_type": "book", "asset_id": TOKEN, "bids": bids, "asks": [] });
        let message = one(&told);
        let issue = FieldIssue { field: "bids", reason };
        assert_eq!(unusable(&message), (Some("book"), Some(&token_of(TOKEN)), Some(&issue)));
    }
    let nothing = one(&json!({ "event_type": "book", "asset_id": TOKEN }));
    assert_eq!(unusable(&nothing).1, Some(&token_of(TOKEN)), "no side at all");
    let nobody = one(&json!({ "event_type": "book", "asset_id": "", "bids": [], "asks": [] }));
    assert_eq!(unusable(&nobody).1, None);
}

#[test]
fn changes_tell_both_tokens_and_empty_numbers_cost_nothing() {
    let told = json!({
        "event_type": "price_change", "market": condition_text(), "timestamp": "1757908892351",
        "price_changes": [
            { "asset_id": TOKEN, "price": "0.5", "size": "200", "side": "BUY", "hash": "56621a",
              "best_bid": "0.5", "best_ask": "1" },
            { "asset_id": OTHER, "price": "0.5", "size": "0", "side": "sell", "hash": "",
              "best_bid": "", "best_ask": "" },
        ],
    });
    let changes = changes(&told);
    assert_eq!(changes.at.unwrap().timestamp_millis(), 1_757_908_892_351);
    let [first, second] = changes.changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!((first.side, first.shares), (Side::Buy, dec!(200)));
    assert_eq!(first.best_ask, Some(price_of(dec!(1))));
    assert_eq!(first.hash.as_deref(), Some("56621a"));
    assert_eq!((&second.token, second.side), (&token_of(OTHER), Side::Sell));
    assert_eq!((second.best_bid, second.best_ask, &second.hash), (None, None, &None));
    assert!(second.shares.is_zero(), "the level is gone");
}

#[test]
fn changes_before_september_2025_have_their_token_beside_the_list() {
    let told = json!({
        "event_type": "price_change", "asset_id": TOKEN, "market": condition_text(),
        "changes": [{ "price": "0.4", "side": "SELL", "size": "3300" }],
        "timestamp": "1729084877448", "hash": "3cd4d6",
    });
    let changes = changes(&told);
    assert_eq!(changes.changes[0].token, token_of(TOKEN));
    assert_eq!(changes.changes[0].hash.as_deref(), Some("3cd4d6"));
}

#[test]
fn one_bad_change_costs_itself_only() {
    let good = json!({ "asset_id": TOKEN, "price": "0.5", "size": "2", "side": "BUY" });
    for (bad, field, reason) in [
        (json!({ "asset_id": OTHER, "price": "", "size": "2", "side": "BUY" }), "price", "missing"),
        (
            json!({ "asset_id": OTHER, "price": "x", "size": "2", "side": "BUY" }),
            "price",
            "not a number",
        ),
        (
            json!({ "asset_id": OTHER, "price": "0.5", "size": null, "side": "BUY" }),
            "size",
            "missing",
        ),
        (
            json!({ "asset_id": OTHER, "price": "0.5", "size": "2", "side": "HOLD" }),
            "side",
            "unknown word",
        ),
    ] {
        let told = json!({
            "event_type": "price_change", "market": condition_text(), "price_changes": [bad, good],
        });
        let messages = clean(&told);
        assert!(matches!(&messages[0], MarketMessage::Changes(it) if it.changes.len() == 1));
        let (kind, token, issue) = unusable(&messages[1]);
        let issue = issue.unwrap();
        assert_eq!((kind, token), (Some("price_change"), Some(&token_of(OTHER))));
        assert_eq!((issue.field, issue.reason.to_string().as_str()), (field, reason));
        let MarketMessage::Unusable(it) = &messages[1] else { panic!() };
        assert_eq!(it.concerns.condition.as_ref().unwrap().as_str(), condition_text());
    }
    let strange = json!({ "event_type": "price_change", "market": condition_text(),
        "price_changes": [7, good] });
    assert_eq!(clean(&strange).len(), 2);
    for none in [
        json!({ "event_type": "price_change" }),
        json!({ "event_type": "price_change", "price_changes": "x" }),
    ] {
        assert_eq!(unusable(&one(&none)).0, Some("price_change"));
    }
    assert_eq!(clean(&json!({ "event_type": "price_change", "price_changes": [] })), []);
}

#[test]
fn trades_ticks_and_best_prices_may_leave_things_open() {
    let told = json!([
        { "event_type": "last_trade_price", "asset_id": TOKEN, "market": condition_text(),
          "price": "0.456", "size": "219.217767", "fee_rate_bps": "", "side": "BUY",
          "timestamp": "1750428146322", "transaction_hash": "0xee" },
        { "event_type": "last_trade_price", "asset_id": TOKEN, "price": 0.5, "size": "", "side": "" },
        { "event_type": "tick_size_change", "asset_id": TOKEN, "old_tick_size": "",
          "new_tick_size": "0.001" },
        { "event_type": "best_bid_ask", "asset_id": TOKEN, "best_bid": "", "best_ask": "0.77",
          "spread": "" },
    ]);
    let messages = clean(&told);
    let [
        MarketMessage::Trade(trade),
        MarketMessage::Trade(bare),
        MarketMessage::TickSize(tick),
        MarketMessage::BestPrices(best),
    ] = messages.as_slice()
    else {
        panic!("{messages:?}")
    };
    assert_eq!((trade.shares, trade.side), (Some(dec!(219.217767)), Some(Side::Buy)));
    assert_eq!((trade.fee_rate_bps, trade.transaction_hash.as_deref()), (None, Some("0xee")));
    assert_eq!((bare.price, bare.shares, bare.side), (price_of(dec!(0.5)), None, None));
    assert_eq!((tick.old, tick.new), (None, price_of(dec!(0.001))));
    assert_eq!((best.bid, best.ask, best.spread), (None, Some(price_of(dec!(0.77))), None));
    let no_price =
        one(&json!({ "event_type": "last_trade_price", "asset_id": TOKEN, "price": "" }));
    assert_eq!(unusable(&no_price).0, Some("last_trade_price"));
}

#[test]
fn new_markets_and_resolutions_are_taken_in_part() {
    let told = json!([
        { "event_type": "new_market", "id": "1031769", "question": "Q?", "market": condition_text(),
          "slug": "q", "assets_ids": [TOKEN, OTHER], "outcomes": ["Yes", "No"],
          "event_message": { "id": "125819", "slug": "e", "title": "E", "description": null },
          "tags": null, "active": true, "order_price_min_tick_size": "0.01", "line": "",
          "timestamp": "1766790415550" },
        { "event_type": "new_market", "id": "7", "clob_token_ids": format!("[\"{TOKEN}\"]"),
          "event_message": "?" },
        { "event_type": "market_resolved", "market": condition_text(), "winning_asset_id": OTHER,
          "winning_outcome": "No", "assets_ids": null },
        { "event_type": "market_resolved", "id": "7", "winning_asset_id": "", "winning_outcome": "",
          "event_message": {} },
    ]);
    let messages = clean(&told);
    let [
        MarketMessage::NewMarket(new),
        MarketMessage::NewMarket(partial),
        MarketMessage::Resolved(resolved),
        MarketMessage::Resolved(split),
    ] = messages.as_slice()
    else {
        panic!("{messages:?}")
    };
    assert_eq!(new.market.as_ref().unwrap().as_str(), "1031769");
    assert_eq!(new.tokens, [token_of(TOKEN), token_of(OTHER)]);
    assert_eq!((new.outcomes.len(), new.active), (2, Some(true)));
    assert_eq!(new.event.event.as_ref().unwrap().as_str(), "125819");
    assert!(new.raw.contains("event_message"));
    assert_eq!(
        (&partial.tokens, &partial.event),
        (&vec![token_of(TOKEN)], &EventMention::default())
    );
    assert_eq!(resolved.winner, Some(token_of(OTHER)));
    assert_eq!((split.winner.as_ref(), split.winning_outcome.as_ref()), (None, None));
    let nameless = one(&json!({ "event_type": "market_resolved", "winning_outcome": "Yes" }));
    assert_eq!(unusable(&nameless).0, Some("market_resolved"));
}

#[test]
fn a_list_of_tokens_is_read_whole_or_not_at_all() {
    let told = json!({ "event_type": "new_market", "id": "7", "assets_ids": [TOKEN, "?"] });
    let decoded = decode(&told.to_string());
    let [MarketMessage::NewMarket(new)] = decoded.messages.as_slice() else { panic!() };
    assert_eq!(new.tokens, [], "which outcome the other one is would be a guess");
    let issue = FieldIssue { field: "assets_ids", reason: Unreadable::NotAnId };
    assert_eq!(decoded.issues, [issue]);
}

#[test]
fn a_field_that_cannot_be_read_is_unknown_and_noted() {
    let told = json!({
        "event_type": "book", "asset_id": TOKEN, "market": "0x12", "bids": [], "asks": [],
        "tick_size": "fine", "timestamp": "soon",
    });
    let decoded = decode(&told.to_string());
    let [MarketMessage::Book(book)] = decoded.messages.as_slice() else { panic!() };
    assert_eq!((&book.condition, book.tick_size, book.at), (&None, None, None));
    let fields: Vec<_> = decoded.issues.iter().map(|issue| issue.field).collect();
    assert_eq!(fields, ["market", "timestamp", "tick_size"]);
}

#[test]
fn unknown_kinds_are_kept_and_the_others_of_the_frame_are_read() {
    let told = json!([
        { "event_type": "settlement_preview", "sequence": 2 },
        { "event_type": 7 },
        {},
        { "asset_id": TOKEN, "new_tick_size": "0.001" },
        null,
    ]);
    let messages = clean(&told);
    let kinds: Vec<_> = messages.iter().map(MarketMessage::kind).collect();
    assert_eq!(kinds, ["unknown", "unknown", "unknown", "tick_size_change", "unusable"]);
    let MarketMessage::Unknown(unknown) = &messages[0] else { panic!() };
    assert_eq!(unknown.kind.as_deref(), Some("settlement_preview"));
    assert_eq!(&*unknown.raw, r#"{"event_type":"settlement_preview","sequence":2}"#);
    for broken in ["", "INVALID OPERATION", "[{}", "{\"event_type\":\"book\",}", "\u{fffd}"] {
        let decoded = decode(broken);
        assert_eq!(unusable(&decoded.messages[0]), (None, None, None), "{broken}");
    }
}

/// Anything JSON can say in place of a value.
fn oddity() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[0-9.eE\"\\[\\]{}é-]{0,12}".prop_map(Value::from),
        Just(json!(TOKEN)),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        let key = prop_oneof![Just("price"), Just("size"), Just("asset_id"), Just("side")];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(key.prop_map(str::to_owned), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn nothing_panics_and_no_message_is_swallowed(
        kind in prop::sample::select(vec![
            "book", "price_change", "last_trade_price", "tick_size_change", "best_bid_ask",
            "new_market", "market_resolved", "else",
        ]),
        members in prop::collection::vec((prop::sample::select(vec![
            "asset_id", "market", "timestamp", "bids", "asks", "price_changes", "changes", "price",
            "size", "side", "hash", "new_tick_size", "assets_ids", "event_message", "id", "outcomes",
        ]), oddity()), 0..8),
    ) {
        let mut message = json!({ "event_type": kind });
        for (name, value) in members {
            message[name] = value;
        }
        let frame = json!([message, { "event_type": "marker" }]);
        let messages = decode(&frame.to_string()).messages;
        prop_assert_eq!(messages.last().map(MarketMessage::kind), Some("unknown"));
        // Only a list of no changes says nothing.
        prop_assert!(messages.len() >= 2 || kind == "price_change");
    }

    #[test]
    fn text_of_any_kind_gives_a_message(text in "\\PC{0,60}") {
        let decoded = decode(&text);
        prop_assert!(!decoded.messages.is_empty() || text.trim() == "[]");
    }
}
