//! Rows of the Data API that break other clients: they are degraded or quarantined, and never cost their
//! neighbours.

use domain::{ConditionId, EventId};
use polymarket::data::{
    DataClient, ResolutionRow, ResolutionScope, ResolutionStatus, TradeRow, TradesQuery,
};
use polymarket::lenient::Unreadable;
use polymarket::{RejectReason, RejectedRow, RowKind, Rows};
use rust_decimal::dec;
use serde_json::{Value, json as value};

use crate::data::trade;
use crate::fake::Fake;

const NOON: i64 = 1_790_000_000;

async fn client_of(data: Value) -> DataClient {
    DataClient::new(Fake::says(value!({ "data": data }).to_string()).await.upstream())
}

async fn trades(rows: Vec<Value>) -> Rows<TradeRow> {
    client_of(value!(rows)).await.trades(&TradesQuery::default()).await.unwrap().rows
}

/// A good trade with one field changed; a missing value removes the field.
fn changed(field: &str, new: Option<Value>) -> Value {
    let mut row = trade(NOON);
    match new {
        Some(new) => row[field] = new,
        None => drop(row.as_object_mut().unwrap().remove(field)),
    }
    row
}

fn with(field: &str, new: Value) -> Value {
    changed(field, Some(new))
}

/// How a bad row must end.
#[derive(Debug)]
enum Fate {
    Used,
    Degraded(&'static str, Unreadable),
    NewKey(&'static str),
    Rejected(RejectReason),
}

fn bad_trades() -> Vec<(Value, Fate)> {
    use Fate::{Degraded, NewKey, Rejected, Used};
    let lacks = |field| Rejected(RejectReason::Lacks(field));
    vec![
        (with("outcome_index", value!(999)), Used),
        (changed("bio", None), Used),
        (changed("outcome_index", None), Used),
        (with("size", value!(9e-6)), Used),
        (with("size", value!("22.84")), Used),
        (with("price", value!("")), lacks("price")),
        (with("timestamp", value!("1790000000")), Used),
        (with("icon", Value::Null), Used),
        (with("transaction_hash", value!("")), Used),
        (with("condition_id", value!("")), Used),
        (with("side", value!("buy")), Used),
        (with("condition_id", value!("0x12")), Degraded("condition_id", Unreadable::NotAnId)),
        (with("outcome_index", value!(-1)), Degraded("outcome_index", Unreadable::OutOfRange)),
        (with("outcome_index", value!(700)), Degraded("outcome_index", Unreadable::OutOfRange)),
        (
            with("transaction_hash", value!("0xfeed")),
            Degraded("transaction_hash", Unreadable::NotAnId),
        ),
        (with("name", value!("nul\u{0}")), Degraded("name", Unreadable::NulCharacters)),
        (with("bio", value!({"a": 1})), Degraded("bio", Unreadable::NotText)),
        (with("type", value!("TRADE")), NewKey("type")),
        (with("brand_new", value!({"a": [1]})), NewKey("brand_new")),
        (with("brand_new", Value::Null), Used),
        (changed("side", None), lacks("side")),
        (with("side", value!("")), lacks("side")),
        (with("side", value!("IN")), lacks("side")),
        (with("proxy_wallet", value!("")), lacks("proxy_wallet")),
        (with("proxy_wallet", value!("0x12")), lacks("proxy_wallet")),
        (with("token_id", value!("")), lacks("token_id")),
        (with("token_id", value!(1.5)), lacks("token_id")),
        (with("size", value!(-1)), lacks("size")),
        (with("size", value!("1e30")), lacks("size")),
        (with("price", value!(1.5)), lacks("price")),
        (with("price", value!("NaN")), lacks("price")),
        (with("timestamp", value!(0)), lacks("timestamp")),
        (Value::Null, Rejected(RejectReason::NotAnObject)),
        (value!([trade(NOON)]), Rejected(RejectReason::NotAnObject)),
        (value!("<html>"), Rejected(RejectReason::NotAnObject)),
    ]
}

#[tokio::test]
async fn each_bad_trade_has_its_fate_and_its_neighbours_theirs() {
    for (row, fate) in bad_trades() {
        let rows = trades(vec![trade(NOON + 1), row.clone(), trade(NOON - 1)]).await;
        let rejected = usize::from(matches!(fate, Fate::Rejected(_)));
        assert_eq!((rows.rows.len(), rows.rejected.len()), (3 - rejected, rejected), "{row}");
        assert_eq!(rows.rows.last().unwrap().traded_at.timestamp(), NOON - 1);
        match fate {
            Fate::Used => assert!(rows.issues.is_empty() && rows.unknown_keys.is_empty(), "{row}"),
            Fate::Degraded(field, reason) => {
                let ((kind, issue), count) = rows.issues.first_key_value().unwrap();
                let found = (*kind, issue.field, issue.reason, count.count);
                assert_eq!(found, (RowKind::Trade, field, reason, 1), "{row}");
                assert_eq!(count.example_id, rows.rows[1].key());
            }
            Fate::NewKey(key) => assert_eq!(rows.unknown_keys.get(key), Some(&1), "{row}"),
            Fate::Rejected(reason) => {
                let RejectedRow { kind, reason: found, path, raw, .. } = &rows.rejected[0];
                assert_eq!((kind, found), (&RowKind::Trade, &reason), "{row}");
                assert!(path.starts_with("data[1]"), "{path}");
                assert_eq!(serde_json::from_str::<Value>(raw).unwrap(), row);
            }
        }
    }
}

#[tokio::test]
async fn sentinels_are_none_and_labels_stay() {
    let rows = trades(vec![with("outcome_index", value!(999))]).await;
    let row = &rows.rows[0];
    assert_eq!((row.outcome_index, row.outcome.as_deref()), (None, Some("Yes")));
    assert_eq!((row.icon.as_ref(), row.bio.as_ref(), row.event_slug.as_ref()), (None, None, None));
    let tiny = trades(vec![with("size", value!(9e-6))]).await;
    assert_eq!(tiny.rows[0].shares, dec!(0.000009));
}

#[tokio::test]
async fn combos_are_flagged() {
    let structural = format!("0x03{}", "ab".repeat(30));
    let mut combo = with("condition_id", value!(structural));
    for (field, empty) in [("slug", value!("")), ("outcome", value!("")), ("title", value!(""))] {
        combo[field] = empty;
    }
    combo["outcome_index"] = value!(999);
    let rows = trades(vec![
        trade(NOON),
        combo,
        with("condition_id", value!(structural)),
        with("slug", value!("")),
    ])
    .await;
    let flags: Vec<_> = rows.rows.iter().map(|row| row.is_combo).collect();
    assert_eq!(flags, [false, true, true, true]);
    assert!(rows.issues.is_empty() && rows.rejected.is_empty());
    assert_eq!(rows.rows[1].condition_id.as_ref().unwrap().as_str(), structural);
}

#[tokio::test]
async fn equal_rows_stay_as_many_as_they_are() {
    let rows = trades(vec![trade(NOON); 3]).await;
    assert_eq!(rows.rows.len(), 3, "different fills of one transaction may look the same");
    assert_eq!(rows.rows[0].key(), rows.rows[2].key());
    let other = trades(vec![with("size", value!(22.85))]).await;
    assert_ne!(rows.rows[0].key(), other.rows[0].key());
}

#[tokio::test]
async fn a_flood_of_new_keys_is_no_leak() {
    let mut row = trade(NOON);
    for number in 0..500 {
        row[format!("key-{number}")] = value!(1);
    }
    assert_eq!(trades(vec![row]).await.unknown_keys.len(), 200);
}

async fn resolutions(rows: Value) -> Rows<ResolutionRow> {
    let scope = ResolutionScope::Events(vec![EventId::parse("7").unwrap()]);
    client_of(rows).await.resolutions(&scope).await.unwrap().value
}

fn resolution(changes: &[(&str, Value)]) -> Value {
    let mut row = value!({
        "condition_id": format!("0x{}", "a".repeat(64)), "status": "resolved",
        "extended_review": false, "was_disputed": false, "new_version_q": false,
        "transaction_hash": "", "log_index": "", "last_update_timestamp": "2026-09-09T21:19:19Z",
        "payouts": [1_000_000, 0],
    });
    for (field, new) in changes {
        row[*field] = new.clone();
    }
    row
}

#[tokio::test]
async fn payouts_are_read_as_a_whole_or_not_at_all() {
    let payouts = |new: Value| resolution(&[("payouts", new)]);
    let rows = resolutions(value!([
        payouts(value!([500_000, 500_000])),
        payouts(value!(["1000000", 0])),
        payouts(value!("")),
        payouts(Value::Null),
        payouts(value!([])),
        payouts(value!([1_000_001, 0])),
        payouts(value!([1_000_000, -1])),
        payouts(value!([0.5, 0.5])),
        payouts(value!([1_000_000, ""])),
    ]))
    .await;
    let read: Vec<_> = rows.rows.iter().map(|row| row.payouts_micro.clone()).collect();
    let known = [Some(vec![500_000, 500_000]), Some(vec![1_000_000, 0])];
    assert_eq!(read[..2], known);
    assert!(read[2..].iter().all(Option::is_none), "{read:?}");
    assert_eq!(rows.rows[0].payout(1).unwrap().to_string(), "0.5");
    assert_eq!((rows.rows[0].payout(2), rows.rows[2].payout(0)), (None, None));
    let ((_, issue), count) = rows.issues.first_key_value().unwrap();
    assert_eq!((issue.field, issue.reason, count.count), ("payouts", Unreadable::OutOfRange, 4));
}

#[tokio::test]
async fn oracle_prices_are_parts_of_ten_to_the_eighteenth() {
    let too_early =
        "-57896044618658097711785492504343953926634992332820282019728792003956564819968";
    let cases = [
        (value!("1000000000000000000"), Some("1")),
        (value!("500000000000000000"), Some("0.5")),
        (value!(5e17), Some("0.5")),
        (value!("0"), Some("0")),
        (value!("69"), None),
        (value!(69), None),
        (value!(""), None),
        (value!("2000000000000000000"), None),
        (value!(too_early), None),
    ];
    for (written, expected) in cases {
        let rows = resolutions(value!([resolution(&[("proposed_price", written.clone())])])).await;
        let price = rows.rows[0].proposed_price.map(|price| price.to_string());
        assert_eq!(price.as_deref(), expected, "{written}");
    }
}

#[tokio::test]
async fn times_come_as_iso_and_as_seconds_in_text() {
    let rows = resolutions(value!([
        resolution(&[]),
        resolution(&[("last_update_timestamp", value!("1788988759"))]),
        resolution(&[("last_update_timestamp", value!(""))]),
        resolution(&[("last_update_timestamp", value!("soon"))]),
    ]))
    .await;
    let times: Vec<_> =
        rows.rows.iter().map(|row| row.updated_at.map(|at| at.timestamp())).collect();
    assert_eq!(times, [Some(1_788_988_759), Some(1_788_988_759), None, None]);
    assert_eq!(rows.issues.len(), 1);
}

#[tokio::test]
async fn words_nobody_knows_are_kept_and_noted() {
    let rows = resolutions(value!([
        resolution(&[("status", value!("pondering")), ("reporter", value!("ORACLE_9"))]),
        resolution(&[("status", value!("DISPUTED"))]),
        resolution(&[("status", value!(""))]),
        resolution(&[("condition_id", value!(""))]),
        resolution(&[("condition_id", value!("")), ("question_id", value!("0xAB"))]),
    ]))
    .await;
    assert_eq!(rows.rows[0].status, ResolutionStatus::Other("pondering".to_owned()));
    assert_eq!(rows.rows[0].reporter.as_ref().unwrap().as_str(), "ORACLE_9");
    assert_eq!(rows.rows[1].status, ResolutionStatus::Disputed);
    assert_eq!(rows.rows[2].question_id.as_deref(), Some("0xab"));
    let reasons: Vec<_> = rows.rejected.iter().map(|row| row.reason.clone()).collect();
    assert_eq!(reasons, [RejectReason::Lacks("status"), RejectReason::Lacks("condition_id")]);
    assert!(rows.issues.keys().all(|(_, issue)| issue.reason == Unreadable::UnknownWord));
    assert_eq!(rows.issues.len(), 2);
}

#[tokio::test]
async fn holders_of_a_bad_group_cost_no_other_group() {
    let holder = |digit: &str, amount: Value| value!({"proxy_wallet": format!("0x{}", digit.repeat(40)), "amount": amount});
    let groups = value!([
        {"token_id": "1", "holders": [
            holder("a", value!(784.38)), holder("b", value!("")), holder("", value!(1)), 5,
        ]},
        {"token_id": "2"},
        null,
        {"token_id": "3", "holders": null},
        {"token_id": "4", "holders": [holder("c", value!("9e-6"))]},
        {"holders": [holder("d", value!(1))]},
    ]);
    let condition = ConditionId::parse(&"a".repeat(64)).unwrap();
    let rows = client_of(groups).await.holders(&condition, 10).await.unwrap().rows;
    let read: Vec<_> = rows.rows.iter().map(|row| (row.token_id.as_str(), row.shares)).collect();
    assert_eq!(read, [("1", dec!(784.38)), ("4", dec!(0.000009))]);
    assert!(rows.rows.iter().all(|row| row.economics.is_none() && row.name.is_none()));
    let paths: Vec<_> = rows.rejected.iter().map(|row| row.path.as_str()).collect();
    let expected = [
        "data[0].holders[1].amount",
        "data[0].holders[2].proxy_wallet",
        "data[0].holders[3]",
        "data[1].holders",
        "data[2]",
        "data[3].holders",
        "data[5].holders[0].token_id",
    ];
    assert_eq!(paths, expected);
    assert_eq!(rows.raw_rows, 9);
}
