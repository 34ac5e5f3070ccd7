//! Prices of a generated world that belong together: arbitrage leaves little between them.

#![expect(clippy::unwrap_used, reason = "helpers outside of test functions, too")]

mod support;

use chrono::TimeDelta;
use lab::{Lab, World, WorldOptions};
use serde_json::Value;
use support::{Running, present};

/// Best prices of an open market; `None` unless somebody buys and somebody sells.
fn best(market: &Value) -> Option<(f64, f64)> {
    let (bid, ask) = (market["bestBid"].as_f64()?, market["bestAsk"].as_f64()?);
    (bid > 0.0 && ask < 1.0).then_some((bid, ask))
}

/// Events that are not over.
async fn open_events(running: &Running) -> Vec<Value> {
    let mut events = running.enumerate("events", "&closed=false").await;
    let now = running.json("/lab/clock").await["now"].as_str().unwrap().to_owned();
    events.retain(|event| event["endDate"].as_str().unwrap().get(..19) > now.get(..19));
    events
}

/// Sums over a group.
#[derive(Debug)]
#[expect(dead_code, reason = "a slug says in a failure whose sums they are")]
struct Sums {
    slug: String,
    bids: f64,
    mids: f64,
    asks: f64,
    /// The chance that one of its markets comes true.
    truth: f64,
}

/// Sums of the groups all of whose markets have two sides.
async fn groups(running: &Running) -> Vec<Sums> {
    let mut groups = Vec::new();
    for event in open_events(running).await.iter().filter(|event| event["negRisk"] == true) {
        let markets = event["markets"].as_array().unwrap().iter();
        let traded = markets.filter(|market| market["acceptingOrders"] == true);
        let books: Option<Vec<(f64, f64)>> = traded.map(best).collect();
        let Some(books) = books.filter(|books| books.len() > 1) else { continue };
        let truth = running.json(&format!("/lab/truth/events/{}", text(event, "id"))).await;
        let odds = truth["path"].as_array().unwrap().last().unwrap()["probabilities"].clone();
        groups.push(Sums {
            slug: text(event, "slug").to_owned(),
            bids: books.iter().map(|(bid, _)| bid).sum(),
            mids: books.iter().map(|(bid, ask)| f64::midpoint(*bid, *ask)).sum(),
            asks: books.iter().map(|(_, ask)| ask).sum(),
            truth: odds.as_array().unwrap().iter().filter_map(Value::as_f64).sum(),
        });
    }
    groups
}

fn text<'a>(row: &'a Value, member: &str) -> &'a str {
    row[member].as_str().unwrap()
}

/// Of at least 19 groups in 20 the middles sum to what they should: to 1 within 3 cents where one market is sure to
/// win, less the chance that none does elsewhere.
fn see_that_groups_add_up(groups: &[Sums]) {
    assert!(groups.len() > 30, "only {} groups", groups.len());
    let far: Vec<&Sums> =
        groups.iter().filter(|sums| (sums.mids - sums.truth).abs() > 0.03).collect();
    assert!(20 * far.len() <= groups.len(), "{} of {}: {far:#?}", far.len(), groups.len());
    // What a set of all costs leaves nobody more than a moment's gain.
    let given: Vec<&Sums> =
        groups.iter().filter(|sums| sums.bids > 1.03 || sums.asks < sums.truth - 0.03).collect();
    assert!(20 * given.len() <= groups.len(), "{given:#?}");
}

#[tokio::test]
async fn the_prices_of_a_group_sum_to_one() {
    let options = WorldOptions::new(1, present()).scale(0.3).markets(2_400);
    let running = Running::start(Lab::world(World::generate(&options))).await;
    see_that_groups_add_up(&groups(&running).await);
    // As it lives on, too.
    let audit = running.lab.with_world(|world| {
        world.advance(present() + TimeDelta::hours(2));
        world.audit()
    });
    assert_eq!(audit, Some(Ok(())));
    see_that_groups_add_up(&groups(&running).await);
    running.stop().await;
}

#[tokio::test]
async fn arbitrageurs_trade_a_little_and_say_so_only_to_the_truth() {
    let options = WorldOptions::new(3, present()).scale(0.1);
    let running = Running::start(Lab::world(World::generate(&options))).await;
    let known = running.json("/lab/truth/wallets?kind=arbitrageur").await;
    assert!(known.as_array().unwrap().len() >= 2);
    let fills = running.json("/lab/truth/fills?limit=10000").await;
    let fills = fills.as_array().unwrap();
    let count = fills.iter().filter(|fill| fill["taker"]["kind"] == "arbitrageur").count();
    assert!((20..fills.len() / 10).contains(&count), "{count} of {}", fills.len());
    let row = running.json("/data/v2/trades?limit=1000").await.to_string();
    assert!(!row.contains("arbitrageur"));
    running.stop().await;
}
