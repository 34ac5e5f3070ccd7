//! Recorded bodies about wallets, of both versions.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use domain::{Address, Side, Usdc};
use polymarket::data::{
    ActivityQuery, ActivityRow, ActivityType, ActivityTypes, ActivityWalk, BoardPeriod, DataClient,
    DataVersion, LeaderboardQuery, LeaderboardSort, PnlFidelity, PnlInterval, PnlPoint,
    PositionFilter, PositionRow, PositionStatus, PositionsQuery, TokenModule, TradesQuery,
    TradesWalk, WalkEnd, WinKind, WinnersQuery,
};
use rust_decimal::{Decimal, dec};
use serde_json::Value;

use super::recorded;
use crate::fake::Fake;
use crate::fallback::{Past, first_version};
use crate::wallets::wallet;

/// Displayed amounts are cut to four decimals: sums of them may be off by so much.
const CUT: Decimal = dec!(0.0002);

async fn client_of(body: Vec<u8>) -> DataClient {
    DataClient::new(Fake::says(String::from_utf8(body).unwrap()).await.upstream())
}

fn near(left: Option<Usdc>, right: Decimal) -> bool {
    (left.unwrap().decimal() - right).abs() <= CUT
}

fn assert_identities(row: &PositionRow) {
    let of = |amount: Option<Usdc>| amount.unwrap().decimal();
    let (shares, price) = (row.shares.unwrap(), row.current_price.unwrap().decimal());
    assert!(near(row.current_value, shares * price), "{row:?}");
    assert!(near(row.unrealized, of(row.current_value) - of(row.entry_cost)), "{row:?}");
    assert!(near(row.total_cost, of(row.entry_cost) + of(row.entry_fees)), "{row:?}");
    assert!(near(row.total, of(row.realized) + of(row.unrealized)), "{row:?}");
    if shares > Decimal::ZERO {
        let average = of(row.entry_cost) / shares;
        assert!((row.avg_price.unwrap() - average).abs() <= dec!(0.0001), "{row:?}");
    }
}

#[tokio::test]
async fn positions() {
    let Some(body) = recorded("data-v2/positions.json") else { return };
    let query = PositionsQuery::of_wallet(wallet(), PositionFilter::Open);
    let page = client_of(body).await.positions(&query).await.unwrap();
    assert!(page.rows.rejected.is_empty() && page.rows.issues.is_empty(), "{page:?}");
    assert!(page.rows.unknown_keys.is_empty(), "{:?}", page.rows.unknown_keys);
    assert!(page.has_more && page.next_cursor.is_some());
    let [first, _] = page.rows.rows.as_slice() else { panic!("two rows") };
    page.rows.rows.iter().for_each(assert_identities);
    assert_eq!((first.shares, first.bought_shares), (Some(dec!(28.09)), Some(dec!(28.09))));
    assert_eq!(first.avg_price.unwrap(), dec!(0.6699));
    assert_eq!(first.entry_fees.unwrap().decimal(), dec!(0.31053));
    assert_eq!(first.percent_realized, Some(dec!(6.7162)));
    assert_eq!(
        (first.status.as_ref(), first.redeemable),
        (Some(&PositionStatus::Open), Some(false))
    );
    assert_eq!(first.event_id.as_ref().unwrap().as_str(), "1142427");
    assert_eq!(first.ends_on, NaiveDate::from_ymd_opt(2026, 10, 8));
    assert_eq!(first.last_event_at, first.first_entry_at);
    assert_eq!((first.outcome_index, first.profile_image.as_ref()), (Some(1), None));
    assert!(first.opposite_token_id.is_some() && first.opposite_outcome.as_deref() == Some("Yes"));

    let Some(body) = recorded("data-v2/positions_closed.json") else { return };
    let query = PositionsQuery::of_wallet(wallet(), PositionFilter::Closed);
    let page = client_of(body).await.positions(&query).await.unwrap();
    assert!(page.rows.rejected.is_empty() && page.rows.unknown_keys.is_empty(), "{page:?}");
    let [first, second] = page.rows.rows.as_slice() else { panic!("two rows") };
    page.rows.rows.iter().for_each(assert_identities);
    assert_eq!(
        (first.shares, first.status.as_ref()),
        (Some(dec!(0)), Some(&PositionStatus::Closed))
    );
    // Everything that was bought paid a dollar a share; fees are not in it. The average is cut to four
    // decimals, which may be a ten-thousandth of a dollar a share.
    let bought = first.bought_shares.unwrap();
    let made = bought * (dec!(1) - first.avg_price.unwrap());
    let difference = made - first.realized.unwrap().decimal();
    assert!((dec!(0)..=bought * dec!(0.0001)).contains(&difference), "{difference}");
    assert_eq!(second.mergeable, Some(true), "stays true");
}

#[tokio::test]
async fn activity() {
    for name in ["activity", "activity_tips"] {
        let Some(body) = recorded(&format!("data-v2/{name}.json")) else { return };
        let types = match name {
            "activity" => ActivityTypes::AllButTips,
            _ => ActivityTypes::Only(vec![ActivityType::Trade, ActivityType::Tip]),
        };
        let query = ActivityQuery { types, ..ActivityQuery::of(wallet()) };
        let page = client_of(body).await.activity(&query).await.unwrap();
        assert!(page.rows.rejected.is_empty() && page.rows.issues.is_empty(), "{page:?}");
        assert!(page.rows.unknown_keys.is_empty(), "{:?}", page.rows.unknown_keys);
        let [first, second] = page.rows.rows.as_slice() else { panic!("two rows") };
        assert_eq!((&first.kind, first.trade_side()), (&ActivityType::Trade, Some(Side::Buy)));
        assert_eq!((first.size, first.price.unwrap()), (Some(dec!(22.84)), dec!(0.52)));
        // The fee is in what was paid: shares × 0.05 × p(1 − p), cut to five decimals.
        let fee = (dec!(22.84) * dec!(0.05) * dec!(0.52) * dec!(0.48)).trunc_with_scale(5);
        assert_eq!(first.usdc.unwrap().decimal(), dec!(22.84) * dec!(0.52) + fee);
        assert_eq!((first.is_combo, first.outcome_index), (false, None));
        assert_eq!((second.outcome_index, second.outcome.as_deref()), (Some(1), Some("No")));
    }
}

#[tokio::test]
async fn profit_over_time() {
    let Some(body) = recorded("data-v2/user_pnl.json") else { return };
    let client = client_of(body).await;
    let answer = client.user_pnl(&wallet(), PnlInterval::Week, PnlFidelity::Day).await.unwrap();
    let series = answer.value.unwrap();
    assert_eq!((series.interval.as_deref(), series.fidelity.as_deref()), (Some("1w"), Some("1d")));
    let points = &series.points;
    assert!(points.rejected.is_empty() && points.issues.is_empty(), "{points:?}");
    assert!(points.unknown_keys.is_empty(), "{:?}", points.unknown_keys);
    assert_eq!(points.rows.len(), 7);
    assert!(points.rows.is_sorted_by_key(|point| point.at));
    points.rows.iter().for_each(assert_pnl_identities);
    let first = &points.rows[0];
    assert_eq!((first.source_block, first.trade_count), (Some(93_413_703), Some(5_796)));
    assert_eq!(first.volume_shares, Some(dec!(163434.104074)));
    assert_eq!((first.deposits, first.withdrawals, first.cashflow_net), (None, None, None));
}

/// The six identities, to what rounding each figure by itself costs.
fn assert_pnl_identities(point: &PnlPoint) {
    let of = |amount: Option<Usdc>| amount.unwrap().decimal();
    let same = |left: Option<Usdc>, right: Decimal| (of(left) - right).abs() <= dec!(0.000003);
    let lp = of(point.realized_lp) + of(point.realized_combo);
    assert!(same(point.realized, of(point.realized_market) + lp), "{point:?}");
    assert!(same(point.position, of(point.realized) + of(point.unrealized)), "{point:?}");
    assert!(same(point.trade, of(point.position) - of(point.fees)), "{point:?}");
    let rebates = of(point.maker_rebate) + of(point.taker_rebate);
    let income = of(point.reward_income) + of(point.yield_income) + of(point.referral_income);
    assert!(same(point.wallet_income, rebates + income), "{point:?}");
    assert!(same(point.settled, of(point.realized) + of(point.wallet_income)), "{point:?}");
    assert!(same(point.economic, of(point.position) + of(point.wallet_income)), "{point:?}");
    assert!(of(point.fees) <= Decimal::ZERO, "{point:?}");
}

#[tokio::test]
async fn one_wallet_as_a_whole() {
    let Some(body) = recorded("data-v2/user_stats.json") else { return };
    let stats = client_of(body).await.user_stats(&wallet()).await.unwrap().value.unwrap();
    assert_eq!((stats.markets_traded, stats.views), (Some(2_746), Some(212)));
    assert_eq!(stats.biggest_win.unwrap().decimal(), dec!(281.108819));
    assert_eq!(stats.joined_at.unwrap().timestamp(), 1_784_757_664);
    assert_pnl_identities(&stats.all_time.unwrap());
    let unknown = Address::parse("0xfa53405fa12212476204b416af94905a8e5c4a07").unwrap();
    let Some(body) = recorded("data-v2/user_stats_unknown.json") else { return };
    assert!(client_of(body).await.user_stats(&unknown).await.unwrap().value.is_none());
    let Some(body) = recorded("data-v2/value.json") else { return };
    let value = client_of(body).await.value(&wallet(), &[]).await.unwrap().value.unwrap();
    assert_eq!(value.value.decimal(), dec!(844.4295));
    let Some(body) = recorded("data-v2/user_volume.json") else { return };
    let volume = client_of(body).await.user_volume(&wallet(), None, None).await.unwrap();
    let volume = volume.value.unwrap();
    assert_eq!((volume.shares, volume.trade_count), (Some(dec!(186592.698609)), Some(7_246)));
    assert_eq!(volume.volume.unwrap().decimal(), dec!(95036.322714));
}

#[tokio::test]
async fn boards() {
    let Some(body) = recorded("data-v2/leaderboard.json") else { return };
    let query = LeaderboardQuery::new(BoardPeriod::Week, LeaderboardSort::Pnl);
    let page = client_of(body).await.leaderboard(&query).await.unwrap();
    assert!(page.rows.rejected.is_empty() && page.rows.unknown_keys.is_empty(), "{page:?}");
    let first = &page.rows.rows[0];
    assert_eq!((first.rank, first.pnl.unwrap().decimal()), (1, dec!(2492743.86776)));
    assert_eq!((first.name.as_deref(), first.x_username.as_ref()), (Some("00gringo00"), None));
    let leader = Address::parse("0x168a51f1cac0ad3b166797069382495a8aa10d24").unwrap();
    let Some(body) = recorded("data-v2/leaderboard_user.json") else { return };
    let client = client_of(body).await;
    let standing = client.leader_standing(&leader, BoardPeriod::Week, None).await.unwrap();
    let standing = standing.value.unwrap();
    assert_eq!((standing.rank_by_pnl, standing.rank_by_volume), (Some(3), Some(22)));
    assert!(client.leader_standing(&wallet(), BoardPeriod::Week, None).await.is_err());
    let Some(body) = recorded("data-v2/leaderboard_user_unknown.json") else { return };
    let standing = client_of(body).await.leader_standing(&leader, BoardPeriod::Week, None).await;
    assert!(standing.unwrap().value.is_none());
    for (name, kind) in
        [("biggest_winners", WinKind::Market), ("biggest_winners_combos", WinKind::Combo)]
    {
        let Some(body) = recorded(&format!("data-v2/{name}.json")) else { return };
        let query = WinnersQuery::new(BoardPeriod::Week);
        let page = client_of(body).await.biggest_winners(&query).await.unwrap();
        assert!(page.rows.rejected.is_empty() && page.rows.unknown_keys.is_empty(), "{page:?}");
        for (rank, row) in (1..).zip(&page.rows.rows) {
            assert_eq!((row.rank, &row.kind), (rank, &kind));
            let of = |amount: Option<Usdc>| amount.unwrap().decimal();
            assert!(near(row.pnl, of(row.final_value) - of(row.initial_value)), "{row:?}");
            assert_eq!(row.event_id.is_none(), kind == WinKind::Combo);
            assert!(row.condition_id.is_some() && row.token_id.is_some());
        }
    }
}

#[tokio::test]
async fn tokens() {
    let Some(body) = recorded("data-v2/tokens.json") else { return };
    let id = "0x789f0872f66cfffd21a33020e5c90e11f95f947e03be77ac2df7e86b0cb71527";
    let id = domain::ConditionId::parse(id).unwrap();
    let rows = client_of(body).await.tokens(std::slice::from_ref(&id)).await.unwrap().value;
    assert!(rows.rejected.is_empty() && rows.issues.is_empty(), "{rows:?}");
    assert!(rows.unknown_keys.is_empty(), "{:?}", rows.unknown_keys);
    let modules: Vec<_> = rows.rows.iter().map(|row| row.module.clone().unwrap()).collect();
    let [ctf, neg_risk] = [TokenModule::Ctf, TokenModule::NegRisk];
    assert_eq!(modules, [ctf.clone(), ctf, neg_risk.clone(), neg_risk]);
    let paid: Vec<_> = rows.rows.iter().map(|row| row.final_price.unwrap().to_string()).collect();
    assert_eq!(paid, ["1", "0", "1", "0"]);
    let places: Vec<_> = rows.rows.iter().map(|row| row.clob_index).collect();
    assert_eq!(places, [Some(0), Some(1), None, None]);
    assert!(rows.rows.iter().all(|row| row.event_id.as_ref().unwrap().as_str() == "931722"));
    let structural: Vec<bool> =
        rows.rows.iter().map(|row| row.structural_condition_id.is_some()).collect();
    assert_eq!(structural, [false, false, true, true]);
}

/// The rows of a recorded list of version 1, the newest first as recorded.
fn recorded_rows(path: &str) -> Option<Vec<Value>> {
    Some(serde_json::from_slice(&recorded(path)?).unwrap())
}

#[tokio::test]
async fn a_history_of_version_1_comes_whole() {
    let Some(mut rows) = recorded_rows("data-v1/activity-3500.json.gz") else { return };
    rows.reverse();
    let of = Address::parse(rows[0]["proxyWallet"].as_str().unwrap()).unwrap();
    let recorded: HashMap<String, usize> = rows.iter().fold(HashMap::new(), |mut counts, row| {
        *counts.entry(row["transactionHash"].to_string()).or_default() += 1;
        counts
    });
    let fake = first_version(rows, 5_000, Past::Refused).await;
    let query = ActivityQuery::of(of);
    let walk = ActivityWalk::with_fallback(DataClient::new(fake.upstream()), query);
    let walked = walk.to_the_end().await;
    assert_eq!((&walked.end, walked.version), (&WalkEnd::Complete, Some(DataVersion::V1)));
    assert!(walked.is_whole() && walked.rows.issues.is_empty(), "{:?}", walked.rows.issues);
    assert!(walked.rows.unknown_keys.is_empty(), "{:?}", walked.rows.unknown_keys);
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for row in &walked.rows.rows {
        *kinds.entry(row.kind.as_str()).or_default() += 1;
        let hash = row.transaction_hash.as_ref().unwrap();
        *seen.entry(format!("\"{hash}\"")).or_default() += 1;
        assert_says_what_it_must(row);
    }
    assert_eq!(kinds, BTreeMap::from([("MERGE", 24), ("REDEEM", 24), ("TRADE", 3_452)]));
    assert_eq!(seen, recorded, "each act once");
    assert_eq!(fake.asked().len(), 9, "v2, seven full pages, an empty one");
}

fn assert_says_what_it_must(row: &ActivityRow) {
    assert!(row.size.is_some() && row.usdc.is_some() && !row.is_combo, "{row:?}");
    if row.kind == ActivityType::Trade {
        assert!(row.trade_side().is_some() && row.token_id.is_some(), "{row:?}");
    } else {
        assert_eq!((row.price, row.side.as_ref(), row.outcome_index), (None, None, None));
        assert_eq!(row.size, row.usdc.map(Usdc::decimal), "a dollar a share that is handed in");
    }
}

#[tokio::test]
async fn trades_of_version_1() {
    let Some(rows) = recorded_rows("data-v1/trades-100.json.gz") else { return };
    let fake = first_version(rows, 10_000, Past::Repeats).await;
    let walk = TradesWalk::with_fallback(DataClient::new(fake.upstream()), TradesQuery::default());
    let walked = walk.to_the_end().await;
    assert!(walked.is_whole() && walked.rows.issues.is_empty(), "{:?}", walked.rows);
    assert!(walked.rows.unknown_keys.is_empty(), "{:?}", walked.rows.unknown_keys);
    assert_eq!(walked.tally.rows, 100);
    let first = &walked.rows.rows[0];
    // An average of several prices, kept to eight decimals.
    assert_eq!((first.price.decimal(), first.shares), (dec!(0.21999995), dec!(13.636362)));
}
