//! What is asked about wallets: nothing is left to upstream's defaults, and nothing is sent that it would
//! refuse.

use chrono::DateTime;
use domain::{Address, ConditionId, Contract, EventId, Side};
use polymarket::UpstreamErrorKind as Kind;
use polymarket::data::{
    ActivityQuery, ActivityType, ActivityTypes, BoardPeriod, DataClient, LeaderboardQuery,
    LeaderboardSort, PnlFidelity, PnlInterval, PositionFilter, PositionSort, PositionsOf,
    PositionsQuery, TimeOrder, TradesQuery, WinnersQuery, Within,
};

use crate::fake::Fake;

pub(crate) const WALLET: &str = "0x379a410a36c101e3b8dfb6c90d1176eb0def4b1a";
const NOTHING: &str = r#"{"data":[],"pagination":{"limit":2,"offset":0,"has_more":false}}"#;

pub(crate) fn wallet() -> Address {
    Address::parse(WALLET).unwrap()
}

pub(crate) fn condition(digit: &str) -> ConditionId {
    ConditionId::parse(&digit.repeat(64)).unwrap()
}

fn client(fake: &Fake) -> DataClient {
    DataClient::new(fake.upstream())
}

#[tokio::test]
async fn positions_are_asked_for_with_their_dust() {
    let fake = Fake::says(NOTHING).await;
    let client = client(&fake);
    let floor = "filter_type=TOKENS&filter_amount=0.000001";
    let at = |second| DateTime::from_timestamp(second, 0);
    let held = PositionsQuery::of_wallet(wallet(), PositionFilter::Open);
    let closed = PositionsQuery::of_wallet(wallet(), PositionFilter::Closed);
    let lost = PositionsQuery::of_wallet(wallet(), PositionFilter::RedeemableLost);
    let (a, b) = (condition("a"), condition("b"));
    let within = |within| PositionsOf::Wallet { wallet: wallet(), within };
    let event = EventId::parse("30829").unwrap();
    let cases = [
        (
            held.clone(),
            format!(
                "user={WALLET}&status=OPEN&include_archived=true&{floor}&sort_by=TOKENS&sort_direction=DESC"
            ),
        ),
        (
            closed,
            format!("user={WALLET}&status=CLOSED&{floor}&sort_by=REALIZED_PNL&sort_direction=DESC"),
        ),
        (
            PositionsQuery { include_archived: false, ascending: true, ..lost },
            format!(
                "user={WALLET}&status=REDEEMABLE_LOST&include_archived=false&{floor}&sort_by=TOKENS&sort_direction=ASC"
            ),
        ),
        (
            PositionsQuery {
                of: within(Within::Markets(vec![b.clone(), a.clone()])),
                sort: PositionSort::Timestamp,
                since: at(1_790_000_000),
                until: at(1_790_000_060),
                ..held.clone()
            },
            format!(
                "user={WALLET}&condition={a}%2C{b}&status=OPEN&include_archived=true&{floor}&start=1790000000&end=1790000060&sort_by=TIMESTAMP&sort_direction=DESC"
            ),
        ),
        (
            PositionsQuery {
                of: within(Within::Events(vec![event])),
                sort: PositionSort::TotalPnl,
                cursor: Some("c+1".to_owned()),
                ..held
            },
            format!(
                "user={WALLET}&event_id=30829&status=OPEN&include_archived=true&{floor}&sort_by=TOTAL_PNL&sort_direction=DESC&cursor=c%2B1"
            ),
        ),
        (
            PositionsQuery::of_market(a.clone(), PositionFilter::Mergeable),
            format!(
                "condition={a}&status=MERGEABLE&include_archived=true&{floor}&sort_by=TOKENS&sort_direction=DESC"
            ),
        ),
    ];
    for (query, expected) in cases {
        assert!(client.positions(&query).await.unwrap().rows.rows.is_empty());
        let expected = format!("GET /v2/positions?limit=1000&{expected}");
        assert_eq!(fake.lines().last().unwrap(), &expected);
    }
}

#[tokio::test]
async fn activity_is_asked_for_from_the_first_day_with_deposits() {
    let fake = Fake::says(NOTHING).await;
    let client = client(&fake);
    let all = ActivityQuery::of(wallet());
    let at = |second| DateTime::from_timestamp(second, 0);
    let cases = [
        (all.clone(), "start=1&sort_direction=ASC".to_owned(), ""),
        (
            ActivityQuery {
                types: ActivityTypes::Only(vec![ActivityType::Tip, ActivityType::Deposit]),
                order: TimeOrder::NewestFirst,
                since: at(5),
                until: at(7),
                cursor: Some("c1".to_owned()),
                ..all.clone()
            },
            "type=TIP%2CDEPOSIT&start=5&end=7&sort_direction=DESC".to_owned(),
            "&cursor=c1",
        ),
        (
            ActivityQuery {
                within: Within::Markets(vec![condition("a")]),
                side: Some(Side::Sell),
                ..all
            },
            format!("condition={}&side=SELL&start=1&sort_direction=ASC", condition("a")),
            "",
        ),
    ];
    for (query, expected, cursor) in cases {
        client.activity(&query).await.unwrap();
        let expected = format!(
            "GET /v2/activity?limit=1000&user={WALLET}&{expected}&exclude_deposits_withdrawals=false{cursor}"
        );
        assert_eq!(fake.lines().last().unwrap(), &expected);
    }
}

#[tokio::test]
async fn what_is_asked_of_one_wallet_and_of_boards() {
    let fake = Fake::says(r#"{"data":null}"#).await;
    let client = client(&fake);
    let (wallet, at) = (wallet(), DateTime::from_timestamp(1_790_000_000, 0));
    assert!(client.value(&wallet, &[]).await.unwrap().value.is_none());
    assert!(client.value(&wallet, &[condition("a")]).await.unwrap().value.is_none());
    let pnl = client.user_pnl(&wallet, PnlInterval::Max, PnlFidelity::Day).await;
    assert!(pnl.unwrap().value.is_none());
    let pnl = client.user_pnl(&wallet, PnlInterval::SixHours, PnlFidelity::EighteenHours).await;
    assert!(pnl.unwrap().value.is_none());
    assert!(client.user_stats(&wallet).await.unwrap().value.is_none());
    assert!(client.user_volume(&wallet, None, None).await.unwrap().value.is_none());
    assert!(client.user_volume(&wallet, at, at).await.unwrap().value.is_none());
    let standing = client.leader_standing(&wallet, BoardPeriod::Month, Some("esports")).await;
    assert!(standing.unwrap().value.is_none());
    let board = LeaderboardQuery::new(BoardPeriod::Week, LeaderboardSort::Volume);
    client.leaderboard(&board).await.unwrap();
    let board = LeaderboardQuery { category: Some("politics".to_owned()), limit: 7, ..board };
    client.leaderboard(&board).await.unwrap();
    client.biggest_winners(&WinnersQuery::new(BoardPeriod::All)).await.unwrap();
    client.tokens(&[condition("b"), condition("a")]).await.unwrap();
    let (a, b) = (condition("a"), condition("b"));
    let expected = [
        format!("/v2/value?user={WALLET}"),
        format!("/v2/value?user={WALLET}&condition={a}"),
        format!("/v2/user-pnl?user={WALLET}&interval=max&fidelity=1d"),
        format!("/v2/user-pnl?user={WALLET}&interval=6h&fidelity=18h"),
        format!("/v2/user-stats?user={WALLET}"),
        format!("/v2/user-volume?user={WALLET}"),
        format!("/v2/user-volume?user={WALLET}&start=1790000000&end=1790000000"),
        format!("/v2/leaderboard?user={WALLET}&time_period=month&category=esports"),
        "/v2/leaderboard?limit=1000&time_period=week&sort_by=VOLUME".to_owned(),
        "/v2/leaderboard?limit=7&time_period=week&sort_by=VOLUME&category=politics".to_owned(),
        "/v2/biggest-winners?limit=1000&time_period=all".to_owned(),
        format!("/v2/tokens?condition={a}%2C{b}"),
    ];
    assert_eq!(fake.lines(), expected.map(|target| format!("GET {target}")));
}

#[tokio::test]
async fn what_upstream_would_refuse_is_not_asked() {
    let fake = Fake::says(NOTHING).await;
    let client = client(&fake);
    let held =
        |of| PositionsQuery { of, ..PositionsQuery::of_wallet(wallet(), PositionFilter::Open) };
    let combo = ConditionId::parse(&"3".repeat(62)).unwrap();
    let within = |within| PositionsOf::Wallet { wallet: wallet(), within };
    for bad in [
        PositionsQuery {
            limit: 1_001,
            ..PositionsQuery::of_wallet(wallet(), PositionFilter::Open)
        },
        PositionsQuery::of_market(condition("a"), PositionFilter::RedeemableLost),
        held(PositionsOf::Market(combo.clone())),
        held(within(Within::Markets(Vec::new()))),
        held(within(Within::Events(vec![EventId::parse("the-event").unwrap()]))),
    ] {
        let error = client.positions(&bad).await.unwrap_err();
        assert!(matches!(error.kind, Kind::InvalidRequest(_)), "{bad:?}: {error}");
    }
    let activity = ActivityQuery::of(wallet());
    for bad in [
        ActivityQuery { limit: 0, ..activity.clone() },
        ActivityQuery { types: ActivityTypes::Only(Vec::new()), ..activity.clone() },
        ActivityQuery { within: Within::Markets(vec![combo]), ..activity },
    ] {
        let error = client.activity(&bad).await.unwrap_err();
        assert!(matches!(error.kind, Kind::InvalidRequest(_)), "{bad:?}: {error}");
    }
    let board = LeaderboardQuery::new(BoardPeriod::Day, LeaderboardSort::Pnl);
    let board = LeaderboardQuery { category: Some(" ".to_owned()), ..board };
    assert!(client.leaderboard(&board).await.is_err());
    assert!(
        client
            .biggest_winners(&WinnersQuery { limit: 0, ..WinnersQuery::new(BoardPeriod::Day) })
            .await
            .is_err()
    );
    assert!(client.tokens(&[]).await.is_err());
    assert_eq!(fake.asked().len(), 0);
}

#[tokio::test]
async fn a_contract_is_refused_by_its_name_wherever_a_wallet_is_asked_for() {
    let fake = Fake::says(NOTHING).await;
    let client = client(&fake);
    for contract in Contract::ALL {
        let address = Address::parse(contract.address()).unwrap();
        let errors = [
            client.trades(&TradesQuery::of_wallet(address.clone())).await.unwrap_err(),
            client.activity(&ActivityQuery::of(address.clone())).await.unwrap_err(),
            client
                .positions(&PositionsQuery::of_wallet(address.clone(), PositionFilter::Open))
                .await
                .unwrap_err(),
            client.value(&address, &[]).await.unwrap_err(),
            client.user_stats(&address).await.unwrap_err(),
            client.user_pnl(&address, PnlInterval::Day, PnlFidelity::Hour).await.unwrap_err(),
        ];
        for error in errors {
            assert!(error.to_string().contains(contract.name()), "{error}");
        }
    }
    assert_eq!(fake.asked().len(), 0);
}
