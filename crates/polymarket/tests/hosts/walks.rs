//! How walks end, and that they say so.

use domain::Address;
use polymarket::UpstreamErrorKind as Kind;
use polymarket::data::{
    ActivityQuery, ActivityWalk, BoardPeriod, DataClient, DataVersion, LeaderboardQuery,
    LeaderboardSort, LeaderboardWalk, PositionFilter, PositionsQuery, PositionsWalk, TimeOrder,
    TradesQuery, TradesWalk, WalkBreak, WalkEnd, WinnersQuery, WinnersWalk,
};
use serde_json::{Value, json as value};

use crate::data::trade;
use crate::fake::{Fake, json, reply};
use crate::wallets::{WALLET, condition, wallet};

const NOON: i64 = 1_790_000_000;

/// A deposit at this second.
pub(crate) fn deposit(second: i64) -> Value {
    value!({
        "proxy_wallet": WALLET, "type": "DEPOSIT", "timestamp": second, "condition_id": "",
        "size": 5, "usdc_size": 5, "price": 0, "token_id": "", "side": "", "outcome_index": 999,
        "transaction_hash": format!("0x{second:064x}"), "slug": "", "title": "",
    })
}

/// A position in this token.
pub(crate) fn position(token: u64) -> Value {
    value!({
        "proxy_wallet": WALLET, "token_id": token.to_string(), "condition_id": condition("a"),
        "current_size": 28.09, "avg_price": 0.6699, "entry_cost_usdc": 18.8202, "status": "OPEN",
    })
}

pub(crate) fn page(rows: &[Value], has_more: bool, cursor: Option<&str>) -> String {
    let pagination = value!({"limit": 3, "offset": 0, "has_more": has_more, "next_cursor": cursor});
    value!({"data": rows, "pagination": pagination}).to_string()
}

/// A host that serves these pages, one after the other.
async fn pages(pages: Vec<String>) -> Fake {
    Fake::serve(move |number, _| json(pages[number.min(pages.len() - 1)].clone())).await
}

fn activity(fake: &Fake) -> ActivityWalk {
    ActivityWalk::new(DataClient::new(fake.upstream()), ActivityQuery::of(wallet()))
}

fn deposits(seconds: std::ops::Range<i64>) -> Vec<Value> {
    seconds.map(|second| deposit(NOON + second)).collect()
}

#[tokio::test]
async fn a_walk_to_the_end_is_complete_and_counts_what_it_brought() {
    let mut second = deposits(3..5);
    second.push(value!({"type": "SPLIT"}));
    second.push(value!({"proxy_wallet": format!("0x{}", "1".repeat(40)), "type": "YIELD",
        "timestamp": NOON, "size": 1}));
    let fake =
        pages(vec![page(&deposits(0..3), true, Some("c1")), page(&second, false, None)]).await;
    let walked = activity(&fake).to_the_end().await;
    assert_eq!((walked.end.clone(), walked.version), (WalkEnd::Complete, Some(DataVersion::V2)));
    assert_eq!(walked.rows.rows.len(), 5);
    let tally = &walked.tally;
    assert_eq!((tally.pages, tally.rows, tally.unusable_rows, tally.unasked_rows), (2, 5, 1, 1));
    let seconds = [tally.oldest, tally.newest].map(|at| at.unwrap().timestamp() - NOON);
    assert_eq!(seconds, [0, 4]);
    assert!(!walked.is_whole(), "a row that cannot be used is a gap");
    let lines = fake.lines();
    assert_eq!(lines[1], format!("{}&cursor=c1", lines[0]), "identical filters");

    let fake = pages(vec![page(&[], false, None)]).await;
    let walked = activity(&fake).to_the_end().await;
    assert!(walked.is_whole() && walked.rows.rows.is_empty());
}

#[tokio::test]
async fn rows_without_a_cursor_to_them_are_a_cap() {
    let fake =
        pages(vec![page(&deposits(0..3), true, Some("c1")), page(&deposits(3..6), true, None)])
            .await;
    let walked = activity(&fake).to_the_end().await;
    let WalkEnd::CappedAt { rows: 6, reached: Some(reached) } = walked.end else {
        panic!("{:?}", walked.end)
    };
    assert_eq!(reached.timestamp(), NOON + 5);
    assert_eq!(walked.rows.rows.len(), 6);
    let rows = [position(1), position(2)];
    let fake = pages(vec![page(&rows, true, None)]).await;
    let query = PositionsQuery::of_wallet(wallet(), PositionFilter::Open);
    let walked = PositionsWalk::new(DataClient::new(fake.upstream()), query).to_the_end().await;
    assert_eq!(walked.end, WalkEnd::CappedAt { rows: 2, reached: None });
}

#[tokio::test]
async fn an_empty_page_that_promises_more_breaks_the_walk() {
    for last in [
        page(&[], true, Some("c2")),
        page(&[], true, None),
        r#"{"data":null,"pagination":{"has_more":true,"next_cursor":"c2"}}"#.to_owned(),
    ] {
        let fake = pages(vec![page(&deposits(0..3), true, Some("c1")), last.clone()]).await;
        let mut walk = activity(&fake);
        assert!(walk.next_page().await.unwrap().is_some());
        assert_eq!(walk.end(), None);
        assert_eq!(walk.next_page().await.unwrap().unwrap().rows.raw_rows, 0);
        assert_eq!(walk.end(), Some(&WalkEnd::Broken(WalkBreak::EmptyButMore)), "{last}");
        assert!(walk.next_page().await.unwrap().is_none());
        assert_eq!(fake.asked().len(), 2);
    }
}

#[tokio::test]
async fn pages_that_repeat_break_the_walk() {
    let again = pages(vec![
        page(&deposits(0..3), true, Some("c1")),
        page(&deposits(0..3), true, Some("c2")),
    ])
    .await;
    let same_cursor = pages(vec![
        page(&deposits(0..3), true, Some("c1")),
        page(&deposits(3..6), true, Some("c1")),
    ])
    .await;
    let backwards = pages(vec![
        page(&deposits(3..6), true, Some("c1")),
        page(&deposits(0..3), true, Some("c2")),
    ])
    .await;
    for fake in [again, same_cursor, backwards] {
        let mut walk = activity(&fake);
        assert!(walk.next_page().await.unwrap().is_some());
        let error = walk.next_page().await.unwrap_err();
        assert!(matches!(error.kind, Kind::PagingLoop(_)), "{error}");
        assert_eq!(error.path, "/v2/activity");
        assert!(matches!(walk.end(), Some(WalkEnd::Broken(WalkBreak::Loop(_)))));
        assert!(walk.next_page().await.unwrap().is_none());
        let walked = activity(&fake).to_the_end().await;
        assert!(matches!(walked.end, WalkEnd::Broken(WalkBreak::Loop(_))), "{:?}", walked.end);
    }
    let position = [position(1), position(2)];
    let fake =
        Fake::serve(move |number, _| json(page(&position, true, Some(&format!("c{number}")))))
            .await;
    let query = PositionsQuery::of_wallet(wallet(), PositionFilter::Closed);
    let walked = PositionsWalk::new(DataClient::new(fake.upstream()), query).to_the_end().await;
    assert!(matches!(walked.end, WalkEnd::Broken(WalkBreak::Loop(_))));
    assert_eq!((walked.rows.rows.len(), fake.asked().len()), (2, 2));
}

#[tokio::test]
async fn newest_first_the_other_way_round_is_out_of_order() {
    let rows = |seconds: [i64; 2]| seconds.map(|second| deposit(NOON + second));
    let fake = pages(vec![
        page(&rows([9, 8]), true, Some("c1")),
        page(&rows([7, 6]), true, Some("c2")),
        page(&rows([8, 5]), true, Some("c3")),
    ])
    .await;
    let query = ActivityQuery { order: TimeOrder::NewestFirst, ..ActivityQuery::of(wallet()) };
    let walked = ActivityWalk::new(DataClient::new(fake.upstream()), query).to_the_end().await;
    assert!(matches!(walked.end, WalkEnd::Broken(WalkBreak::Loop(_))));
    assert_eq!(walked.rows.rows.len(), 4);
}

#[tokio::test]
async fn a_server_that_ignores_the_wallet_is_not_walked() {
    let fake = Fake::serve(|number, _| {
        let second = NOON + i64::try_from(number).unwrap();
        json(page(&[deposit(second)], true, Some(&format!("c{number}"))))
    })
    .await;
    let other = Address::parse(&format!("0x{}", "1".repeat(40))).unwrap();
    let query = ActivityQuery::of(other.clone());
    let walked = ActivityWalk::new(DataClient::new(fake.upstream()), query).to_the_end().await;
    assert_eq!(walked.end, WalkEnd::Broken(WalkBreak::FilterIgnored));
    assert_eq!((walked.tally.unasked_rows, fake.asked().len()), (1, 1));
    let fake = Fake::serve(|_, _| json(page(&[trade(NOON)], true, Some("c")))).await;
    let query = TradesQuery::of_wallet(other);
    let walked = TradesWalk::new(DataClient::new(fake.upstream()), query).to_the_end().await;
    assert_eq!(walked.end, WalkEnd::Broken(WalkBreak::FilterIgnored));
}

#[tokio::test]
async fn what_came_before_a_failure_is_kept_and_the_walk_can_go_on() {
    let script = |number: usize| match number {
        0 => json(page(&deposits(0..3), true, Some("c1"))),
        1 => reply(400, r#"{"error":"no","code":"invalid_request","retryable":false}"#),
        _ => json(page(&deposits(3..4), false, None)),
    };
    let fake = Fake::serve(move |number, _| script(number)).await;
    let walked = activity(&fake).to_the_end().await;
    let WalkEnd::Broken(WalkBreak::Failed(error)) = &walked.end else { panic!("{:?}", walked.end) };
    assert_eq!((error.status, walked.rows.rows.len()), (Some(400), 3));

    let fake = Fake::serve(move |number, _| script(number)).await;
    let mut walk = activity(&fake);
    walk.next_page().await.unwrap();
    assert!(walk.next_page().await.is_err());
    assert_eq!((walk.end(), walk.cursor()), (None, Some("c1")));
    assert_eq!(walk.to_the_end().await.end, WalkEnd::Complete);
}

#[tokio::test]
async fn trades_of_a_wallet_say_how_they_ended() {
    let rows = |from: i64| (0..3).map(|ago| trade(from - ago)).collect::<Vec<_>>();
    let fake =
        pages(vec![page(&rows(NOON), true, Some("c1")), page(&rows(NOON - 3), true, None)]).await;
    let query = TradesQuery::of_wallet(wallet());
    let walked = TradesWalk::new(DataClient::new(fake.upstream()), query).to_the_end().await;
    let WalkEnd::CappedAt { rows: 6, reached: Some(reached) } = walked.end else {
        panic!("{:?}", walked.end)
    };
    assert_eq!(reached.timestamp(), NOON - 5);
    assert!(fake.lines()[0].contains("start=1&taker_only=false&filter_type=TOKENS"));
}

#[tokio::test]
async fn boards_are_walked_by_rank() {
    let leader =
        |rank: u64| value!({"rank": rank, "user_id": format!("0x{rank:040x}"), "pnl": -1.5});
    let script = move |asked: &str| {
        if asked.contains("cursor=c1") {
            page(&[leader(3)], false, None)
        } else {
            page(&[leader(1), leader(2)], true, Some("c1"))
        }
    };
    let fake = Fake::serve(move |_, asked| json(script(&asked.target))).await;
    let query = LeaderboardQuery::new(BoardPeriod::Week, LeaderboardSort::Pnl);
    let walked = LeaderboardWalk::new(DataClient::new(fake.upstream()), query).to_the_end().await;
    let ranks: Vec<u64> = walked.rows.rows.iter().map(|row| row.rank).collect();
    assert_eq!((ranks, walked.end), (vec![1, 2, 3], WalkEnd::Complete));
    assert!(fake.lines()[1].ends_with("time_period=week&sort_by=PNL&cursor=c1"));

    let win = value!({"win_rank": 1, "kind": "jackpot", "user_id": WALLET, "event_id": 0});
    let fake = pages(vec![page(&[win], false, None)]).await;
    let query = WinnersQuery::new(BoardPeriod::Day);
    let walked = WinnersWalk::new(DataClient::new(fake.upstream()), query).to_the_end().await;
    let row = &walked.rows.rows[0];
    assert_eq!((row.kind.as_str(), row.event_id.as_ref(), row.pnl), ("jackpot", None, None));
    assert_eq!(walked.rows.issues.len(), 1, "the word is noted");
}
