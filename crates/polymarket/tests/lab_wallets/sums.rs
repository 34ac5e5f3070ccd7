//! What is said about a wallet in several places is the same thing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::{Address, Price, Usdc};
use polymarket::data::{
    ActivityQuery, ActivityRow, ActivityType, ActivityTypes, ActivityWalk, BoardPeriod, DataClient,
    LeaderboardQuery, LeaderboardSort, LeaderboardWalk, PnlFidelity, PnlInterval, PnlPoint,
    PositionFilter, PositionRow, PositionStatus, TimeOrder, TradeRow, TradesQuery, TradesWalk,
    WinKind, WinnersQuery, WinnersWalk, Within,
};
use rust_decimal::{Decimal, dec};

use crate::service::{Service, by_token, positions, whole};

/// Displayed amounts are cut to four decimals: sums of two may be off by so much.
const CUT: Decimal = dec!(0.0002);
/// What rounding a figure of millionths by itself costs.
const MICRO: Decimal = dec!(0.000003);

fn of(amount: Option<Usdc>) -> Decimal {
    amount.unwrap().decimal()
}

#[track_caller]
fn assert_near(left: Decimal, right: Decimal, tolerance: Decimal) {
    assert!((left - right).abs() <= tolerance, "{left} is not {right} within {tolerance}");
}

async fn activity(client: &DataClient, query: ActivityQuery) -> Vec<ActivityRow> {
    whole(ActivityWalk::new(client.clone(), query).to_the_end().await)
}

async fn trades(client: &DataClient, wallet: &Address) -> Vec<TradeRow> {
    let query = TradesQuery { limit: 100, ..TradesQuery::of_wallet(wallet.clone()) };
    whole(TradesWalk::new(client.clone(), query).to_the_end().await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_is_said_of_a_wallet_adds_up() {
    let service = Service::start(501, 0.02).await;
    let client = service.data();
    let (mut held, mut closed, mut acts, mut traded) = (0, 0, 0, 0);
    for wallet in service.traders(25).await {
        let open = positions(&client, &wallet, PositionFilter::Open).await;
        let gone = positions(&client, &wallet, PositionFilter::Closed).await;
        open.iter().chain(&gone).for_each(|row| assert_position(row, &wallet));
        assert!(gone.iter().all(|row| row.status == Some(PositionStatus::Closed)));
        let worth: Decimal = open.iter().map(|row| of(row.current_value)).sum();
        let value = client.value(&wallet, &[]).await.unwrap().value.unwrap();
        let tolerance = dec!(0.0001) * Decimal::from(open.len() + 1);
        assert_near(value.value.decimal(), worth, tolerance);

        let everything = ActivityQuery { limit: 70, ..ActivityQuery::of(wallet.clone()) };
        let everything = activity(&client, everything).await;
        assert!(everything.is_sorted_by_key(|row| row.happened_at));
        let trades = trades(&client, &wallet).await;
        assert!(trades.is_sorted_by_key(|row| std::cmp::Reverse(row.traded_at)));
        let (of_activity, of_tape) = (trade_keys(&everything), tape_keys(&trades));
        let differing = of_activity.iter().find(|(key, count)| of_tape.get(*key) != Some(*count));
        assert_eq!((differing, of_activity.len()), (None, of_tape.len()));
        assert_volume(&client, &wallet, &trades).await;
        assert_profit(&client, &wallet).await;
        held += open.len();
        closed += gone.len();
        acts += everything.len() - trades.len();
        traded += trades.len();
    }
    println!("{held} held, {closed} closed, {traded} trades, {acts} other acts");
    assert!(held > 300 && closed > 200 && traded > 1_000 && acts > 50);
}

/// The identities of polymarket-api.md 2.6 for a position.
fn assert_position(row: &PositionRow, wallet: &Address) {
    assert_eq!(&row.wallet, wallet);
    let shares = row.shares.unwrap();
    assert_near(of(row.current_value), shares * row.current_price.unwrap().decimal(), CUT);
    assert_near(of(row.unrealized), of(row.current_value) - of(row.entry_cost), CUT);
    assert_near(of(row.total_cost), of(row.entry_cost) + of(row.entry_fees), CUT);
    assert_near(of(row.total), of(row.realized) + of(row.unrealized), CUT);
    assert!(row.bought_shares.unwrap() >= shares);
    assert!(row.first_entry_at.unwrap() <= row.last_event_at.unwrap());
    if shares == Decimal::ZERO {
        assert_eq!((of(row.entry_cost), row.percent_unrealized), (dec!(0), Some(dec!(0))));
    } else {
        let slack = dec!(0.0001) + CUT / shares;
        assert_near(row.avg_price.unwrap(), of(row.entry_cost) / shares, slack);
    }
}

fn counted<T>(rows: impl Iterator<Item = T>) -> BTreeMap<T, usize>
where
    T: Ord,
{
    rows.fold(BTreeMap::new(), |mut counts, row| {
        *counts.entry(row).or_default() += 1;
        counts
    })
}

/// What tells a trade from others, as text, and how often it comes.
fn trade_keys(rows: &[ActivityRow]) -> BTreeMap<String, usize> {
    let trades = rows.iter().filter(|row| row.kind == ActivityType::Trade);
    counted(trades.map(|row| {
        let (hash, token) = (row.transaction_hash.clone().unwrap(), row.token_id.clone().unwrap());
        // The tape is read with the eight decimals of a price; activity with all that upstream tells.
        let (side, price) = (row.trade_side().unwrap(), Price::new(row.price.unwrap()).unwrap());
        format!("{hash} {token} {side} {price} {} {}", row.size.unwrap(), row.happened_at)
    }))
}

fn tape_keys(rows: &[TradeRow]) -> BTreeMap<String, usize> {
    counted(rows.iter().map(|row| {
        let hash = row.transaction_hash.clone().unwrap();
        let TradeRow { token_id, side, price, shares, traded_at, .. } = row;
        format!("{hash} {token_id} {side} {price} {shares} {traded_at}")
    }))
}

async fn assert_volume(client: &DataClient, wallet: &Address, trades: &[TradeRow]) {
    let volume = client.user_volume(wallet, None, None).await.unwrap().value.unwrap();
    assert_eq!(volume.trade_count, Some(trades.len() as u64));
    let shares: Decimal = trades.iter().map(|row| row.shares).sum();
    assert_near(volume.shares.unwrap(), shares, MICRO);
    // Prices have eight decimals.
    let dollars: Decimal = trades.iter().map(|row| row.shares * row.price.decimal()).sum();
    let tolerance = MICRO * Decimal::from(trades.len()) + shares * dec!(0.00000001);
    assert_near(of(volume.volume), dollars, tolerance);
    if let Some(stats) = client.user_stats(wallet).await.unwrap().value {
        let markets: BTreeSet<_> = trades.iter().map(|row| row.condition_id.clone()).collect();
        assert_eq!(stats.markets_traded, Some(markets.len() as u64));
    }
}

/// The identities of polymarket-api.md 2.6 for profit over time, and that it ends with what positions
/// come to.
async fn assert_profit(client: &DataClient, wallet: &Address) {
    let series = client.user_pnl(wallet, PnlInterval::Max, PnlFidelity::Hour).await.unwrap();
    let points = series.value.unwrap().points;
    assert!(points.rejected.is_empty() && points.issues.is_empty(), "{points:?}");
    assert!(points.unknown_keys.is_empty(), "{:?}", points.unknown_keys);
    assert!(points.rows.is_sorted_by(|one, next| one.at < next.at));
    points.rows.iter().for_each(assert_point);
    let last = points.rows.last().unwrap();
    let all = by_token(client, wallet).await;
    let total: Decimal = all.values().map(|row| of(row.total)).sum();
    // Positions are before fees, as `trade` is.
    assert_near(of(last.trade), total, CUT * Decimal::from(all.len() + 1));
}

fn assert_point(point: &PnlPoint) {
    let other = of(point.realized_lp) + of(point.realized_combo);
    assert_near(of(point.realized), of(point.realized_market) + other, MICRO);
    assert_near(of(point.position), of(point.realized) + of(point.unrealized), MICRO);
    assert_near(of(point.trade), of(point.position) - of(point.fees), MICRO);
    let rebates = of(point.maker_rebate) + of(point.taker_rebate);
    let income = of(point.reward_income) + of(point.yield_income) + of(point.referral_income);
    assert_near(of(point.wallet_income), rebates + income, MICRO);
    assert_near(of(point.settled), of(point.realized) + of(point.wallet_income), MICRO);
    assert_near(of(point.economic), of(point.position) + of(point.wallet_income), MICRO);
    assert!(of(point.fees) <= Decimal::ZERO);
    assert_eq!((point.deposits, point.withdrawals, point.cashflow_net), (None, None, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_is_the_same_from_both_ends_and_in_parts() {
    let service = Service::start(502, 0.02).await;
    let client = service.data();
    let mut kinds: BTreeSet<String> = BTreeSet::new();
    for wallet in service.traders(20).await {
        let all = ActivityQuery { limit: 40, ..ActivityQuery::of(wallet) };
        let forwards = activity(&client, all.clone()).await;
        let backwards = ActivityQuery { order: TimeOrder::NewestFirst, ..all.clone() };
        let mut backwards = activity(&client, backwards).await;
        backwards.reverse();
        assert_eq!(forwards, backwards);
        // From the middle on, and up to it.
        let middle = forwards[forwards.len() / 2].happened_at;
        let until = |at: DateTime<Utc>| at - chrono::TimeDelta::seconds(1);
        let first = ActivityQuery { until: Some(until(middle)), ..all.clone() };
        let second = ActivityQuery { since: Some(middle), ..all.clone() };
        let mut parts = activity(&client, first).await;
        parts.extend(activity(&client, second).await);
        assert_eq!(forwards, parts);
        kinds.extend(forwards.iter().map(|row| row.kind.as_str().to_owned()));
        let of_kind = |kind: &ActivityType| {
            forwards.iter().filter(|row| row.kind == *kind).cloned().collect::<Vec<_>>()
        };
        let only = |kind| ActivityQuery { types: ActivityTypes::Only(vec![kind]), ..all.clone() };
        for kind in [ActivityType::Redeem, ActivityType::Deposit] {
            assert_eq!(activity(&client, only(kind.clone())).await, of_kind(&kind));
        }
        let market = forwards.iter().find_map(|row| row.condition_id.clone()).unwrap();
        let within = Within::Markets(vec![market.clone()]);
        let in_market = activity(&client, ActivityQuery { within, ..all.clone() }).await;
        let expected: Vec<_> =
            forwards.iter().filter(|row| row.condition_id.as_ref() == Some(&market)).collect();
        assert_eq!(in_market.iter().collect::<Vec<_>>(), expected);
    }
    for kind in ["TRADE", "REDEEM", "DEPOSIT"] {
        assert!(kinds.contains(kind), "{kinds:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statuses_are_parts_of_what_is_held() {
    let service = Service::start(503, 0.02).await;
    let client = service.data();
    let (mut lost, mut redeemable, mut mergeable) = (0, 0, 0);
    for wallet in service.traders(30).await {
        let of = async |filter| positions(&client, &wallet, filter).await;
        let open = of(PositionFilter::Open).await;
        let tokens = |rows: &[PositionRow]| -> BTreeSet<_> {
            rows.iter().map(|row| row.token_id.clone()).collect()
        };
        let expected = |is: fn(&&PositionRow) -> bool| -> BTreeSet<_> {
            open.iter().filter(is).map(|row| row.token_id.clone()).collect()
        };
        let found = tokens(&of(PositionFilter::Redeemable).await);
        assert_eq!(found, expected(|row| row.redeemable == Some(true)));
        redeemable += found.len();
        let found = tokens(&of(PositionFilter::RedeemableLost).await);
        let is_lost = |row: &&PositionRow| {
            row.redeemable == Some(true) && row.current_price.unwrap().decimal() == dec!(0)
        };
        assert_eq!(found, expected(is_lost));
        lost += found.len();
        let found = of(PositionFilter::Mergeable).await;
        assert!(found.iter().all(|row| row.mergeable == Some(true)));
        mergeable += found.len();
    }
    assert!(lost > 0 && redeemable > lost && mergeable > 0, "{lost} {redeemable} {mergeable}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn boards_are_walked_to_their_end() {
    let service = Service::start(504, 0.02).await;
    let client = service.data();
    for sort in [LeaderboardSort::Pnl, LeaderboardSort::Volume] {
        let query = LeaderboardQuery { limit: 25, ..LeaderboardQuery::new(BoardPeriod::All, sort) };
        let board = whole(LeaderboardWalk::new(client.clone(), query).to_the_end().await);
        assert!(board.len() > 50, "{}", board.len());
        assert!(board.is_sorted_by_key(|row| row.rank) && board[0].rank == 1);
        for row in board.iter().step_by(17) {
            let standing = client.leader_standing(&row.wallet, BoardPeriod::All, None).await;
            let standing = standing.unwrap().value.unwrap();
            let rank = match sort {
                LeaderboardSort::Pnl => standing.rank_by_pnl,
                LeaderboardSort::Volume => standing.rank_by_volume,
            };
            assert_eq!((rank, standing.pnl), (Some(row.rank), row.pnl));
            assert_eq!(standing.volume_shares, row.volume_shares);
        }
    }
    let query = WinnersQuery { limit: 20, ..WinnersQuery::new(BoardPeriod::All) };
    let wins = whole(WinnersWalk::new(client.clone(), query).to_the_end().await);
    assert!(wins.len() > 20 && wins.iter().all(|row| row.kind == WinKind::Market));
    for row in &wins {
        assert_near(of(row.pnl), of(row.final_value) - of(row.initial_value), MICRO);
    }
    for win in wins.iter().take(5) {
        let id = win.condition_id.clone().unwrap();
        let tokens = client.tokens(std::slice::from_ref(&id)).await.unwrap().value;
        assert!(tokens.rejected.is_empty() && tokens.unknown_keys.is_empty(), "{tokens:?}");
        let token = win.token_id.as_ref();
        let won = tokens.rows.iter().find(|row| Some(&row.token_id) == token).unwrap();
        assert_eq!((won.resolved, &won.event_id), (Some(true), &win.event_id));
        assert!(won.final_price.is_some() && tokens.rows.len() == 2);
        let other = tokens.rows.iter().find(|row| Some(&row.token_id) != token).unwrap();
        assert_eq!(won.opposite_token_id.as_ref(), Some(&other.token_id));
    }
}
