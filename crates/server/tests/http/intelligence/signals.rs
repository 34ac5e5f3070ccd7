//! The ledger of signals, and the stream that tells of them.

use std::time::Duration;

use domain::{MarketId, Side};
use reqwest::Method;
use serde_json::{Value, json};
use server::live::publish_signals;
use store::intelligence::signals::{End, Signal, SignalResult, publish, settle};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Bench, instant};
use crate::streams::next;

/// Signal number `n`, published so many minutes ago.
pub(super) fn signal(n: u16, kind: &str, market: &str, side: Option<Side>) -> Signal {
    let published_at = instant(-i64::from(100 - n));
    Signal {
        id: Uuid::from_u128(u128::from(n)),
        published_at,
        as_of: published_at,
        due_at: Some(instant(60)),
        version: 1,
        n: 4.5,
        side,
        strength: f64::from(n),
        price: Some(0.4),
        cost: Some(0.01),
        kind: kind.to_owned(),
        basis: "feed".to_owned(),
        market_id: MarketId::parse(market).unwrap(),
        event_key: if market.starts_with('1') { "100" } else { "200" }.to_owned(),
        subject: format!("subject-{n}"),
        ingredients: json!({ "z": 3.6 }),
        evidence: json!([{ "kind": "market", "id": market }]),
    }
}

fn settled(gain: f64, net: Option<f64>, is_push: bool) -> SignalResult {
    SignalResult {
        settled_at: instant(0),
        end: End::Settled { is_push, exit_price: 0.4 + gain, gain, net },
    }
}

impl Bench {
    pub(super) async fn publish(&self, signal: &Signal) {
        let mut connection = self.database.service().acquire().await.unwrap();
        assert!(publish(&mut connection, signal).await.unwrap());
    }

    async fn settle(&self, n: u16, result: &SignalResult) {
        let mut connection = self.database.service().acquire().await.unwrap();
        assert!(settle(&mut connection, Uuid::from_u128(n.into()), result).await.unwrap());
    }

    async fn with_signals() -> Self {
        let bench = Self::start().await;
        bench.publish(&signal(10, "size", "105", Some(Side::Buy))).await;
        bench.publish(&signal(20, "size", "106", Some(Side::Sell))).await;
        bench.publish(&signal(30, "size", "201", Some(Side::Buy))).await;
        bench.publish(&signal(40, "volume", "105", None)).await;
        bench.publish(&signal(50, "divergence", "105", Some(Side::Buy))).await;
        bench.settle(10, &settled(0.2, Some(0.19), false)).await;
        bench.settle(20, &settled(-0.1, Some(-0.11), false)).await;
        bench.settle(30, &settled(0.0, Some(-0.01), true)).await;
        let void = SignalResult { settled_at: instant(0), end: End::Void("no_side".to_owned()) };
        bench.settle(40, &void).await;
        bench
    }
}

#[tokio::test]
async fn every_signal_stays_and_losses_are_told() {
    let bench = Bench::with_signals().await;
    let strengths =
        async |query: &str| bench.column(&format!("/api/signals?{query}"), "/strength").await;
    assert_eq!(strengths("").await, [50.0, 40.0, 30.0, 20.0, 10.0]);
    assert_eq!(strengths("kind=size").await, [30.0, 20.0, 10.0]);
    assert_eq!(strengths("market=105").await, [50.0, 40.0, 10.0]);
    assert_eq!(strengths("event=200").await, [30.0]);
    assert_eq!(strengths("category=sports").await, [30.0]);
    assert_eq!(strengths("min_score=35").await, [50.0, 40.0]);
    assert_eq!(strengths("status=open").await, [50.0]);
    assert_eq!(strengths("status=settled").await, [30.0, 20.0, 10.0]);
    assert_eq!(strengths("status=void").await, [40.0]);
    assert_eq!(strengths("side=no").await, [20.0]);
    assert_eq!(strengths("timeframe=1h").await, [50.0]);
    bench.is_whole_in_parts("/api/signals").await;
    bench.is_whole_in_parts("/api/signals?category=politics").await;

    let tally = bench.data("/api/signals?kind=volume").await["tally"].clone();
    let size = tally.as_array().unwrap().iter().find(|one| one["kind"] == "size").unwrap();
    for (name, count) in [
        ("published", 3),
        ("open", 0),
        ("settled", 2),
        ("right", 1),
        ("wrong", 1),
        ("push", 1),
        ("void", 0),
        ("events", 2),
    ] {
        assert_eq!(size[name], count, "{name}");
    }
    // Event 100 gained 4 cents net on average, event 200 lost one.
    assert!((size["mean_net"].as_f64().unwrap() - 0.015).abs() < 1e-12);
    assert!(size["low"].as_f64().unwrap() < 0.015 && size["high"].as_f64().unwrap() > 0.015);
    let volume = tally.as_array().unwrap().iter().find(|one| one["kind"] == "volume").unwrap();
    assert!(volume["mean_net"].is_null() && volume["low"].is_null());
}

#[tokio::test]
async fn a_signal_is_never_changed_and_its_result_is_added_once() {
    let bench = Bench::start().await;
    bench.publish(&signal(10, "size", "105", Some(Side::Buy))).await;
    let path = format!("/api/signals/{}", Uuid::from_u128(10));
    let before = bench.data(&path).await;
    assert!(before["result"].is_null());
    bench.settle(10, &settled(-0.3, None, false)).await;
    let mut after = bench.data(&path).await;
    assert_eq!((&after["result"]["gain"], &after["result"]["net"]), (&(-0.3).into(), &Value::Null));
    after["result"] = Value::Null;
    assert_eq!(after, before);
    // Neither a second result nor a second signal of the same thing.
    let mut connection = bench.database.service().acquire().await.unwrap();
    assert!(
        !settle(&mut connection, Uuid::from_u128(10), &settled(0.5, None, false)).await.unwrap()
    );
    let again = Signal { id: Uuid::from_u128(11), ..signal(10, "size", "105", Some(Side::Buy)) };
    assert!(!publish(&mut connection, &again).await.unwrap());
    assert_eq!(bench.data(&path).await["result"]["gain"], -0.3);
    let tally = bench.data("/api/signals").await["tally"].clone();
    assert!(tally[0]["mean_net"].is_null(), "a cost is unknown");
}

#[tokio::test]
async fn signals_are_told_as_they_are_published_and_settled() {
    let bench = Bench::start().await;
    bench.publish(&signal(5, "size", "106", Some(Side::Buy))).await;
    let app = &bench.server.app;
    let stop = CancellationToken::new();
    let _guard = stop.clone().drop_guard();
    let follower =
        publish_signals(app.live().clone(), app.catalog().clone(), app.database().clone(), stop);
    tokio::spawn(follower);
    let path = "/api/polymarket/stream?kinds=signal,signal_result";
    let mut stream = bench.server.get(path).await;
    let mut rest = String::new();
    assert_eq!(next(&mut stream, &mut rest).await.0, "hello");

    // Whether the follower has begun is seen by what it tells: what was there before is not told.
    let mut published = 10;
    let (name, _, told) = loop {
        bench
            .publish(&Signal {
                published_at: instant(0),
                ..signal(published, "size", "105", Some(Side::Buy))
            })
            .await;
        let heard =
            tokio::time::timeout(Duration::from_secs(1), next(&mut stream, &mut rest)).await;
        match heard {
            Ok(heard) => break heard,
            Err(_) => published += 1,
        }
    };
    assert_eq!((name.as_str(), &told["market"]["slug"]), ("signal", &"market-105".into()));
    assert_eq!(told["id"], Uuid::from_u128(published.into()).to_string());
    assert!(told["result"].is_null());

    bench.settle(5, &settled(0.1, Some(0.09), false)).await;
    let (name, id, told) = next(&mut stream, &mut rest).await;
    assert_eq!(
        (name.as_str(), &told["market_id"], &told["result"]["net"]),
        ("signal_result", &"106".into(), &0.09.into())
    );

    // Who was away for a moment gets what was missed, of the markets asked for.
    drop(stream);
    bench.settle(published, &settled(-0.2, Some(-0.21), false)).await;
    let narrowed = format!("{path}&markets=market-105");
    let again = bench.server.request(Method::GET, &narrowed).header("last-event-id", id);
    let mut stream = again.send().await.unwrap();
    let mut rest = String::new();
    assert_eq!(next(&mut stream, &mut rest).await.0, "hello");
    let (name, _, told) = next(&mut stream, &mut rest).await;
    assert_eq!((name.as_str(), &told["result"]["gain"]), ("signal_result", &(-0.2).into()));
}
