//! Version 1, where version 2 has no such route.

use std::sync::Arc;

use chrono::DateTime;
use polymarket::UpstreamErrorKind as Kind;
use polymarket::data::{
    ActivityQuery, ActivityType, ActivityWalk, DataClient, DataVersion, PositionFilter,
    PositionStatus, PositionsQuery, PositionsWalk, TimeOrder, TradeScope, TradesQuery, TradesWalk,
    WalkEnd,
};
use rust_decimal::dec;
use serde_json::{Value, json as value};

use crate::fake::{Asked, Fake, Reply, json, reply};
use crate::wallets::{WALLET, condition, wallet};

const NOON: i64 = 1_790_000_000;
const MISSING: &str = r#"{"error":"route not found","code":"not_found","retryable":false}"#;

/// The value of a parameter as a number.
fn number(asked: &Asked, name: &str) -> Option<i64> {
    let query = asked.target.split_once('?')?.1;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(found, _)| *found == name)?.1.parse().ok()
}

/// A host without version 2, whose lists of version 1 are these rows.
pub(crate) async fn first_version(rows: Vec<Value>, max_offset: i64, past: Past) -> Fake {
    let rows = Arc::new(rows);
    Fake::serve(move |_, asked| answer(asked, &rows, max_offset, past)).await
}

/// What comes of an offset past the cap.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Past {
    Refused,
    Repeats,
}

fn answer(asked: &Asked, rows: &[Value], max_offset: i64, past: Past) -> Reply {
    if asked.target.starts_with("/v2/") {
        return reply(404, MISSING);
    }
    let offset = number(asked, "offset").unwrap_or(0);
    if offset > max_offset && matches!(past, Past::Refused) {
        return reply(400, r#"{"error":"max offset exceeded"}"#);
    }
    let (offset, limit) = (offset.min(max_offset), number(asked, "limit").unwrap_or(100));
    let (start, end) = (number(asked, "start"), number(asked, "end"));
    let is_within = |row: &&Value| {
        let second = row["timestamp"].as_i64();
        start.is_none_or(|start| second >= Some(start))
            && end.is_none_or(|end| second.is_none_or(|second| second <= end))
    };
    let mut found: Vec<&Value> = rows.iter().filter(is_within).collect();
    if asked.target.contains("sortDirection=DESC") && asked.target.starts_with("/activity") {
        found.reverse();
    }
    let (skip, take) = (usize::try_from(offset).unwrap(), usize::try_from(limit).unwrap());
    let page: Vec<&Value> = found.into_iter().skip(skip).take(take).collect();
    json(value!(page).to_string())
}

/// A trade in the words of version 1.
fn trade(index: i64, second: i64) -> Value {
    value!({
        "proxyWallet": WALLET, "timestamp": second, "conditionId": condition("a"), "type": "TRADE",
        "size": 0.1, "usdcSize": 0.089, "transactionHash": format!("0x{index:064x}"), "price": 0.89,
        "asset": "19", "side": "BUY", "outcomeIndex": 0, "title": "Up?", "slug": "up", "icon": "",
        "eventSlug": "up", "outcome": "Up", "name": "G", "pseudonym": "Popular-Insurrection",
        "bio": "", "profileImage": "", "profileImageOptimized": "",
    })
}

fn activity(fake: &Fake, order: TimeOrder) -> ActivityWalk {
    let query = ActivityQuery { order, ..ActivityQuery::of(wallet()) };
    ActivityWalk::with_fallback(DataClient::new(fake.upstream()), query)
}

#[tokio::test]
async fn activity_goes_on_past_the_cap_in_windows_of_time() {
    // Seven thousand acts, three a second, and one second with a thousand.
    let seconds = (0..6_000).map(|n| n / 3).chain((0..1_000).map(|_| 5_000));
    let rows: Vec<Value> = (0..).zip(seconds).map(|(n, s)| trade(n, NOON + s)).collect();
    for order in [TimeOrder::OldestFirst, TimeOrder::NewestFirst] {
        let fake = first_version(rows.clone(), 5_000, Past::Refused).await;
        let walked = activity(&fake, order).to_the_end().await;
        assert_eq!((&walked.end, walked.version), (&WalkEnd::Complete, Some(DataVersion::V1)));
        let mut hashes: Vec<_> = walked
            .rows
            .rows
            .iter()
            .map(|row| row.transaction_hash.clone().unwrap().to_string())
            .collect();
        assert_eq!(hashes.len(), 7_000);
        if order == TimeOrder::NewestFirst {
            hashes.reverse();
        }
        assert!(hashes.is_sorted_by(|one, next| one < next), "each once, in order");
        let first = &fake.lines()[1];
        assert!(first.starts_with(&format!("GET /activity?limit=500&user={WALLET}&start=1&sort")));
        assert!(first.contains("&excludeDepositsWithdrawals=false&offset=0"), "{first}");
        assert!(fake.asked().iter().all(|asked| number(asked, "offset").unwrap_or(0) <= 5_000));
    }
}

#[tokio::test]
async fn a_second_with_more_acts_than_the_cap_is_a_cap() {
    let rows: Vec<Value> = (0..7_000).map(|n| trade(n, NOON)).collect();
    let fake = first_version(rows, 5_000, Past::Refused).await;
    let walked = activity(&fake, TimeOrder::OldestFirst).to_the_end().await;
    let WalkEnd::CappedAt { rows, reached } = walked.end else { panic!("{:?}", walked.end) };
    assert_eq!((rows, reached.unwrap().timestamp()), (5_500, NOON));
}

#[tokio::test]
async fn a_walk_over_version_1_can_be_resumed() {
    let rows: Vec<Value> = (0..1_200).map(|n| trade(n, NOON + n / 2)).collect();
    let fake = first_version(rows, 5_000, Past::Refused).await;
    let mut walk = activity(&fake, TimeOrder::OldestFirst);
    let first = walk.next_page().await.unwrap().unwrap();
    assert_eq!((first.rows.rows.len(), first.version), (500, DataVersion::V1));
    let cursor = walk.cursor().map(str::to_owned);
    let query = ActivityQuery { cursor, ..ActivityQuery::of(wallet()) };
    let rest = ActivityWalk::new(DataClient::new(fake.upstream()), query).to_the_end().await;
    assert_eq!((rest.rows.rows.len(), rest.end), (700, WalkEnd::Complete));
}

#[tokio::test]
async fn trades_end_at_the_cap_however_low_it_is() {
    let mut rows: Vec<Value> = (0..3_000).map(|n| trade(n, NOON - n)).collect();
    for row in &mut rows {
        row.as_object_mut().unwrap().remove("type");
    }
    for (max_offset, past, expected) in [
        (10_000, Past::Repeats, (3_000, WalkEnd::Complete)),
        // The page at the cap comes again, or is refused: 1,000 rows before it and 500 on it.
        (1_000, Past::Repeats, (1_500, capped(1_500))),
        (1_000, Past::Refused, (1_500, capped(1_500))),
    ] {
        let fake = first_version(rows.clone(), max_offset, past).await;
        let client = DataClient::new(fake.upstream());
        let walk = TradesWalk::with_fallback(client, TradesQuery::of_wallet(wallet()));
        let walked = walk.to_the_end().await;
        let found = (walked.rows.rows.len(), walked.end);
        assert_eq!(found, expected, "{max_offset} {past:?}");
        let first = &fake.lines()[1];
        let expected = format!(
            "GET /trades?limit=500&user={WALLET}&takerOnly=false&filterType=TOKENS&filterAmount=0.000001&offset=0"
        );
        assert_eq!(first, &expected);
    }
}

fn capped(rows: u64) -> WalkEnd {
    let reached = DateTime::from_timestamp(NOON + 1 - i64::try_from(rows).unwrap(), 0);
    WalkEnd::CappedAt { rows, reached }
}

#[tokio::test]
async fn trades_of_a_stretch_of_time_are_cut_out_here() {
    let rows: Vec<Value> = (0..3_000).map(|n| trade(n, NOON - n)).collect();
    let fake = first_version(rows, 10_000, Past::Repeats).await;
    let at = |second| DateTime::from_timestamp(second, 0);
    let scope =
        TradeScope::Wallet { wallet: wallet(), since: at(NOON - 700), until: at(NOON - 100) };
    let query = TradesQuery { scope, ..TradesQuery::of_wallet(wallet()) };
    let walk = TradesWalk::with_fallback(DataClient::new(fake.upstream()), query);
    let walked = walk.to_the_end().await;
    assert_eq!((walked.rows.rows.len(), walked.end), (601, WalkEnd::Complete));
    assert_eq!(fake.asked().len(), 3, "v2, and two pages: what is older is not asked for");
}

fn held(token: u64, price: f64) -> Value {
    value!({
        "proxyWallet": WALLET, "asset": token.to_string(), "conditionId": condition("a"),
        "size": 28.09, "avgPrice": 0.6699, "initialValue": 18.8202, "currentValue": 20.0843,
        "cashPnl": 1.264, "percentPnl": 6.7161, "totalBought": 28.09, "realizedPnl": 0,
        "percentRealizedPnl": 6.7162, "curPrice": price, "redeemable": false, "mergeable": false,
        "title": "Hot?", "slug": "hot", "icon": "", "eventId": "1142427", "eventSlug": "hot",
        "outcome": "No", "outcomeIndex": 1, "oppositeOutcome": "Yes", "oppositeAsset": "11",
        "endDate": "", "negativeRisk": true,
    })
}

#[tokio::test]
async fn positions_of_version_1_leave_unknown_what_it_does_not_say() {
    let fake = first_version(vec![held(7, 0.715), held(8, 0.0)], 10_000, Past::Refused).await;
    let client = DataClient::new(fake.upstream());
    let query = PositionsQuery::of_wallet(wallet(), PositionFilter::Open);
    let walked = PositionsWalk::with_fallback(client.clone(), query.clone()).to_the_end().await;
    assert!(walked.is_whole(), "{walked:?}");
    assert!(walked.rows.unknown_keys.is_empty() && walked.rows.issues.is_empty(), "{walked:?}");
    let row = &walked.rows.rows[0];
    assert_eq!((row.shares, row.avg_price.unwrap()), (Some(dec!(28.09)), dec!(0.6699)));
    assert_eq!(row.entry_cost.unwrap().decimal(), dec!(18.8202));
    assert_eq!(row.unrealized.unwrap().decimal(), dec!(1.264));
    assert_eq!(row.current_price.unwrap().decimal(), dec!(0.715));
    assert_eq!((row.bought_shares, row.neg_risk), (Some(dec!(28.09)), Some(true)));
    assert_eq!(row.event_id.as_ref().unwrap().as_str(), "1142427");
    let unsaid = (row.entry_fees, row.total_cost, row.total, &row.status, row.archived);
    assert_eq!(unsaid, (None, None, None, &None, None));
    let unsaid = (row.ends_on, row.last_event_at, row.first_entry_at, row.verified);
    assert_eq!(unsaid, (None, None, None, None));
    let lost = PositionsQuery { filter: PositionFilter::RedeemableLost, ..query };
    let lost = PositionsWalk::with_fallback(client, lost).to_the_end().await;
    assert_eq!((lost.rows.rows.len(), lost.rows.rows[0].token_id.as_str()), (1, "8"));
    let lines = fake.lines();
    let threshold = format!("GET /positions?limit=500&sizeThreshold=0&user={WALLET}&");
    assert_eq!(lines[1], format!("{threshold}sortBy=TOKENS&sortDirection=DESC&offset=0"));
    assert!(lines.iter().any(|line| line.contains("&redeemable=true&")), "{lines:?}");
}

#[tokio::test]
async fn closed_positions_of_version_1_do_not_say_what_is_held() {
    let closed = value!({
        "proxyWallet": WALLET, "asset": "9", "conditionId": condition("a"), "avgPrice": 0.3748,
        "totalBought": 449.7, "realizedPnl": 281.1088, "curPrice": 1, "timestamp": NOON,
        "title": "Cold?", "slug": "cold", "icon": "", "eventSlug": "cold", "outcome": "Yes",
        "outcomeIndex": 0, "oppositeOutcome": "No", "oppositeAsset": "10",
        "endDate": "2026-08-22T00:00:00Z",
    });
    let fake = first_version(vec![closed], 100_000, Past::Refused).await;
    let query = PositionsQuery::of_wallet(wallet(), PositionFilter::Closed);
    let walk = PositionsWalk::with_fallback(DataClient::new(fake.upstream()), query);
    let walked = walk.to_the_end().await;
    assert!(walked.is_whole() && walked.rows.unknown_keys.is_empty(), "{walked:?}");
    let row = &walked.rows.rows[0];
    assert_eq!((row.shares, row.status.as_ref()), (None, Some(&PositionStatus::Closed)));
    assert_eq!(row.realized.unwrap().decimal(), dec!(281.1088));
    assert_eq!(row.last_event_at.unwrap().timestamp(), NOON);
    assert_eq!(row.ends_on.unwrap().to_string(), "2026-08-22");
    assert!(fake.lines()[1].starts_with("GET /closed-positions?limit=50&user="));
}

#[tokio::test]
async fn value_falls_back_and_says_so() {
    let fake = Fake::serve(|_, asked| {
        if asked.target.starts_with("/v2/") {
            return reply(404, MISSING);
        }
        json(value!([{"user": WALLET, "value": 844.4295}]).to_string())
    })
    .await;
    let client = DataClient::new(fake.upstream());
    let served = client.value_with_fallback(&wallet(), &[condition("a")]).await.unwrap();
    assert_eq!(served.version, DataVersion::V1);
    assert_eq!(served.answer.value.unwrap().value.decimal(), dec!(844.4295));
    let expected = format!("GET /value?user={WALLET}&market={}", condition("a"));
    assert_eq!(fake.lines()[1], expected);
    assert_eq!(client.value(&wallet(), &[]).await.unwrap_err().kind, Kind::NotFound);
    for body in ["{}", r#"[{"user":"0x1","value":5}]"#, r#"[{"value":5}]"#] {
        let fake = Fake::serve(move |number, _| match number {
            0 => reply(404, MISSING),
            _ => json(body),
        })
        .await;
        let client = DataClient::new(fake.upstream());
        let error = client.value_with_fallback(&wallet(), &[]).await.unwrap_err();
        assert!(matches!(error.kind, Kind::Malformed(_)), "{body}: {error}");
    }
}

#[tokio::test]
async fn without_being_asked_to_nothing_falls_back() {
    let fake = first_version(vec![held(7, 0.5)], 10_000, Past::Refused).await;
    let client = DataClient::new(fake.upstream());
    let query = PositionsQuery::of_wallet(wallet(), PositionFilter::Open);
    let error = PositionsWalk::new(client.clone(), query.clone()).next_page().await.unwrap_err();
    assert_eq!(error.kind, Kind::NotFound);
    // What version 1 cannot answer is not made up of what it can.
    for query in [
        PositionsQuery::of_market(condition("a"), PositionFilter::Open),
        PositionsQuery { since: DateTime::from_timestamp(NOON, 0), ..query },
    ] {
        let error = PositionsWalk::with_fallback(client.clone(), query).next_page().await;
        assert_eq!(error.unwrap_err().kind, Kind::NotFound);
    }
    assert!(fake.lines().iter().all(|line| line.starts_with("GET /v2/positions")));
}

#[tokio::test]
async fn bad_rows_of_version_1_cost_no_others() {
    let mut rows = vec![trade(1, NOON), trade(2, NOON + 1), trade(3, NOON + 2), trade(4, NOON + 3)];
    rows[0]["side"] = value!("");
    rows[1]["type"] = value!("AIRDROP");
    rows[1]["brandNew"] = value!(1);
    rows[2] = value!(5);
    rows[2] = value!({"timestamp": NOON + 2, "type": "TRADE", "proxyWallet": WALLET});
    let fake = first_version(rows, 5_000, Past::Refused).await;
    let walked = activity(&fake, TimeOrder::OldestFirst).to_the_end().await;
    assert_eq!((walked.tally.rows, walked.tally.unusable_rows), (2, 2));
    assert_eq!(walked.rows.rows[0].kind, ActivityType::Other("AIRDROP".to_owned()));
    assert_eq!(walked.rows.unknown_keys.keys().collect::<Vec<_>>(), ["brandNew"]);
    let paths: Vec<_> = walked.rows.rejected.iter().map(|row| row.path.as_str()).collect();
    assert_eq!(paths, ["[0].side", "[2].side"]);
}
