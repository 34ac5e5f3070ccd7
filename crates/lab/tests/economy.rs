//! The trading of the generated world: conserved, repeatable, and as its people truly are.

#![expect(clippy::unwrap_used, reason = "helpers outside of test functions, too")]

mod support;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::TimeDelta;
use lab::{Lab, World, WorldOptions};
use serde_json::Value;
use support::{Running, present, small_world};

/// The standard world is what was asked for, and conserves cash and shares to the millionth, in its past
/// and as it goes on.
#[test]
fn a_standard_world_adds_up() {
    let mut world = World::generate(&WorldOptions::new(7, present()));
    assert!(world.market_count() >= 1_500, "{} markets", world.market_count());
    assert!(world.wallet_count() >= 2_000, "{} wallets", world.wallet_count());
    assert!(world.fill_count() >= 500_000, "{} fills", world.fill_count());
    assert_eq!(world.audit(), Ok(()));
    let fills = world.fill_count();
    world.advance(present() + TimeDelta::minutes(30));
    assert!(
        world.fill_count() > fills + 200,
        "{} fills in half an hour",
        world.fill_count() - fills
    );
    assert_eq!(world.audit(), Ok(()));
}

#[test]
fn the_scale_is_kept() {
    let tenth = World::generate(&WorldOptions::new(3, present()).scale(0.1));
    assert!((200..300).contains(&tenth.market_count()), "{} markets", tenth.market_count());
    assert!((200..260).contains(&tenth.wallet_count()), "{} wallets", tenth.wallet_count());
    assert!((40_000..90_000).contains(&tenth.fill_count()), "{} fills", tenth.fill_count());
    assert_eq!(tenth.audit(), Ok(()));
}

#[test]
fn activity_is_a_multiplier() {
    let fills_in_an_hour = |activity: f64| {
        let options = WorldOptions::new(3, present()).scale(0.05).activity(activity);
        let mut world = World::generate(&options);
        let before = world.fill_count();
        world.advance(present() + TimeDelta::hours(1));
        assert_eq!(world.audit(), Ok(()));
        world.fill_count() - before
    };
    let (once, twentyfold) = (fills_in_an_hour(1.0), fills_in_an_hour(20.0));
    assert!((once * 10..once * 40).contains(&twentyfold), "{once} and {twentyfold}");
}

/// Everything the world serves, hashed feed by feed.
async fn feeds(world: World) -> BTreeMap<&'static str, u64> {
    let running = Running::start(Lab::world(world)).await;
    let mut hashes = BTreeMap::new();
    let wallets = running.json("/lab/truth/wallets").await;
    let busiest = wallets[0]["address"].as_str().unwrap().to_owned();
    let markets = running.json("/gamma/markets?limit=50&order=volumeNum&ascending=false").await;
    let market = &markets[0];
    let condition = market["conditionId"].as_str().unwrap().to_owned();
    let tokens: Vec<String> =
        serde_json::from_str(market["clobTokenIds"].as_str().unwrap()).unwrap();
    let token = &tokens[0];
    let paths = [
        ("events", "/gamma/events?limit=100".to_owned()),
        ("markets", "/gamma/markets?limit=100".to_owned()),
        ("closed markets", "/gamma/markets?limit=100&closed=true".to_owned()),
        ("series", "/gamma/series?limit=100".to_owned()),
        (
            "comments",
            format!(
                "/gamma/comments?parent_entity_type=Event&parent_entity_id={}",
                market["events"][0]["id"].as_str().unwrap()
            ),
        ),
        ("book", format!("/clob/book?token_id={token}")),
        ("clob markets", "/clob/markets".to_owned()),
        ("price history", format!("/clob/prices-history?market={token}&interval=max&fidelity=60")),
        ("trades", "/data/v2/trades?limit=1000&taker_only=false".to_owned()),
        ("activity", format!("/data/v2/activity?user={busiest}&limit=1000")),
        ("positions", format!("/data/v2/positions?user={busiest}&limit=1000")),
        ("holders", format!("/data/v2/holders?condition={condition}&limit=100")),
        ("leaderboard", "/data/v2/leaderboard?time_period=all&limit=100".to_owned()),
        ("profit", format!("/data/v2/user-pnl?user={busiest}&interval=max&fidelity=1d")),
        ("wallets", "/lab/truth/wallets".to_owned()),
        ("fills", "/lab/truth/fills".to_owned()),
    ];
    for (name, path) in paths {
        let response = running.get(&path).await;
        assert!(response.status().is_success(), "{path}: {}", response.status());
        let body = response.bytes().await.unwrap();
        assert!(body.len() > 40, "{name} is empty");
        let mut hasher = DefaultHasher::new();
        body.hash(&mut hasher);
        hashes.insert(name, hasher.finish());
    }
    running.stop().await;
    hashes
}

#[tokio::test]
async fn the_same_seed_gives_the_same_feeds() {
    let first = feeds(small_world(11)).await;
    assert_eq!(first, feeds(small_world(11)).await);
    let other = feeds(small_world(12)).await;
    for (name, hash) in first {
        assert_ne!(other[name], hash, "{name} does not depend on the seed");
    }
}

/// What the wallets of a kind put in and got out, by the truth's fills and payouts.
#[derive(Default)]
struct Account {
    spent: f64,
    made: f64,
}

#[tokio::test]
async fn those_who_know_better_earn_and_the_others_pay() {
    // Of many markets: luck is large where outcomes are few.
    let options = WorldOptions::new(21, present()).scale(0.1).markets(2_400);
    let running = Running::start(Lab::world(World::generate(&options))).await;
    let worth = payouts(&running).await;
    let mut accounts: BTreeMap<String, Account> = BTreeMap::new();
    let mut from = 0;
    loop {
        let fills = running.json(&format!("/lab/truth/fills?from={from}")).await;
        let fills = fills.as_array().unwrap();
        if fills.is_empty() {
            break;
        }
        for fill in fills {
            let shares = fill["shares"].as_f64().unwrap();
            let taker = &fill["taker"];
            let Some(value) = worth.get(taker["token_id"].as_str().unwrap()) else { continue };
            let price = taker["price"].as_f64().unwrap();
            let gain = shares * (value - price);
            let account = accounts.entry(taker["kind"].as_str().unwrap().to_owned()).or_default();
            account.spent += shares * price;
            account.made += if taker["side"] == "BUY" { gain } else { -gain };
        }
        from += fills.len();
    }
    let edges: BTreeMap<&str, f64> = accounts
        .iter()
        .map(|(kind, account)| (kind.as_str(), account.made / account.spent))
        .collect();
    assert!(edges["insider"] > 0.10, "{edges:?}");
    assert!(edges["skilled"] > 0.03, "{edges:?}");
    for kind in ["noise", "favourite_buyer", "longshot_buyer", "whale"] {
        assert!(2.0 * edges[kind] < edges["skilled"], "{kind} is not below the skilled: {edges:?}");
    }
    running.stop().await;
}

/// What a share of each token pays in the end.
async fn payouts(running: &Running) -> BTreeMap<String, f64> {
    let mut worth = BTreeMap::new();
    let events = running.json("/lab/truth/events").await;
    for event in events.as_array().unwrap() {
        let path = format!("/lab/truth/events/{}", event["id"].as_str().unwrap());
        let event = running.json(&path).await;
        for market in event["markets"].as_array().unwrap() {
            let list = |key: &str| market[key].as_array().unwrap().clone();
            for (token, payout) in list("token_ids").iter().zip(list("payouts")) {
                worth.insert(token.as_str().unwrap().to_owned(), payout.as_f64().unwrap());
            }
        }
    }
    worth
}

#[tokio::test]
async fn every_kind_of_wallet_is_there_and_none_says_so() {
    let running = Running::start(Lab::world(small_world(13))).await;
    let truth = running.json("/lab/truth").await;
    for (kind, count) in truth["wallets"].as_object().unwrap() {
        assert!(count.as_u64().unwrap() > 0, "no {kind}");
    }
    assert_eq!(truth["audit"], "balanced");
    let copied = running.json("/lab/truth/wallets?kind=copy_bot").await;
    for bot in copied.as_array().unwrap() {
        assert!(bot["leader"].as_str().unwrap().starts_with("0x"), "{bot}");
    }
    let trades = running.get("/data/v2/trades?limit=1000").await.text().await.unwrap();
    for word in ["skilled", "insider", "sybil", "washer", "longshot", "maker\""] {
        assert!(!trades.contains(word), "the feed gives {word} away");
    }
    running.stop().await;
}

#[tokio::test]
async fn nobody_trades_before_joining() {
    let running = Running::start(Lab::world(small_world(14))).await;
    let wallets = running.json("/lab/truth/wallets").await;
    let joined: BTreeMap<&str, &str> = wallets
        .as_array()
        .unwrap()
        .iter()
        .map(|wallet| (wallet["address"].as_str().unwrap(), wallet["joined_at"].as_str().unwrap()))
        .collect();
    let fills = running.json("/lab/truth/fills").await;
    for fill in fills.as_array().unwrap() {
        let at = fill["at"].as_str().unwrap();
        for party in ["taker", "maker"] {
            let party: &Value = &fill[party];
            let since = joined[party["address"].as_str().unwrap()];
            assert!(since.get(..19) <= at.get(..19), "{party} traded at {at}, joined at {since}");
        }
    }
    running.stop().await;
}
