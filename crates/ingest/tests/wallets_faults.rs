//! Imports that are killed, robbed and lied to: what is told in the end is true, or it is not told.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use std::slice::from_ref;

use chrono::TimeDelta;
use domain::Address;
use ingest::wallets::figures::Told;
use lab::{Fault, FaultKind};
use serde_json::{Value, json};
use store::testing::eventually;
use support::doctored::{doctored, without};
use support::exchange::Exchange;
use support::wallets::{
    Importers, are_true, busiest, figures, history, import, is_withheld, kept_positions, rows,
    settled, state, want,
};

/// An exchange, and a wallet whose activity takes several pages.
async fn busy(seed: u64) -> (Exchange, Address) {
    let exchange =
        Exchange::of_world(&Exchange::options(seed).scale(0.02).markets(200).fills(32_000)).await;
    exchange.sync().await;
    let (wallet, fills) = busiest(&exchange).await.swap_remove(0);
    assert!(fills > 4_000, "{fills} fills");
    (exchange, wallet)
}

/// Importers that write often.
fn careful(exchange: &Exchange) -> Importers {
    Importers::start_with(exchange, exchange.upstream.clone(), |options| {
        ingest::wallets::WalletOptions { rows_at_once: 100, ..options }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_is_done_by_the_next_and_nothing_twice() {
    let (exchange, wallet) = busy(30).await;
    let mut held = Vec::new();
    // In the middle of each list, of the longest after its first pages.
    let points = [
        ("/data/v2/positions", 0),
        ("/data/v2/trades", 0),
        ("/data/v2/activity", 0),
        ("/data/v2/activity", 6),
        ("/data/v2/activity", 9),
        ("/user-pnl", 0),
    ];
    for (path, after) in points {
        exchange.inject(Fault::on(path, FaultKind::HungConnection).after(after));
        let importers = careful(&exchange);
        want(&exchange, from_ref(&wallet), true).await;
        eventually("a hung request", || async { exchange.strikes() > 0 }).await;
        importers.kill().await;
        exchange.lab.faults().clear();
        held.push(rows(&exchange, &wallet).await.len());
        assert_eq!(history(&exchange, &wallet).await, None, "nobody says that it is all");
        assert!(state(&exchange, &wallet).await.running, "its lease goes on");
        exchange.advance(TimeDelta::minutes(3)).await;
    }
    assert!(held.is_sorted() && held[2] == 0 && held[3] > 0 && held[4] > held[3], "{held:?}");
    let _importers = careful(&exchange);
    exchange.sync().await;
    settled(&exchange, from_ref(&wallet)).await;
    are_true(&exchange, &wallet).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_has_lost_its_lease_writes_nothing_more() {
    let (exchange, wallet) = busy(22).await;
    let pool = exchange.database.service();
    exchange.inject(Fault::on("/user-pnl", FaultKind::SlowBody { chunk_bytes: 64, pause_ms: 5 }));
    let importers = Importers::start_with(&exchange, exchange.upstream.clone(), |options| {
        ingest::wallets::WalletOptions { workers: 1, ..options }
    });
    want(&exchange, from_ref(&wallet), true).await;
    eventually("the last list", || async { exchange.strikes() > 0 }).await;
    let thief = "UPDATE wallet_imports SET leased_by = gen_random_uuid()";
    sqlx::query(thief).execute(pool).await.unwrap();
    // The only worker does another import when this one has ended.
    let other = busiest(&exchange).await[1].0.clone();
    import(&exchange, from_ref(&other), true).await;
    assert_eq!(history(&exchange, &wallet).await, None);
    assert!(kept_positions(&exchange, &wallet).await.is_empty());
    let left = state(&exchange, &wallet).await;
    assert_eq!(
        (left.running, left.attempts, left.last_error),
        (true, 0, None),
        "it is the thief's"
    );
    importers.stop().await;
    exchange.lab.faults().clear();
    exchange.advance(TimeDelta::minutes(3)).await;
    exchange.sync().await;
    let _importers = Importers::start(&exchange);
    settled(&exchange, from_ref(&wallet)).await;
    are_true(&exchange, &wallet).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn importers_that_are_told_to_stop_give_back_what_they_have() {
    let (exchange, wallet) = busy(23).await;
    exchange.inject(Fault::on("/data/v2/activity", FaultKind::HungConnection));
    let importers = Importers::start(&exchange);
    want(&exchange, from_ref(&wallet), true).await;
    eventually("a hung request", || async { exchange.strikes() > 0 }).await;
    importers.stop().await;
    exchange.lab.faults().clear();
    assert!(!state(&exchange, &wallet).await.running);
    let _importers = Importers::start(&exchange);
    settled(&exchange, from_ref(&wallet)).await;
    are_true(&exchange, &wallet).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_upstream_fails_nothing_is_told_and_then_everything() {
    let (exchange, wallet) = busy(24).await;
    let _importers = Importers::start(&exchange);
    let failing = [
        ("/data/v2/activity", FaultKind::ServerError),
        ("/data/v2/positions", FaultKind::HtmlOk),
        ("/data/v2/activity", FaultKind::RepeatedPage),
        ("/data/v2/activity", FaultKind::IgnoresCursor),
        ("/data/v2/activity", FaultKind::TooManyRequests { retry_after_s: 0 }),
    ];
    for (number, (path, kind)) in (1..).zip(failing) {
        exchange.inject(Fault::on(path, kind.clone()).after(1));
        want(&exchange, from_ref(&wallet), true).await;
        let tries = || async { state(&exchange, &wallet).await.attempts };
        eventually("a failure", || async { tries().await >= number }).await;
        assert!(exchange.strikes() > 0, "{kind:?}");
        let failed = state(&exchange, &wallet).await;
        assert!(failed.last_error.is_some() && failed.due_at > exchange.now(), "{failed:?}");
        assert_eq!(history(&exchange, &wallet).await, None, "{kind:?}");
        exchange.lab.faults().clear();
    }
    exchange.advance(TimeDelta::hours(1)).await;
    exchange.sync().await;
    settled(&exchange, from_ref(&wallet)).await;
    are_true(&exchange, &wallet).await;
    assert_eq!(state(&exchange, &wallet).await.attempts, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn storms_and_new_fields_change_no_figure() {
    let (exchange, wallet) = busy(25).await;
    let faults = [
        vec![Fault::on("/data", FaultKind::TooManyRequests { retry_after_s: 0 }).every(6)],
        vec![Fault::on("/data", FaultKind::TruncatedBody).every(7)],
        vec![Fault::on("/data", FaultKind::NewKey), Fault::on("/gamma", FaultKind::ServerError)],
        vec![Fault::on("/data", FaultKind::ChangedType)],
    ];
    let _importers = Importers::start(&exchange);
    for faults in faults {
        for fault in &faults {
            exchange.inject(fault.clone());
        }
        import(&exchange, from_ref(&wallet), true).await;
        assert!(exchange.strikes() > 0, "{faults:?}");
        exchange.lab.faults().clear();
        are_true(&exchange, &wallet).await;
        let pool = exchange.database.service();
        sqlx::query("DELETE FROM wallet_trades").execute(pool).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_say_too_much_or_too_little_withhold_what_they_touch() {
    let (exchange, wallet) = busy(26).await;
    for (kind, reason) in [
        // Equal rows may be different fills, and the venue's own positions say that these are not.
        (FaultKind::DuplicatedFills, "size_differs"),
        (FaultKind::ComboRows, "unreadable"),
    ] {
        let importers = Importers::start(&exchange);
        exchange.inject(Fault::on("/data/v2/activity", kind.clone()));
        import(&exchange, from_ref(&wallet), true).await;
        assert!(exchange.strikes() > 0, "{kind:?}");
        exchange.lab.faults().clear();
        is_withheld(&exchange, &wallet, "gap").await;
        let held = history(&exchange, &wallet).await.unwrap();
        assert!(held.reasons.contains(&reason.to_owned()), "{kind:?}: {:?}", held.reasons);
        importers.stop().await;
        let pool = exchange.database.service();
        sqlx::query("DELETE FROM wallet_trades").execute(pool).await.unwrap();
    }
    // What could not be explained is read wholly when it is due again.
    exchange.advance(TimeDelta::days(2)).await;
    exchange.sync().await;
    let _importers = Importers::start(&exchange);
    settled(&exchange, from_ref(&wallet)).await;
    are_true(&exchange, &wallet).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_another_shape_are_a_gap() {
    let (exchange, wallet) = busy(27).await;
    let upstream = doctored(&exchange, "/data/v2/activity", |rows: &mut Vec<Value>| {
        for row in rows.iter_mut().step_by(7) {
            let size = row.as_object_mut().unwrap().remove("size").unwrap();
            row["quantity"] = json!({ "value": size });
        }
    })
    .await;
    let importers = Importers::start_with(&exchange, upstream, |options| options);
    import(&exchange, from_ref(&wallet), true).await;
    is_withheld(&exchange, &wallet, "gap").await;
    let held = history(&exchange, &wallet).await.unwrap();
    assert!(held.reasons.contains(&"activity_unreadable".to_owned()), "{:?}", held.reasons);
    for position in kept_positions(&exchange, &wallet).await {
        assert_eq!((position.booked.shares, position.booked.realized_usdc), (None, None));
    }
    importers.stop().await;
    // An import of the news, by one who does not know that all was to be read anew, hides nothing.
    let forgotten = "UPDATE wallet_imports SET full_import = FALSE";
    sqlx::query(forgotten).execute(exchange.database.service()).await.unwrap();
    let _importers = Importers::start(&exchange);
    import(&exchange, from_ref(&wallet), false).await;
    are_true(&exchange, &wallet).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_that_contradict_the_history_put_it_in_doubt() {
    let (exchange, wallet) = busy(28).await;
    // What changed of late is not held against what happened of late.
    let settled = (exchange.now() - TimeDelta::hours(1)).timestamp();
    let upstream = doctored(&exchange, "/data/v2/positions", move |rows: &mut Vec<Value>| {
        let is_settled = |row: &&mut Value| row["last_event_at"].as_i64() < Some(settled);
        let mut rows = rows.iter_mut().filter(is_settled);
        if let Some(row) = rows.find(|row| row["current_size"].as_f64() > Some(5.0)) {
            row["current_size"] = json!(row["current_size"].as_f64().unwrap() + 3.0);
        }
    })
    .await;
    let _importers = Importers::start_with(&exchange, upstream, |options| options);
    import(&exchange, from_ref(&wallet), true).await;
    is_withheld(&exchange, &wallet, "gap").await;
    let kept = kept_positions(&exchange, &wallet).await;
    let differs = "size_differs".to_owned();
    let (doubted, others): (Vec<_>, Vec<_>) =
        kept.into_iter().partition(|position| position.doubts.contains(&differs));
    assert!((1..=2).contains(&doubted.len()), "{} are doubted", doubted.len());
    for position in doubted {
        assert_eq!((position.booked.shares, position.booked.cost_usdc), (None, None));
        assert!(position.reported.venue_shares.is_some(), "what the venue says stands beside");
    }
    assert!(others.iter().any(|position| position.booked.realized_usdc.is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_version_tells_the_same() {
    let (exchange, wallet) = busy(29).await;
    let upstream = without(&exchange, "/data/v2/").await;
    let _importers = Importers::start_with(&exchange, upstream, |options| options);
    import(&exchange, from_ref(&wallet), true).await;
    let held = history(&exchange, &wallet).await.unwrap();
    let told = figures(&exchange, &wallet).await;
    println!("{held:?} {:?}", told.totals);
    if held.completeness == "full" {
        are_true(&exchange, &wallet).await;
    } else {
        is_withheld(&exchange, &wallet, &held.completeness).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_too_large_is_capped_and_withheld() {
    let (exchange, wallet) = busy(30).await;
    let upstream = exchange.upstream.clone();
    let importers = Importers::start_with(&exchange, upstream, |options| {
        ingest::wallets::WalletOptions { most_rows: 1_500, ..options }
    });
    import(&exchange, from_ref(&wallet), true).await;
    is_withheld(&exchange, &wallet, "capped").await;
    let held = history(&exchange, &wallet).await.unwrap();
    assert!(held.reasons.contains(&"too_large".to_owned()), "{:?}", held.reasons);
    assert_eq!(held.activity_count, 2_000);
    assert!(held.until < Some(exchange.now()) && held.until == held.last_active_at);
    for position in kept_positions(&exchange, &wallet).await {
        assert_eq!(position.booked.shares, None, "of what came later nobody knows");
    }
    assert_eq!(figures(&exchange, &wallet).await.totals.value, Told::Withheld("capped".to_owned()));
    // It is not read any further, however often.
    import(&exchange, from_ref(&wallet), false).await;
    is_withheld(&exchange, &wallet, "capped").await;
    assert!(history(&exchange, &wallet).await.unwrap().activity_count <= 3_000);
    importers.stop().await;
    // With more room the rest is added to what is held.
    let _importers = Importers::start(&exchange);
    let read = exchange.requests("/data/v2/activity");
    import(&exchange, from_ref(&wallet), false).await;
    are_true(&exchange, &wallet).await;
    let (read, rows) =
        (exchange.requests("/data/v2/activity") - read, rows(&exchange, &wallet).await);
    // Each walk is over what is new only: tips and the rest.
    let new = (rows.len() - 2_000) as u64;
    assert!(read <= 2 * (new / 1_000 + 3), "{read} requests of {new} rows");
}
