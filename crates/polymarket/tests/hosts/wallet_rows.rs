//! Rows about wallets that break other clients: they are degraded or quarantined, and never cost their
//! neighbours.

use domain::Side;
use polymarket::data::{
    ActivityQuery, ActivityRow, ActivityType, DataClient, PnlFidelity, PnlInterval, PositionFilter,
    PositionRow, PositionStatus, PositionsQuery,
};
use polymarket::lenient::Unreadable;
use polymarket::{RejectReason, RowKind, Rows, UpstreamErrorKind as Kind};
use rust_decimal::dec;
use serde_json::{Value, json as value};

use crate::fake::{Fake, reply, with_header};
use crate::walks::{deposit, page, position};
use crate::wallets::{WALLET, condition, wallet};

const NOON: i64 = 1_790_000_000;

async fn client_of(data: Value) -> DataClient {
    DataClient::new(Fake::says(value!({ "data": data }).to_string()).await.upstream())
}

async fn activity(rows: Vec<Value>) -> Rows<ActivityRow> {
    let client = client_of(value!(rows)).await;
    client.activity(&ActivityQuery::of(wallet())).await.unwrap().rows
}

async fn positions(rows: Vec<Value>) -> Rows<PositionRow> {
    let query = PositionsQuery::of_wallet(wallet(), PositionFilter::Open);
    client_of(value!(rows)).await.positions(&query).await.unwrap().rows
}

fn with(mut row: Value, field: &str, new: Value) -> Value {
    row[field] = new;
    row
}

fn trade() -> Value {
    value!({
        "proxy_wallet": WALLET, "type": "TRADE", "timestamp": NOON, "condition_id": condition("a"),
        "size": 22.84, "usdc_size": 12.16184, "price": 0.52, "token_id": "1", "side": "BUY",
        "outcome_index": 999, "outcome": "Yes", "slug": "will-it", "title": "Will it?",
    })
}

#[tokio::test]
async fn a_bad_act_costs_no_other() {
    let cases = [
        (with(trade(), "side", value!("")), Some("side")),
        (with(trade(), "side", value!("IN")), Some("side")),
        (with(trade(), "price", value!("")), Some("price")),
        (with(trade(), "price", value!(1.2)), Some("price")),
        (with(trade(), "size", value!("NaN")), Some("size")),
        (with(trade(), "token_id", value!("")), Some("token_id")),
        (with(trade(), "timestamp", value!(0)), Some("timestamp")),
        (with(trade(), "proxy_wallet", value!("0x12")), Some("proxy_wallet")),
        (with(trade(), "type", value!("")), Some("type")),
        (with(trade(), "usdc_size", value!("")), None),
        (with(trade(), "condition_id", value!("")), None),
        (with(trade(), "size", value!(9e-6)), None),
        (with(with(deposit(NOON), "size", Value::Null), "usdc_size", value!("")), Some("size")),
        (with(deposit(NOON), "size", value!("")), None),
        (with(deposit(NOON), "type", value!("AIRDROP")), None),
        (with(deposit(NOON), "side", value!("SIDEWAYS")), None),
    ];
    let mut rows = vec![trade()];
    rows.extend(cases.iter().map(|(row, _)| row.clone()));
    rows.extend([Value::Null, value!([]), trade()]);
    let read = activity(rows).await;
    let lacking: Vec<_> = cases.iter().filter_map(|(_, lacks)| *lacks).collect();
    let reasons: Vec<_> = read.rejected.iter().map(|row| row.reason.clone()).collect();
    let mut expected: Vec<_> = lacking.iter().map(|field| RejectReason::Lacks(field)).collect();
    expected.extend([RejectReason::NotAnObject, RejectReason::NotAnObject]);
    assert_eq!(reasons, expected);
    assert!(read.rejected.iter().all(|row| row.kind == RowKind::Activity));
    assert_eq!(read.rejected[0].path, "data[1].side");
    assert_eq!(read.rows.len(), 2 + cases.len() - lacking.len());
}

#[tokio::test]
async fn what_is_not_known_of_an_act_is_unknown() {
    let mut redeem = with(deposit(NOON), "type", value!("REDEEM"));
    redeem["condition_id"] = value!(condition("a"));
    redeem["usdc_size"] = value!(0);
    let combo = with(trade(), "condition_id", value!("0x".to_owned() + &"3".repeat(62)));
    let told = with(with(trade(), "is_combo", value!(true)), "slug", value!("x"));
    let tip = with(with(deposit(NOON), "type", value!("TIP")), "side", value!("OUT"));
    let future = with(with(deposit(NOON), "type", value!("AIRDROP")), "size", value!(7));
    let read = activity(vec![redeem, combo, told, tip, future, trade()]).await;
    let [redeem, combo, told, tip, future, trade] = read.rows.as_slice() else {
        panic!("{read:?}")
    };
    assert_eq!((&redeem.kind, redeem.price), (&ActivityType::Redeem, None));
    assert_eq!((redeem.size, redeem.usdc.unwrap().decimal()), (Some(dec!(5)), dec!(0)));
    assert_eq!((redeem.side.as_ref(), redeem.token_id.as_ref()), (None, None));
    assert_eq!((redeem.outcome_index, redeem.is_combo), (None, false));
    assert!(combo.is_combo && told.is_combo && !trade.is_combo);
    assert_eq!((tip.trade_side(), tip.side.as_ref().unwrap().as_str()), (None, "OUT"));
    assert_eq!((future.kind.as_str(), future.size), ("AIRDROP", Some(dec!(7))));
    assert_eq!(trade.trade_side(), Some(Side::Buy));
    assert_eq!(trade.price.unwrap(), dec!(0.52));
    let ((_, issue), count) = read.issues.first_key_value().unwrap();
    assert_eq!((issue.field, issue.reason, count.count), ("type", Unreadable::UnknownWord, 1));
    assert_eq!(read.issues.len(), 1);
}

#[tokio::test]
async fn rows_of_other_wallets_and_kinds_are_quarantined() {
    let other = with(trade(), "proxy_wallet", value!(format!("0x{}", "1".repeat(40))));
    let read = activity(vec![trade(), other.clone()]).await;
    assert_eq!((read.rows.len(), &read.rejected[0].reason), (1, &RejectReason::NotRequested));
    let foreign = with(position(1), "proxy_wallet", other["proxy_wallet"].clone());
    let read = positions(vec![foreign, position(2)]).await;
    assert_eq!((read.rows.len(), &read.rejected[0].reason), (1, &RejectReason::NotRequested));
    let client =
        client_of(value!([position(1), with(position(2), "condition_id", value!(condition("b")))]))
            .await;
    let query = PositionsQuery::of_market(condition("b"), PositionFilter::Open);
    let read = client.positions(&query).await.unwrap().rows;
    assert_eq!((read.rows.len(), read.rows[0].token_id.as_str()), (1, "2"));
}

#[tokio::test]
async fn a_position_without_economics_is_kept_with_what_is_known() {
    let sparse = value!({
        "proxy_wallet": WALLET, "token_id": "7", "current_size": "9e-6", "last_event_at": 0,
        "first_entry_at": 0, "end_date": "1970-01-01", "outcome_index": 999, "event_id": "0",
        "avg_price": null, "status": "FROZEN", "condition_id": "",
    });
    let read = positions(vec![
        sparse,
        with(position(1), "current_size", value!("")),
        with(position(2), "token_id", value!("")),
        with(position(3), "avg_price", value!(1.5)),
        with(position(4), "realized_pnl", value!("1e30")),
        with(position(5), "brand_new", value!(1)),
    ])
    .await;
    let [sparse, third, fourth, _] = read.rows.as_slice() else { panic!("{read:?}") };
    assert_eq!(sparse.shares, Some(dec!(0.000009)));
    assert_eq!(sparse.status, Some(PositionStatus::Other("FROZEN".to_owned())));
    let unknown = (sparse.avg_price, sparse.ends_on, sparse.last_event_at, sparse.outcome_index);
    assert_eq!(unknown, (None, None, None, None));
    assert_eq!((&sparse.event_id, &sparse.condition_id), (&None, &None));
    assert_eq!((third.avg_price, fourth.realized), (None, None));
    let issues: Vec<_> = read.issues.keys().map(|(_, issue)| issue.field).collect();
    assert_eq!(issues, ["avg_price", "realized_pnl", "status"]);
    let reasons: Vec<_> = read.rejected.iter().map(|row| row.reason.clone()).collect();
    assert_eq!(reasons, [RejectReason::Lacks("current_size"), RejectReason::Lacks("token_id")]);
    assert_eq!(read.unknown_keys.keys().collect::<Vec<_>>(), ["brand_new"]);
}

#[tokio::test]
async fn a_bad_point_costs_no_other_and_null_is_unknown() {
    let point = |second: i64| value!({"timestamp": second, "fees": -1.5, "deposits": null});
    let series = value!({
        "proxy_wallet": WALLET, "interval": "1w", "fidelity": "1d",
        "points": [point(NOON + 5), {"fees": 1}, with(point(NOON), "fees", value!("x")), null],
    });
    let client = client_of(series).await;
    let read = client.user_pnl(&wallet(), PnlInterval::Week, PnlFidelity::Day).await.unwrap();
    let points = read.value.unwrap().points;
    let seconds: Vec<_> = points.rows.iter().map(|point| point.at.timestamp() - NOON).collect();
    assert_eq!((seconds, points.rejected.len()), (vec![0, 5], 2));
    assert_eq!((points.rows[0].fees, points.rows[1].deposits), (None, None));
    assert_eq!(points.rows[1].fees.unwrap().decimal(), dec!(-1.5));
    assert_eq!(points.rejected[0].path, "data.points[1].timestamp");
}

#[tokio::test]
async fn an_answer_about_another_wallet_is_an_error_and_never_no_data() {
    let other = format!("0x{}", "1".repeat(40));
    let bodies = [
        value!({"proxy_wallet": other, "value": 5, "points": [], "user_id": other}),
        value!({"value": 5}),
        value!([]),
        value!("none"),
    ];
    for body in bodies {
        let client = client_of(body.clone()).await;
        let wallet = wallet();
        let pnl = client.user_pnl(&wallet, PnlInterval::Day, PnlFidelity::Hour).await;
        let kinds = [
            client.value(&wallet, &[]).await.unwrap_err().kind,
            client.user_stats(&wallet).await.unwrap_err().kind,
            pnl.unwrap_err().kind,
        ];
        assert!(kinds.iter().all(|kind| matches!(kind, Kind::Malformed(_))), "{body}: {kinds:?}");
    }
    let client = client_of(value!({"proxy_wallet": WALLET, "trades": "many", "views": 3})).await;
    let stats = client.user_stats(&wallet()).await.unwrap().value.unwrap();
    assert_eq!((stats.markets_traded, stats.views, stats.all_time), (None, Some(3), None));
    let client = client_of(value!({"volume": "", "volume_usdc": null})).await;
    assert!(client.user_volume(&wallet(), None, None).await.is_err());
}

#[tokio::test]
async fn storms_pass_and_pages_tell_their_trace() {
    let fake = Fake::serve(|number, _| match number {
        0 => with_header(reply(429, r#"{"error":"slow down"}"#), "retry-after", "1"),
        1 => reply(503, r#"{"error":"later","retryable":true}"#),
        2 => reply(200, "<html>challenge</html>"),
        _ => with_header(
            reply(200, page(&[position(1)], false, None)),
            "x-trace-id",
            "cdee1c859c8d8dad",
        ),
    })
    .await;
    let query = PositionsQuery::of_wallet(wallet(), PositionFilter::Open);
    let page = DataClient::new(fake.upstream()).positions(&query).await.unwrap();
    assert_eq!((page.rows.rows.len(), fake.asked().len()), (1, 4));
    assert_eq!(page.delivery.trace_id.as_deref(), Some("cdee1c859c8d8dad"));
}
