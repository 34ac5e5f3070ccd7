//! Data v2: trades, wallets, boards and history.

use std::collections::BTreeSet;

use futures_util::TryStreamExt;
use marcasite::Decimal;
use marcasite::data::{
    Address, PnlFidelity, PnlInterval, PriceHistoryInterval, ResolutionSelector, TimePeriod, Trade,
};

use crate::{Session, every};

/// Amounts are shown with four decimals, cut off.
fn is_near(left: Decimal, right: Decimal) -> bool {
    (left - right).abs() <= Decimal::new(3, 4)
}

/// The wallets that traded last.
async fn traders(session: &Session) -> Vec<Address> {
    let trades = session.polymarket.data().list_trades().limit(200).taker_only(false);
    let trades = trades.send().await.unwrap().into_items();
    let mut known = BTreeSet::new();
    trades.into_iter().map(|trade| trade.proxy_wallet).filter(|w| known.insert(w.clone())).collect()
}

fn key(trade: &Trade) -> String {
    format!("{} {} {} {}", trade.transaction_hash, trade.proxy_wallet, trade.token_id, trade.size)
}

#[tokio::test]
async fn trades_of_a_market_page_to_the_end_newest_first() {
    let session = Session::start(31).await;
    let data = session.polymarket.data();
    let busiest = session.polymarket.gamma().list_markets_keyset().order("volumeNum");
    let page = busiest.ascending(false).closed(false).limit(1).send().await.unwrap();
    let market = &page.items()[0];
    let condition = market.condition_id.clone().unwrap();

    let of_takers =
        every(data.list_trades().conditions([&condition]).limit(50).into_stream()).await;
    let all = data.list_trades().conditions([&condition]).taker_only(false).limit(1000);
    let all = every(all.into_stream()).await;
    assert!(of_takers.len() > 50, "more than a page: {}", of_takers.len());
    assert!(session.requests("/data/v2/trades") > 2);
    assert!(of_takers.is_sorted_by(|newer, older| newer.timestamp >= older.timestamp));
    assert!(of_takers.iter().chain(&all).all(|trade| trade.condition_id == condition));
    let keys: BTreeSet<String> = all.iter().map(key).collect();
    assert!(of_takers.iter().all(|trade| keys.contains(&key(trade))));
    assert!(all.len() > of_takers.len(), "makers have rows of their own");

    let event = market.events.as_ref().unwrap()[0].id.clone().unwrap();
    let volume = data.get_live_volume([event]).await.unwrap();
    let of_market = volume.conditions.iter().find(|row| row.condition_id == condition).unwrap();
    let traded: Decimal = of_takers.iter().map(|trade| trade.size).sum();
    assert!(is_near(of_market.taker_volume, traded), "{} {traded}", of_market.taker_volume);
    session.running.stop().await;
}

#[tokio::test]
async fn positions_add_up() {
    let session = Session::start(32).await;
    let data = session.polymarket.data();
    let mut held = 0;
    for wallet in traders(&session).await.into_iter().take(30) {
        let all = data.list_positions().user(&wallet).limit(50).filter_amount(Decimal::ZERO);
        let positions = every(all.into_stream()).await;
        for position in &positions {
            let PositionValue { value, unrealized, total } = PositionValue::of(position);
            assert!(is_near(position.current_value, value), "{position:?}");
            assert!(is_near(position.unrealized_pnl, unrealized), "{position:?}");
            assert!(is_near(position.total_pnl, total), "{position:?}");
        }
        held += positions.len();
        let activity = data.list_activity(&wallet).limit(500).full_history();
        assert!(!every(activity.into_stream()).await.is_empty(), "{wallet}");
        data.get_portfolio_value(&wallet).send().await.unwrap();
        let volume = data.get_user_volume(&wallet).send().await.unwrap();
        assert!(volume.trade_count > 0 && volume.volume >= volume.volume_usdc, "{volume:?}");
    }
    assert!(held > 0, "somebody holds something");
    session.running.stop().await;
}

/// What a position's amounts have to be, by its other amounts.
struct PositionValue {
    value: Decimal,
    unrealized: Decimal,
    total: Decimal,
}

impl PositionValue {
    fn of(position: &marcasite::data::Position) -> Self {
        Self {
            value: position.current_size * position.current_price,
            unrealized: position.current_value - position.entry_cost_usdc,
            total: position.realized_pnl + position.unrealized_pnl,
        }
    }
}

#[tokio::test]
async fn profits_keep_their_identities() {
    let session = Session::start(33).await;
    let data = session.polymarket.data();
    let (mut points, mut known) = (0, 0);
    for wallet in traders(&session).await.into_iter().take(20) {
        let series = data.get_user_pnl(&wallet).interval(PnlInterval::All);
        let series = series.fidelity(PnlFidelity::OneDay).send().await.unwrap();
        for point in &series.points {
            let parts =
                point.realized_market_pnl + point.realized_lp_pnl + point.realized_combo_pnl;
            assert!(is_near(point.realized_pnl, parts), "{point:?}");
            let position = point.realized_pnl + point.unrealized_pnl.unwrap_or_default();
            assert!(is_near(point.position_pnl.unwrap_or_default(), position), "{point:?}");
            let gross = position - point.fees.unwrap_or_default();
            assert!(is_near(point.trade_pnl.unwrap_or_default(), gross), "{point:?}");
        }
        points += series.points.len();
        // Upstream has none for some that trade.
        if let Some(stats) = data.get_user_stats(&wallet).await.unwrap() {
            assert_eq!(stats.proxy_wallet, wallet);
            assert!(stats.trades > 0);
            known += 1;
        }
    }
    assert!(points > 0 && known > 10, "{points} points, {known} of 20 wallets");
    assert_eq!(data.get_user_stats(nobody()).await.unwrap(), None);
    session.running.stop().await;
}

fn nobody() -> Address {
    Address::from("0xfa53405fa12212476204b416af94905a8e5c4a07")
}

#[tokio::test]
async fn boards_are_ranked() {
    let session = Session::start(34).await;
    let data = session.polymarket.data();
    let board = data.list_leaderboard().time_period(TimePeriod::All).limit(50).into_stream();
    let board = every(board).await;
    assert!(board.len() > 50, "more than a page: {}", board.len());
    assert!(board.is_sorted_by(|better, worse| better.rank <= worse.rank));
    assert!(board.is_sorted_by(|better, worse| better.pnl >= worse.pnl));
    let best = &board[0];
    let standing = data.get_leaderboard_standing(&best.user_id).time_period(TimePeriod::All);
    let standing = standing.send().await.unwrap().unwrap();
    assert_eq!((standing.rank_pnl, standing.pnl), (Some(best.rank), best.pnl));
    let unknown = data.get_leaderboard_standing(nobody()).send().await.unwrap();
    assert_eq!(unknown, None);

    let winners =
        every(data.list_biggest_winners().time_period(TimePeriod::All).into_stream()).await;
    assert!(winners.is_sorted_by(|better, worse| better.pnl >= worse.pnl));
    session.running.stop().await;
}

#[tokio::test]
async fn markets_have_holders_interest_and_history() {
    let session = Session::start(35).await;
    let data = session.polymarket.data();
    let busiest = session.polymarket.gamma().list_markets_keyset().order("volumeNum");
    let page = busiest.ascending(false).closed(false).limit(3).send().await.unwrap();
    for market in page.items() {
        let condition = market.condition_id.clone().unwrap();
        let tokens = market.clob_token_ids.clone().unwrap();
        let groups = every(data.list_holders([&condition]).limit(10).into_stream()).await;
        assert!(!groups.is_empty());
        for group in &groups {
            assert!(tokens.contains(&group.token_id));
            assert!(group.holders.is_sorted_by(|more, less| more.amount >= less.amount));
        }
        let interest = data.get_open_interest().conditions([&condition]).send().await.unwrap();
        assert!(interest.len() == 1 && interest[0].value > Decimal::ZERO);

        let history = data.list_prices_history(&tokens[0]).interval(PriceHistoryInterval::OneWeek);
        let points: Vec<_> = history.limit(100).into_stream().try_collect().await.unwrap();
        assert!(!points.is_empty());
        assert!(points.is_sorted_by(|older, newer| older.timestamp < newer.timestamp));
        assert!(points.iter().all(|point| Decimal::ZERO <= point.price && point.price <= 1.into()));
    }
    let global = data.get_open_interest().send().await.unwrap();
    assert!(global.len() == 1 && global[0].is_global());
    let status = data.get_status().await.unwrap();
    assert!(!status.serving.mechanisms.is_empty());

    let closed = session.polymarket.gamma().list_markets_keyset().closed(true).limit(5);
    for market in closed.send().await.unwrap().items() {
        let selector = ResolutionSelector::conditions([market.condition_id.clone().unwrap()]);
        let resolutions = data.get_resolutions(selector).await.unwrap();
        assert_eq!(resolutions.len(), 1);
        let payouts = resolutions[0].payouts.clone().unwrap();
        assert_eq!(payouts.iter().sum::<i64>(), 1_000_000);
    }
    session.running.stop().await;
}
