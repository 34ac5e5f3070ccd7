//! Rows that break other clients: they are degraded or quarantined, and never cost their neighbours.

#![expect(clippy::unwrap_used, reason = "a broken set-up should end the test where it is")]

use polymarket::gamma::{Page, RejectReason, RejectedRow, RowKind};
use polymarket::lenient::Unreadable;
use proptest::prelude::*;
use serde_json::{Value, json};

const CONDITION: &str = "0xA835f053e4ff50c67b1a1147ec79ad159da93a6a846671bf7a049c59d81e4dc8";

fn good_market(id: usize) -> Value {
    json!({
        "id": id.to_string(), "question": format!("Will it be {id}?"), "slug": format!("it-{id}"),
        "conditionId": CONDITION, "outcomes": "[\"Yes\", \"No\"]",
        "outcomePrices": "[\"0.25\", \"0.75\"]", "clobTokenIds": "[\"11\", \"12\"]",
        "volume": "10.5", "volumeNum": 10.5, "active": true, "closed": false,
        "endDate": "2026-12-01T00:00:00Z", "feesEnabled": false,
    })
}

fn event_with(id: usize, markets: &[Value]) -> Value {
    json!({
        "id": id.to_string(), "title": format!("Event {id}"), "slug": format!("event-{id}"),
        "closed": false, "tags": [{"id": "2", "slug": "politics", "label": "Politics"}],
        "markets": markets,
    })
}

fn page_of(events: &[Value]) -> Page {
    Page::of_events(json!({ "events": events }).to_string().as_bytes()).unwrap()
}

/// How a bad market row must end.
#[derive(Debug, Clone, PartialEq)]
enum Fate {
    /// Used as it is.
    Used,
    /// Used, with this issue.
    Degraded(&'static str, Unreadable),
    /// Used; the key or type is reported.
    Drift,
    /// Quarantined.
    Rejected(RejectReason),
}

/// A good market with one field changed; a missing value removes the field.
fn changed(id: usize, field: &str, value: Option<Value>) -> Value {
    let mut row = good_market(id);
    match value {
        Some(value) => row[field] = value,
        None => drop(row.as_object_mut().unwrap().remove(field)),
    }
    row
}

/// The torture set: every row that the reference says upstream sends or may send.
fn bad_markets(id: usize) -> Vec<(Value, Fate)> {
    use Fate::{Degraded, Drift, Rejected, Used};
    let with = |field: &str, value: Value| changed(id, field, Some(value));
    let structural = format!("0x01{}", "ab".repeat(30));
    vec![
        (with("outcomes", json!(["Yes", "No"])), Used),
        (with("makerBaseFee", json!(0.5)), Used),
        (with("conditionId", json!("")), Used),
        (with("conditionId", json!(structural)), Used),
        (with("conditionId", json!("0x12")), Degraded("conditionId", Unreadable::NotAnId)),
        (with("endDate", json!("")), Used),
        (with("endDate", json!("2026-10-29 03:59:00+00")), Used),
        (with("endDate", json!("someday")), Degraded("endDate", Unreadable::NotADate)),
        (with("feeType", Value::Null), Used),
        (with("volume", json!("1e30")), Degraded("volume", Unreadable::OutOfRange)),
        (with("volume", json!("NaN")), Degraded("volume", Unreadable::NotANumber)),
        (with("liquidity", json!("")), Used),
        (with("bestBid", json!(1.5)), Degraded("bestBid", Unreadable::OutOfRange)),
        (with("outcomePrices", json!("[]")), Degraded("outcomePrices", Unreadable::LengthDiffers)),
        (with("outcomePrices", json!("[\"0.1\"")), Degraded("outcomePrices", Unreadable::NotAList)),
        (
            with("outcomePrices", json!("[\"x\",\"1\"]")),
            Degraded("outcomePrices", Unreadable::NotANumber),
        ),
        (
            with("clobTokenIds", json!("[\"1\"]")),
            Degraded("clobTokenIds", Unreadable::LengthDiffers),
        ),
        (changed(id, "clobTokenIds", None), Used),
        (changed(id, "closed", None), Degraded("closed", Unreadable::Missing)),
        (with("brandNewKey", json!({"a": 1})), Drift),
        (with("twitterCardLastRefreshed", json!("2026-01-01T00:00:00Z")), Used),
        (with("icon", Value::Null), Used),
        (with("negRiskMarketID", json!("0x12")), Used),
        (with("gameId", json!("-1")), Used),
        (
            with("umaResolutionStatus", json!("pondering")),
            Degraded("umaResolutionStatus", Unreadable::UnknownWord),
        ),
        (with("slug", json!("s".repeat(5_000))), Degraded("slug", Unreadable::OutOfRange)),
        (with("question", json!("nul\u{0}")), Degraded("question", Unreadable::NulCharacters)),
        (with("question", json!("")), Rejected(RejectReason::NoTitle)),
        (changed(id, "question", None), Rejected(RejectReason::NoTitle)),
        (changed(id, "id", None), Rejected(RejectReason::NoId)),
        (with("id", json!("a/b")), Rejected(RejectReason::NoId)),
        (with("id", json!({})), Rejected(RejectReason::NoId)),
        (Value::Null, Rejected(RejectReason::NotAnObject)),
        (json!([good_market(id)]), Rejected(RejectReason::NotAnObject)),
        (json!("<html>"), Rejected(RejectReason::NotAnObject)),
        (json!(5), Rejected(RejectReason::NotAnObject)),
    ]
}

fn check_fate(page: &Page, fate: &Fate, row: &Value) {
    match fate {
        Fate::Used | Fate::Drift => {
            assert!(page.issues.is_empty(), "{row}: {:?}", page.issues);
            assert!(page.rejected.is_empty(), "{row}");
        }
        Fate::Degraded(field, reason) => {
            let ((kind, issue), _) = page.issues.first_key_value().unwrap();
            assert_eq!((*kind, issue.field, issue.reason), (RowKind::Market, *field, *reason));
            assert!(page.rejected.is_empty(), "{row}");
        }
        Fate::Rejected(reason) => {
            assert_eq!(&page.rejected[0].reason, reason, "{row}");
            assert_eq!(page.rejected[0].kind, RowKind::Market);
            assert!(page.rejected[0].path.starts_with("events[0].markets[0]"));
            assert_eq!(serde_json::from_str::<Value>(&page.rejected[0].raw).unwrap(), *row);
        }
    }
    assert_eq!(*fate == Fate::Drift, !page.drift.unknown_keys.is_empty());
}

#[test]
fn each_bad_market_alone_has_its_fate_and_keeps_its_event() {
    for (row, fate) in bad_markets(7) {
        let page = page_of(&[event_with(1, std::slice::from_ref(&row))]);
        assert_eq!(page.events.len(), 1, "{row}");
        let lands = !matches!(fate, Fate::Rejected(_));
        assert_eq!(page.markets.len(), usize::from(lands), "{row}");
        check_fate(&page, &fate, &row);
    }
}

#[test]
fn degraded_fields_are_unknown_and_the_others_are_kept() {
    let only = |row| page_of(&[event_with(1, &[row])]).markets.remove(0);
    let market = only(changed(7, "volume", Some(json!("1e30"))));
    assert_eq!(market.volume_total.unwrap().to_string(), "10.5", "the number stands in");
    let market = only(changed(7, "outcomePrices", Some(json!("garbage"))));
    assert!(market.outcomes.iter().all(|o| o.price.is_none() && o.token_id.is_some()));
    let market = only(changed(7, "conditionId", Some(json!(""))));
    assert_eq!(market.condition_id, None);
    let market = only(good_market(7));
    assert_eq!(market.condition_id.unwrap().as_str(), CONDITION.to_lowercase());
    let market = only(changed(7, "endDate", Some(json!("2026-10-29 03:59:00+00"))));
    assert_eq!(market.end_date.unwrap().to_rfc3339(), "2026-10-29T03:59:00+00:00");
    let history = json!("[\"proposed\", \"disputed\"]");
    let market = only(changed(7, "umaResolutionStatuses", Some(history)));
    assert_eq!(market.uma_status, Some(domain::UmaStatus::Disputed), "the last of its history");
    let market = only(changed(7, "slug", None));
    assert_eq!(market.slug, "7");
    let market = only(changed(7, "umaResolutionStatus", Some(json!("pondering"))));
    assert_eq!(market.extra["umaResolutionStatus"], "pondering");
}

#[test]
fn fees_are_zero_known_or_unknown() {
    let fee = |enabled: Option<bool>, schedule: Value| {
        let mut row = changed(7, "feesEnabled", enabled.map(Value::Bool));
        row["feeSchedule"] = schedule;
        let market = page_of(&[event_with(1, &[row])]).markets.remove(0);
        market.fee_rate.map(|rate| rate.to_string())
    };
    let schedule = || json!({"rate": 0.05, "exponent": 1, "takerOnly": true});
    assert_eq!(fee(Some(true), schedule()).as_deref(), Some("0.05"));
    assert_eq!(fee(None, schedule()).as_deref(), Some("0.05"));
    assert_eq!(fee(Some(false), schedule()).as_deref(), Some("0"));
    assert_eq!(fee(Some(true), Value::Null), None, "on, but the rate is not said");
    assert_eq!(fee(None, Value::Null), None);
}

#[test]
fn a_bad_event_does_not_take_its_markets_with_it() {
    let mut untitled = event_with(3, &[good_market(31)]);
    untitled["title"] = Value::Null;
    let mut odd = event_with(4, &[good_market(41)]);
    odd["gameId"] = json!(9_223_372_036_854_775_807_u64);
    odd["eventMetadata"] = json!({"finalPrice": 1.5});
    odd["volume"] = json!("1e30");
    let page = page_of(&[untitled, json!(null), odd]);
    assert_eq!((page.raw_rows, page.events.len(), page.markets.len()), (3, 1, 2));
    assert_eq!(page.markets[0].event_id.as_ref().unwrap().as_str(), "3");
    let reasons: Vec<_> = page.rejected.iter().map(|row| row.reason.clone()).collect();
    assert_eq!(reasons, [RejectReason::NoTitle, RejectReason::NotAnObject]);
    assert_eq!(page.rejected[0].id.as_deref(), Some("3"));
    assert_eq!(page.row_ids, ["3", "4"]);
    assert_eq!(page.events[0].volume_total, None);
    assert!(!page.events[0].extra.contains_key("gameId"), "a sentinel");
    assert_eq!(page.events[0].extra["eventMetadata"]["finalPrice"], 1.5);
}

#[test]
fn numbers_beyond_any_type_stay_one_fields_problem() {
    let body = r#"{"events":[{"id":1,"title":"t","closed":false,"volume":1e999,"odd":-1e999,
        "markets":[{"id":2,"question":"q","closed":false,"volume24hr":1e999,"bestAsk":0.5}]}]}"#;
    let page = Page::of_events(body.as_bytes()).unwrap();
    assert!(page.rejected.is_empty());
    assert_eq!(page.events[0].volume_total, None);
    assert_eq!(page.markets[0].volume_24h, None);
    assert_eq!(page.markets[0].best_ask.unwrap().to_string(), "0.5");
    assert_eq!(page.issues.len(), 2);
}

#[test]
fn a_huge_rejected_row_is_cut() {
    let row = json!({"description": "é".repeat(RejectedRow::MAX_RAW_BYTES)});
    let page = page_of(&[event_with(1, &[row])]);
    let rejected = &page.rejected[0];
    assert!(rejected.raw_is_cut && rejected.raw.len() <= RejectedRow::MAX_RAW_BYTES);
}

#[test]
fn a_page_of_another_shape_is_an_error_and_never_an_empty_page() {
    for body in ["{}", "[]", r#"{"events":null}"#, r#"{"markets":[]}"#, "5", "", "{\"events\":["] {
        assert!(Page::of_events(body.as_bytes()).is_err(), "{body}");
    }
    let last = Page::of_events(br#"{"events":[]}"#).unwrap();
    assert_eq!((last.raw_rows, last.next_cursor), (0, None));
    for none in ["null", "\"\""] {
        let body = format!(r#"{{"events":[],"next_cursor":{none}}}"#);
        assert_eq!(Page::of_events(body.as_bytes()).unwrap().next_cursor, None);
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[0-9eE+.:TZ \\[\\]\",-]{0,30}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z0-9]{0,8}", inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

const FIELDS: &[&str] = &[
    "id",
    "question",
    "title",
    "slug",
    "conditionId",
    "questionID",
    "outcomes",
    "outcomePrices",
    "clobTokenIds",
    "volume",
    "volumeNum",
    "liquidity",
    "volume24hr",
    "bestBid",
    "spread",
    "closed",
    "active",
    "endDate",
    "closedTime",
    "umaResolutionStatus",
    "umaResolutionStatuses",
    "feeSchedule",
    "feesEnabled",
    "gameId",
    "line",
    "tags",
    "events",
    "series",
    "markets",
    "category",
    "extra",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn good_rows_land_wherever_the_bad_ones_are(
        picks in prop::collection::vec((0usize..2, any::<prop::sample::Index>()), 1..40),
        split in 1usize..6,
    ) {
        let mut rows = Vec::new();
        let mut good = Vec::new();
        let mut rejected = 0;
        for (position, (sort, index)) in picks.iter().enumerate() {
            if *sort == 0 {
                rows.push(good_market(position));
                good.push(position.to_string());
            } else {
                let bad = bad_markets(position);
                let (row, fate) = &bad[index.index(bad.len())];
                rejected += usize::from(matches!(fate, Fate::Rejected(_)));
                rows.push(row.clone());
            }
        }
        let total = rows.len();
        let events: Vec<_> =
            rows.chunks(split).enumerate().map(|(id, rows)| event_with(id, rows)).collect();
        for page in [page_of(&events), Page::of_market_rows(json!(rows).to_string().as_bytes()).unwrap()] {
            let landed: Vec<_> = page.markets.iter().map(|m| m.market_id.to_string()).collect();
            prop_assert!(good.iter().all(|id| landed.contains(id)));
            prop_assert_eq!(page.rejected.len(), rejected);
            prop_assert_eq!(page.markets.len() + rejected, total);
        }
    }

    #[test]
    fn no_json_value_panics_the_decoder(
        values in prop::collection::vec((prop::sample::select(FIELDS), any_json()), 1..12),
        row in any_json(),
        body in any_json(),
    ) {
        let mut market = good_market(1);
        let mut event = event_with(1, &[good_market(2), row.clone()]);
        for (field, value) in values {
            market[field] = value.clone();
            event[field] = value;
        }
        let page = page_of(&[event, row, event_with(9, &[market.clone(), good_market(3)])]);
        prop_assert!(page.markets.iter().any(|m| m.market_id.as_str() == "3"));
        let page = Page::of_market_rows(json!([market, good_market(3)]).to_string().as_bytes()).unwrap();
        prop_assert!(page.markets.iter().any(|m| m.market_id.as_str() == "3"));
        let _ = Page::of_events(body.to_string().as_bytes());
        let _ = Page::of_event_rows(body.to_string().as_bytes());
    }

    #[test]
    fn no_bytes_panic_the_decoder(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Page::of_events(&bytes);
        let _ = Page::of_market_rows(&bytes);
    }
}
