//! Wallets: each thing they did once, however often it is read; each import by one worker.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Address, ConditionId, MarketId, Shares, TokenId, TransactionHash, Usdc};
use proptest::prelude::*;
use rust_decimal::Decimal;
use sqlx::PgConnection;
use store::testing::TestDatabase;
use store::wallets::activity::{self, Activity, ActivityFilter, ActivityPlace, Direction};
use store::wallets::holders::{self, Holder};
use store::wallets::imports::{self, Priority};
use store::wallets::metrics::{self, WalletMetrics};
use store::wallets::pnl::{self, PnlPoint, PnlSource};
use store::wallets::positions::{self, Booked, Closed, Position, Reported};
use store::wallets::{self, FoundBy, History, Identity};
use uuid::Uuid;

fn noon() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn wallet(number: u8) -> Address {
    Address::from_bytes([number; 20])
}

fn condition(number: u64) -> ConditionId {
    ConditionId::parse(&format!("0x{number:064x}")).unwrap()
}

/// A purchase, `second` after noon.
fn bought(second: i64, shares: u32) -> Activity {
    let shares = Decimal::from(shares);
    Activity {
        happened_at: noon() + TimeDelta::seconds(second),
        kind: "trade".to_owned(),
        transaction_hash: Some(TransactionHash::from_bytes([9; 32])),
        condition_id: Some(condition(7)),
        token_id: TokenId::parse("70").ok(),
        outcome_index: Some(0),
        direction: Some(Direction::Buy),
        is_maker: Some(false),
        price: Some(Decimal::new(25, 2)),
        shares: Shares::new(shares).ok(),
        usdc: Usdc::new(shares / Decimal::from(4)).ok(),
        is_combo: false,
    }
}

async fn writer(database: &TestDatabase) -> PgConnection {
    database.service().acquire().await.unwrap().detach()
}

#[tokio::test]
async fn what_is_read_twice_is_written_once_and_what_is_alike_is_kept() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let whole = [bought(0, 10), bought(0, 10), bought(1, 20), bought(40 * 86_400, 5)];
    let record = async |writer: &mut PgConnection, rows: &[Activity]| {
        activity::record(writer, &wallet(1), rows, noon()).await.unwrap()
    };
    assert_eq!(record(&mut writer, &whole[1..3]).await, 2, "a reading that lacks one of two alike");
    assert_eq!(record(&mut writer, &whole).await, 2);
    assert_eq!(record(&mut writer, &whole).await, 0);
    let mut told_otherwise = whole[2].clone();
    // What upstream fills in later, or rounds in another way, makes no other row of it.
    told_otherwise.outcome_index = None;
    told_otherwise.usdc = Usdc::new(Decimal::new(500_001, 5)).ok();
    assert_eq!(record(&mut writer, &[told_otherwise]).await, 0);
    assert_eq!(activity::record(&mut writer, &wallet(2), &whole, noon()).await.unwrap(), 4);

    let held = activity::history(database.public(), &wallet(1)).await.unwrap();
    let mut found: Vec<_> = held.iter().map(|row| row.activity.clone()).collect();
    found.sort_by_key(|row| (row.happened_at, row.shares));
    assert_eq!(found, whole);
}

#[tokio::test]
async fn odd_rows_travel_whole() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let reward = Activity {
        happened_at: noon(),
        kind: "reward".to_owned(),
        transaction_hash: None,
        condition_id: None,
        token_id: None,
        outcome_index: None,
        direction: None,
        is_maker: None,
        price: None,
        shares: None,
        usdc: Usdc::new(Decimal::new(123_456, 6)).ok(),
        is_combo: false,
    };
    let mut spoilt = reward.clone();
    spoilt.kind = "new\tkind\\.\n".to_owned();
    let mut combo = bought(5, 1);
    combo.condition_id = ConditionId::parse(&format!("0x{}", "ab".repeat(31))).ok();
    combo.is_combo = true;
    let rows = [reward.clone(), spoilt, combo.clone()];
    assert_eq!(activity::record(&mut writer, &wallet(1), &rows, noon()).await.unwrap(), 3);
    let mut held = activity::history(database.public(), &wallet(1)).await.unwrap();
    held.sort_by_key(|row| (row.activity.happened_at, row.activity.kind.clone()));
    let kinds: Vec<_> = held.iter().map(|row| row.activity.kind.as_str()).collect();
    assert_eq!(kinds, ["new\tkind\\.\n", "reward", "trade"]);
    assert_eq!(held[1].activity, reward);
    assert_eq!(held[2].activity, combo);
}

#[tokio::test]
async fn pages_lead_through_everything_once() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    // Several in a second, over three months.
    let rows: Vec<_> =
        (0..90u32).map(|number| bought(i64::from(number / 4) * 300_000, 1 + number)).collect();
    activity::record(&mut writer, &wallet(1), &rows, noon()).await.unwrap();
    let mut filter = ActivityFilter::default();
    let mut found = Vec::new();
    loop {
        let page = activity::page(database.public(), &wallet(1), &filter, 7).await.unwrap();
        let Some(last) = page.last() else { break };
        filter.after = Some(ActivityPlace { happened_at: last.activity.happened_at, id: last.id });
        found.extend(page.into_iter().map(|row| row.activity));
    }
    assert!(found.is_sorted_by(|a, b| a.happened_at >= b.happened_at));
    assert_eq!(found.len(), rows.len());
    assert!(rows.iter().all(|row| found.contains(row)));

    let filter = ActivityFilter {
        min_usdc: Some(Decimal::from(20)),
        since: Some(noon()),
        until: Some(noon() + TimeDelta::seconds(22 * 300_000)),
        direction: Some(Direction::Buy),
        condition_id: Some(condition(7)),
        kinds: vec!["trade".to_owned()],
        after: None,
    };
    let page = activity::page(database.public(), &wallet(1), &filter, 100).await.unwrap();
    let wanted = rows.iter().filter(|row| {
        row.usdc.unwrap().decimal() >= Decimal::from(20) && row.happened_at < filter.until.unwrap()
    });
    assert_eq!(page.len(), wanted.count());
    let other = ActivityFilter { kinds: vec!["split".to_owned()], ..filter };
    assert!(activity::page(database.public(), &wallet(1), &other, 9).await.unwrap().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Readings that overlap, in any order and number, leave what the largest count of each kind says.
    #[test]
    fn readings_in_any_order_leave_the_same(
        counts in prop::collection::vec(0usize..4, 5),
        readings in prop::collection::vec((0usize..5, 0usize..5), 1..5),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let database = TestDatabase::create().await;
            let mut writer = writer(&database).await;
            let of = |second: usize| vec![bought(i64::try_from(second).unwrap(), 3); counts[second]];
            let mut seen = [false; 5];
            for (from, to) in readings {
                let rows: Vec<_> = (from..to).flat_map(of).collect();
                (from..to).for_each(|second| seen[second] = true);
                activity::record(&mut writer, &wallet(1), &rows, noon()).await.unwrap();
            }
            let held = activity::history(database.service(), &wallet(1)).await.unwrap();
            for second in 0..5 {
                let at = noon() + TimeDelta::seconds(i64::try_from(second).unwrap());
                let found = held.iter().filter(|row| row.activity.happened_at == at).count();
                assert_eq!(found, if seen[second] { counts[second] } else { 0 });
            }
        });
    }
}

#[tokio::test]
async fn an_import_is_done_by_one_worker_and_by_another_when_that_one_dies() {
    let database = TestDatabase::create().await;
    let pool = database.service();
    let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let minute = TimeDelta::minutes(1);
    let all: Vec<_> = (1..=20).map(wallet).collect();
    imports::want(pool, &all, Priority::Background, noon(), true).await.unwrap();
    imports::want(pool, &[wallet(7)], Priority::Asked, noon() + minute, false).await.unwrap();

    let claim =
        async |worker, limit, now| imports::claim(pool, worker, limit, now, minute).await.unwrap();
    let first = claim(one, 1, noon()).await;
    assert_eq!(first[0].wallet, wallet(7), "who is asked for comes first");
    assert!(first[0].full, "and wholly, though only the news were asked for");
    // Two at once take different ones.
    let (a, b) = tokio::join!(claim(one, 12, noon()), claim(two, 12, noon()));
    let mut taken: Vec<_> = a.iter().chain(&b).map(|claim| claim.wallet.clone()).collect();
    taken.sort();
    taken.dedup();
    assert_eq!((a.len() + b.len(), taken.len()), (19, 19));
    assert!(claim(two, 5, noon()).await.is_empty());

    let later = noon() + minute * 2;
    let taken_over = claim(two, 1, later).await;
    assert_eq!(taken_over[0].wallet, wallet(7), "its lease has ended");
    assert!(!imports::progress(pool, one, &wallet(7), 10, later + minute).await.unwrap());
    imports::finish(pool, one, &wallet(7), later, false).await.unwrap();
    assert!(imports::progress(pool, two, &wallet(7), 10, later + minute).await.unwrap());
    let state = imports::state(pool, &wallet(7), later).await.unwrap().unwrap();
    assert_eq!((state.running, state.progress_rows), (true, 10), "who lost it cannot end it");

    imports::fail(pool, two, &wallet(7), "upstream is away", later + minute).await.unwrap();
    let state = imports::state(pool, &wallet(7), later).await.unwrap().unwrap();
    assert_eq!((state.running, state.attempts), (false, 1));
    assert_eq!(state.last_error.as_deref(), Some("upstream is away"));
    let again = claim(one, 1, later + minute).await;
    assert_eq!((again[0].wallet.clone(), again[0].attempts), (wallet(7), 1));
    imports::finish(pool, one, &wallet(7), later + minute * 9, false).await.unwrap();
    let state = imports::state(pool, &wallet(7), later).await.unwrap().unwrap();
    assert_eq!((state.attempts, state.last_error, state.due_at), (0, None, later + minute * 9));
    assert_eq!(imports::state(pool, &wallet(99), later).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_wanted_while_an_import_runs_is_done_after_it() {
    let database = TestDatabase::create().await;
    let pool = database.service();
    let worker = Uuid::from_u128(1);
    let (minute, next) = (TimeDelta::minutes(1), noon() + TimeDelta::days(1));
    let claim = async |now| imports::claim(pool, worker, 1, now, minute).await.unwrap().remove(0);
    let want = async |priority, now, full| {
        imports::want(pool, &[wallet(7)], priority, now, full).await.unwrap();
    };
    let due_at = async || imports::state(pool, &wallet(7), noon()).await.unwrap().unwrap().due_at;
    want(Priority::Background, noon(), false).await;
    assert!(!claim(noon()).await.full);
    // Who asks for the news has them soon; who asks for everything has to wait for the next import.
    want(Priority::Asked, noon(), false).await;
    imports::finish(pool, worker, &wallet(7), next, false).await.unwrap();
    assert_eq!(due_at().await, next);
    want(Priority::Asked, next, false).await;
    assert!(!claim(next).await.full);
    want(Priority::Followed, next + minute, true).await;
    let later = next + TimeDelta::days(1);
    imports::finish(pool, worker, &wallet(7), later, false).await.unwrap();
    assert_eq!(due_at().await, next + minute);
    let again = claim(next + minute).await;
    assert!(again.full);
    assert_eq!((again.priority, again.standing), (Priority::Followed, Priority::Followed));
    // Whoever asks takes nothing away from what it is.
    want(Priority::Asked, later, false).await;
    imports::finish(pool, worker, &wallet(7), later, false).await.unwrap();
    want(Priority::Asked, later, false).await;
    let asked = claim(later).await;
    let importance = (asked.priority, asked.standing);
    assert_eq!((importance, asked.full), ((Priority::Asked, Priority::Followed), false));

    // News of a market that came while it was read.
    let mut writer = writer(&database).await;
    let held = Position {
        token_id: TokenId::parse("70").unwrap(),
        condition_id: condition(7),
        outcome_index: 0,
        as_of: later,
        booked: Booked::default(),
        doubts: Vec::new(),
        reported: Reported::default(),
        closed: None,
    };
    positions::replace(&mut writer, &wallet(7), &[held]).await.unwrap();
    imports::review(pool, &[condition(7)], later).await.unwrap();
    imports::finish(pool, worker, &wallet(7), later + minute, false).await.unwrap();
    assert_eq!(due_at().await, later);

    claim(later).await;
    imports::release(pool, &[worker]).await.unwrap();
    assert_eq!(claim(later).await.wallet, wallet(7), "another may begin at once");
}

#[tokio::test]
async fn who_leaves_the_boards_matters_no_more_than_others() {
    let database = TestDatabase::create().await;
    let pool = database.service();
    let (listed, left) = ([wallet(1)], [wallet(2)]);
    for some in [&listed, &left] {
        imports::want(pool, some, Priority::Listed, noon(), true).await.unwrap();
    }
    imports::want(pool, &[wallet(3)], Priority::Followed, noon(), true).await.unwrap();
    assert_eq!(imports::unlist_others(pool, &listed).await.unwrap(), 1);
    let worker = Uuid::from_u128(1);
    let claims = imports::claim(pool, worker, 9, noon(), TimeDelta::minutes(1)).await.unwrap();
    let of = |number| claims.iter().find(|claim| claim.wallet == wallet(number)).unwrap().standing;
    assert_eq!((of(1), of(2), of(3)), (Priority::Listed, Priority::Background, Priority::Followed));
}

#[tokio::test]
async fn which_part_a_wallet_had_is_filled_in_and_taken_back() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let part = |second, is_maker| Activity { is_maker, ..bought(second, 5) };
    let record = async |writer: &mut PgConnection, rows: &[Activity]| {
        activity::record(writer, &wallet(1), rows, noon()).await.unwrap()
    };
    assert_eq!(record(&mut writer, &[part(0, None), part(1, Some(true))]).await, 2);
    assert_eq!(record(&mut writer, &[part(0, Some(true)), part(1, Some(false))]).await, 0);
    let parts = async || {
        let held = activity::history(database.public(), &wallet(1)).await.unwrap();
        held.iter().map(|row| row.activity.is_maker).collect::<Vec<_>>()
    };
    assert_eq!(parts().await, [Some(true), Some(true)], "what is known stays");
    let since = Some(noon() + TimeDelta::seconds(1));
    assert_eq!(activity::forget_makers(&mut writer, &wallet(1), since).await.unwrap(), 1);
    assert_eq!(parts().await, [Some(true), None]);
}

#[tokio::test]
async fn a_wallet_is_unknown_then_known_then_imported() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    assert_eq!(wallets::get(database.public(), &wallet(1)).await.unwrap(), None);
    let twice = [wallet(1), wallet(2), wallet(1)];
    assert_eq!(wallets::found(&mut writer, &twice, FoundBy::Asked, noon()).await.unwrap(), 2);
    assert_eq!(wallets::found(&mut writer, &twice, FoundBy::Tape, noon()).await.unwrap(), 0);
    let known = wallets::get(database.public(), &wallet(1)).await.unwrap().unwrap();
    assert_eq!((known.found_by.as_str(), known.history), ("asked", None));

    let named =
        |name: Option<&str>| Identity { name: name.map(str::to_owned), ..Identity::default() };
    wallets::identify(&mut writer, &wallet(1), &named(Some("Théo")), noon()).await.unwrap();
    wallets::identify(&mut writer, &wallet(1), &named(None), noon()).await.unwrap();
    let found = wallets::by_name(database.public(), "THÉO").await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].identity.name.as_deref(), Some("Théo"), "silence erases nothing");

    let history = History {
        imported_at: noon(),
        completeness: "capped".to_owned(),
        reasons: vec!["offset".to_owned()],
        since: Some(noon() - TimeDelta::days(9)),
        until: Some(noon()),
        activity_count: 12,
        first_active_at: Some(noon() - TimeDelta::days(9)),
        last_active_at: Some(noon()),
        is_empty: false,
    };
    wallets::set_history(&mut writer, &wallet(1), &history).await.unwrap();
    let known = wallets::get(database.public(), &wallet(1)).await.unwrap().unwrap();
    assert_eq!(known.history, Some(history));
}

#[tokio::test]
async fn positions_are_replaced_as_a_whole() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let position = |token: u32, closed: Option<Closed>| Position {
        token_id: TokenId::parse(&token.to_string()).unwrap(),
        condition_id: condition(7),
        outcome_index: 1,
        as_of: noon(),
        booked: Booked {
            shares: Some(Decimal::new(1_500_001, 6)),
            cost_usdc: Some(Decimal::from(token)),
            first_at: Some(noon()),
            ..Booked::default()
        },
        doubts: vec!["oversold".to_owned()],
        reported: Reported { venue_status: Some("OPEN".to_owned()), ..Reported::default() },
        closed,
    };
    let ended = Closed {
        closed_at: Some(noon()),
        payout: Some(Decimal::ZERO),
        unredeemed_shares: Some(Decimal::ONE),
        settled_usdc: Some(-Decimal::ONE),
    };
    let many: Vec<_> =
        (0..2_000).map(|token| position(token, (token % 2 == 0).then_some(ended))).collect();
    positions::replace(&mut writer, &wallet(1), &many).await.unwrap();
    positions::replace(&mut writer, &wallet(2), &many[..3]).await.unwrap();
    assert_eq!(positions::open(database.public(), &wallet(1)).await.unwrap().len(), 1_000);
    assert_eq!(positions::closed_count(database.public(), &wallet(1)).await.unwrap(), 1_000);
    positions::replace(&mut writer, &wallet(1), &many[..4]).await.unwrap();
    let open = positions::open(database.public(), &wallet(1)).await.unwrap();
    assert_eq!(open, [many[3].clone(), many[1].clone()], "the dearest first");
    let closed = positions::closed(database.public(), &wallet(1), 10, 0).await.unwrap();
    assert_eq!(closed, [many[0].clone(), many[2].clone()]);
    let reviewed = imports::review(database.service(), &[condition(7)], noon()).await.unwrap();
    assert_eq!(reviewed, 2, "each wallet once, whether it holds or held");
    let of_market = positions::of_market(database.public(), &condition(7), 10).await.unwrap();
    assert_eq!(of_market.len(), 3);
}

#[tokio::test]
async fn what_it_came_to_is_kept_by_who_says_so() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let point = |day: i64, total: Option<i64>| PnlPoint {
        at: noon() + TimeDelta::days(day),
        observed_at: noon(),
        realized_usdc: None,
        unrealized_usdc: None,
        fees_usdc: None,
        income_usdc: None,
        total_usdc: total.map(Decimal::from),
    };
    let points = [point(0, Some(1)), point(30, Some(2)), point(60, None)];
    let record = async |writer: &mut PgConnection, source, points: &[PnlPoint]| {
        pnl::record(writer, &wallet(1), source, points).await.unwrap()
    };
    assert_eq!(record(&mut writer, PnlSource::Venue, &points).await, 3);
    assert_eq!(record(&mut writer, PnlSource::Venue, &points).await, 0);
    assert_eq!(record(&mut writer, PnlSource::Ledger, &[point(0, Some(7))]).await, 1);
    let series = pnl::series(database.public(), &wallet(1), PnlSource::Venue, None).await.unwrap();
    assert_eq!(series, points);
    let last = pnl::last(database.public(), &wallet(1), PnlSource::Ledger).await.unwrap().unwrap();
    assert_eq!(last.total_usdc, Some(Decimal::from(7)));
    pnl::clear(&mut writer, &wallet(1), PnlSource::Ledger).await.unwrap();
    assert_eq!(pnl::last(database.public(), &wallet(1), PnlSource::Ledger).await.unwrap(), None);
    assert_eq!(
        pnl::last(database.public(), &wallet(1), PnlSource::Venue).await.unwrap(),
        Some(points[2])
    );

    let figures = WalletMetrics { as_of: noon(), version: 1, metrics: serde_json::json!({"n": 3}) };
    metrics::set(&mut writer, &wallet(1), &figures).await.unwrap();
    let newer = WalletMetrics { version: 2, ..figures };
    metrics::set(&mut writer, &wallet(1), &newer).await.unwrap();
    assert_eq!(metrics::get(database.public(), &wallet(1)).await.unwrap(), Some(newer));
}

#[tokio::test]
async fn holders_are_kept_as_they_were() {
    let database = TestDatabase::create().await;
    let mut writer = writer(&database).await;
    let market: MarketId = "7".parse().unwrap();
    let holder = |outcome_index, rank, number: u8| Holder {
        outcome_index,
        rank,
        wallet: wallet(number),
        shares: Shares::new(Decimal::from(number)).unwrap(),
    };
    let then = [holder(0, 1, 9), holder(0, 2, 4), holder(1, 1, 6)];
    let now = [holder(0, 1, 9), holder(1, 1, 6)];
    holders::record(&mut writer, &market, &then, noon()).await.unwrap();
    let later = noon() + TimeDelta::hours(1);
    holders::record(&mut writer, &market, &now, later).await.unwrap();
    assert_eq!(holders::last_observed(database.public(), &market).await.unwrap(), Some(later));
    assert_eq!(holders::at(database.public(), &market, noon()).await.unwrap(), then);
    assert_eq!(holders::at(database.public(), &market, later).await.unwrap(), now);
    let hour = TimeDelta::hours(1);
    for (minutes, is_due) in [(59, false), (60, true), (61, false)] {
        let at = later + TimeDelta::minutes(minutes);
        let noted = holders::record_now_and_then(&mut writer, &market, &now, at, hour).await;
        assert_eq!(noted.unwrap(), is_due, "after {minutes} minutes");
    }
    let last = holders::last_observed(database.public(), &market).await.unwrap();
    assert_eq!(last, Some(later + hour));
    let found = wallets::get(database.public(), &wallet(4)).await.unwrap().unwrap();
    assert_eq!(found.found_by, "holders");
}

/// Months are made while others read and write: whoever makes one waits for all, and of two who wait for each other one
/// would be turned away.
#[tokio::test(flavor = "multi_thread")]
async fn imports_of_old_histories_do_not_get_in_each_others_way() {
    let database = TestDatabase::create().await;
    let mut imports = tokio::task::JoinSet::new();
    for number in 1..=4u8 {
        let pool = database.service().clone();
        imports.spawn(async move {
            // A year back, each by other months first.
            for month in 0..12i64 {
                let month = (month * 5 + i64::from(number) * 7) % 12;
                let rows = [bought(-month * 30 * 86_400, 1)];
                activity::make_room(&pool, &rows).await.unwrap();
                let mut tx = pool.begin().await.unwrap();
                assert!(activity::history(&mut *tx, &wallet(number)).await.is_ok());
                activity::record(&mut tx, &wallet(number), &rows, noon()).await.unwrap();
                tx.commit().await.unwrap();
            }
        });
    }
    imports.join_all().await;
    for number in 1..=4 {
        let held = activity::history(database.public(), &wallet(number)).await.unwrap();
        assert_eq!(held.len(), 12);
    }
}
