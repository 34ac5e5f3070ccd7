//! What the user is told under each of the lab's faults: what cannot be believed says so and why, and what is shown
//! as live is the exchange's, or was a moment ago.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use lab::{Fault, FaultKind};
use serde_json::Value;

use crate::streams::next;
use crate::terminal::{CANARY_EVERY, Role, Terminal, levels, text};

/// A busy market that is open, with prices far from the ends.
const BUSY: &str = "traits=accepting_orders&price_min=0.2&price_max=0.8&sort=-volume_24h&limit=1";

/// How long a wrong book may be taken for a live one: two rounds of comparing, what a comparison waits for, and as
/// long again for a busy machine.
const FOUND_OUT: Duration = Duration::from_secs(6);

/// Looks at a market's book until `until` says that it has seen enough, and sees that nothing wrong is shown as live
/// for longer than it takes to find out. Tells the states that were seen, with their causes.
async fn watch(
    terminal: &Terminal,
    market: &Value,
    mut until: impl FnMut(&Value) -> bool,
) -> BTreeSet<String> {
    let truth = terminal.true_levels(market).await;
    let begin = Instant::now();
    let mut seen = BTreeSet::new();
    loop {
        let book = terminal.book(market).await;
        let state = text(&book, "state");
        let cause = book["state_cause"].as_str().unwrap_or_default();
        seen.insert(format!("{state} {cause}"));
        assert_eq!(state == "live", cause.is_empty(), "a state and no reason: {book}");
        // What was fetched is right whatever its state; what is streamed is right when it is live.
        let claims = state == "live" || book["source"] == "rest";
        if claims && levels(&book) != truth {
            assert!(begin.elapsed() < FOUND_OUT, "a wrong book is shown as {state}: {book}");
        } else if until(&book) {
            return seen;
        }
        assert!(begin.elapsed() < 3 * FOUND_OUT, "only {seen:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The badge of the book on a market's page: its state, and its words.
async fn badge(terminal: &Terminal, market: &Value) -> (String, String) {
    let (status, page) = terminal.server.page(&format!("/markets/{}", text(market, "slug"))).await;
    assert_eq!(status, 200);
    let (_, badge) = page.split_once(r#"class="bstate" data-state=""#).expect("a badge");
    let (state, rest) = badge.split_once('"').unwrap();
    let (_, words) = rest.split_once("</span>").unwrap();
    (state.to_owned(), words.split('<').next().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_socket_is_found_out_and_said() {
    let terminal = Terminal::start(41, 60.0, Role::Follows).await;
    let market = terminal.markets(BUSY).await.remove(0);
    terminal.live_and_true(&market).await;
    let id = text(&market, "market_id");
    let path = format!("/api/polymarket/stream?markets={id}&kinds=book,price");
    let mut stream = terminal.server.get(&path).await;
    let mut rest = String::new();
    assert_eq!(next(&mut stream, &mut rest).await.0, "hello");

    // It tells nothing more, answers every ping, and whoever calls again is turned away.
    terminal.inject(Fault::on("/ws", FaultKind::FrozenButPong));
    terminal.inject(Fault::on("/ws", FaultKind::ServerError));
    terminal.advance(TimeDelta::minutes(3)).await;
    let seen = watch(&terminal, &market, |book| book["state"] == "stale").await;
    assert!(seen.iter().all(|state| state != "live " || seen.len() > 1), "{seen:?}");
    let (state, words) = badge(&terminal, &market).await;
    assert_eq!(state, "stale", "{words}");
    assert!(words.starts_with("stale · "), "{words}");
    loop {
        let (kind, _, told) = next(&mut stream, &mut rest).await;
        if kind == "book" && told["state"] == "stale" {
            assert_eq!(told["state_cause"], "disconnected", "{told}");
            break;
        }
    }
    // When not even a request is answered, the last good book is shown with its age, or none.
    terminal.inject(Fault::on("/clob", FaultKind::ServerError));
    terminal
        .until("the last good book", async || {
            let book = terminal.book(&market).await;
            book["state_cause"] == "disconnected" && book["age_ms"].as_i64() > Some(0)
        })
        .await;
    terminal.lab.faults().clear();
    terminal.live_and_true(&market).await;
    assert_eq!(badge(&terminal, &market).await.0, "live");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_and_early_changes_leave_no_wrong_book() {
    let terminal = Terminal::start(42, 60.0, Role::Polls).await;
    let market = terminal.markets(BUSY).await.remove(0);
    terminal.live_and_true(&market).await;
    for fault in [
        Fault::on("/ws", FaultKind::DroppedDelta).every(2),
        Fault::on("/ws", FaultKind::CutSocket).after(30).every(50).times(3),
        Fault::on("/ws", FaultKind::DeltaFirst),
        Fault::on("/ws", FaultKind::ChangedType).every(2),
    ] {
        let reconnects = matches!(fault.kind, FaultKind::DeltaFirst);
        terminal.inject(fault.clone());
        if reconnects {
            // What strikes subscriptions needs one.
            terminal.inject(Fault::on("/ws", FaultKind::CutSocket).after(10).times(1));
        }
        for _ in 0..2 {
            terminal.advance(TimeDelta::minutes(1)).await;
            let claims = |book: &Value| book["state"] == "live" || book["source"] == "rest";
            watch(&terminal, &market, claims).await;
            let book = terminal.book(&market).await;
            if let (Some(bid), Some(ask)) = (book["best_bid"].as_f64(), book["best_ask"].as_f64()) {
                assert!(bid < ask || book["state"] != "live", "a crossed book is live: {book}");
            }
        }
        assert!(terminal.strikes() > 0, "{fault:?} never struck");
        terminal.lab.faults().clear();
        terminal.advance(TimeDelta::seconds(30)).await;
        terminal.live_and_true(&market).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_ghost_is_shown() {
    let terminal = Terminal::start(43, 1.0, Role::Fetches).await;
    let market = terminal.markets(BUSY).await.remove(0);
    let id = text(&market, "market_id");
    terminal.inject(Fault::on("/clob/book", FaultKind::GhostBook));
    let book = terminal.book(&market).await;
    assert_eq!((&book["state"], &book["state_cause"]), (&"gap".into(), &"ghost".into()));
    assert_eq!(levels(&book), [vec![], vec![]]);
    for figure in ["best_bid", "best_ask", "mid", "spread", "spread_bps", "imbalance"] {
        assert!(book[figure].is_null(), "{figure} of a ghost: {book}");
    }
    assert!(book["depth"].as_object().unwrap().values().all(Value::is_null), "{book}");
    let path = format!("/api/polymarket/order-book/{id}/slippage?usdc=100");
    let walked = terminal.data(&path).await;
    assert_eq!((&walked["average_price"], &walked["complete"]), (&Value::Null, &false.into()));
    assert_eq!(walked["book_state"], "gap");
    let (_, page) = terminal.server.page(&format!("/markets/{}", text(&market, "slug"))).await;
    assert!(
        page.contains("a book that is not this market&#39;s")
            || page.contains("a book that is not this market's")
    );
    assert!(page.contains("gap · ghost"), "{page}");

    // A fetched book is shown again for two seconds; then the right one comes.
    terminal.lab.faults().clear();
    terminal
        .until("the exchange's book", async || {
            let book = terminal.book(&market).await;
            book["state"] == "stale" && levels(&book) == terminal.true_levels(&market).await
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ghost_takes_no_live_books_place() {
    let terminal = Terminal::start(44, 60.0, Role::Polls).await;
    let market = terminal.markets(BUSY).await.remove(0);
    terminal.live_and_true(&market).await;
    let truth = terminal.true_levels(&market).await;
    terminal.inject(Fault::on("/clob/book", FaultKind::GhostBook));
    let begin = Instant::now();
    // Longer than it takes to fetch every book, and to compare some.
    while begin.elapsed() < 6 * CANARY_EVERY {
        let book = terminal.book(&market).await;
        assert_eq!((&book["state"], levels(&book)), (&"live".into(), truth.clone()));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(terminal.strikes() > 0);
    terminal.lab.faults().clear();
    terminal.advance(TimeDelta::minutes(1)).await;
    terminal.live_and_true(&market).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_side_has_no_price() {
    let terminal = Terminal::start(45, 1.0, Role::Fetches).await;
    let mut found = 0;
    for market in terminal.markets("traits=accepting_orders&sort=price&limit=60").await {
        let [bids, asks] = terminal.true_levels(&market).await;
        if !bids.is_empty() && !asks.is_empty() {
            continue;
        }
        found += 1;
        let book = terminal.book(&market).await;
        assert_eq!(levels(&book), [bids.clone(), asks.clone()]);
        assert_eq!(book["best_bid"].is_null(), bids.is_empty());
        assert_eq!(book["best_ask"].is_null(), asks.is_empty());
        for figure in ["mid", "spread", "spread_bps", "imbalance"] {
            assert!(book[figure].is_null(), "{figure}: {book}");
        }
        let side = if asks.is_empty() { "buy" } else { "sell" };
        let path = format!("/api/polymarket/order-book/{}/slippage", text(&market, "market_id"));
        let walked = terminal.data(&format!("{path}?usdc=100&side={side}")).await;
        assert!(walked["average_price"].is_null(), "{walked}");
        let (_, page) = terminal.server.page(&format!("/markets/{}", text(&market, "slug"))).await;
        let words = if asks.is_empty() { "no asks" } else { "no bids" };
        assert!(page.contains(words), "{words}");
        assert!(!page.contains("NaN"));
    }
    assert!(found > 0, "every book has two sides");
}

/// What takers traded in a market, as only the lab knows it: shares by transaction, wallet, outcome and side.
async fn true_trades(terminal: &Terminal, market: &Value, since: &str) -> Vec<String> {
    let count = terminal.lab.with_world(|world| world.fill_count()).unwrap();
    let from = count.saturating_sub(10_000);
    let fills = terminal.exchange(&format!("/lab/truth/fills?from={from}")).await;
    let mut orders: BTreeMap<String, f64> = BTreeMap::new();
    for fill in fills.as_array().unwrap() {
        let taker = &fill["taker"];
        if fill["condition_id"] != market["condition_id"]
            || text(fill, "at").get(..19) < since.get(..19)
        {
            continue;
        }
        let outcome = usize::from(taker["token_id"] != market["token_ids"][0]);
        let (hash, address) = (text(fill, "transaction_hash"), text(taker, "address"));
        let side = text(taker, "side").to_lowercase();
        *orders.entry(format!("{hash} {address} {outcome} {side}")).or_default() +=
            fill["shares"].as_f64().unwrap();
    }
    orders.into_iter().map(|(order, shares)| format!("{order} {shares:.6}")).collect()
}

/// The same as the API shows it.
async fn shown_trades(terminal: &Terminal, market: &Value, since: &str) -> Vec<String> {
    let path = format!("/api/polymarket/markets/{}/trades?limit=1000", text(market, "market_id"));
    let trades = terminal.data(&path).await;
    let mut shown: Vec<String> = trades
        .as_array()
        .unwrap()
        .iter()
        .filter(|trade| text(trade, "traded_at").get(..19) >= since.get(..19))
        .map(|trade| {
            let (hash, wallet) = (text(trade, "transaction_hash"), text(trade, "wallet"));
            let shares = trade["shares"].as_f64().unwrap();
            format!("{hash} {wallet} {} {} {shares:.6}", trade["outcome"], text(trade, "side"))
        })
        .collect();
    shown.sort();
    shown
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn late_and_doubled_trades_are_shown_once() {
    let terminal = Terminal::start(46, 20.0, Role::Records).await;
    let market = terminal.markets(BUSY).await.remove(0);
    let begin = terminal.now();
    let since = begin.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    for kind in [
        FaultKind::DuplicatedFills,
        FaultKind::LateTrade { by_s: 120 },
        FaultKind::ComboRows,
        FaultKind::TakerOnlyFeed,
    ] {
        terminal.inject(Fault::on("/data", kind));
        terminal.advance(TimeDelta::minutes(3)).await;
        let truth = true_trades(&terminal, &market, &since).await;
        terminal
            .until("the first of them", async || {
                // Nothing may be shown that did not happen, whatever is not yet known.
                let shown = shown_trades(&terminal, &market, &since).await;
                let mut left = truth.clone();
                for trade in &shown {
                    let place = left.iter().position(|known| known == trade);
                    left.swap_remove(
                        place.unwrap_or_else(|| panic!("doubled or invented: {trade}")),
                    );
                }
                !shown.is_empty() && terminal.strikes() > 0
            })
            .await;
        terminal.lab.faults().clear();
    }
    // What came late is there in the end.
    terminal.advance(TimeDelta::minutes(6)).await;
    let truth = true_trades(&terminal, &market, &since).await;
    assert!(truth.len() > 3, "{truth:?}");
    let mut missing = Vec::new();
    let patience = Instant::now() + Duration::from_secs(15);
    loop {
        let shown = shown_trades(&terminal, &market, &since).await;
        if shown == truth {
            break;
        }
        missing = truth.iter().filter(|trade| !shown.contains(trade)).cloned().collect();
        assert!(
            Instant::now() < patience,
            "{} of {}: {missing:?}, {shown:?}",
            missing.len(),
            truth.len()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(missing);
    // And the bars count each of them once.
    let minute = domain::bars::Interval::Minute.bucket(begin);
    let minute = minute.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let to =
        (terminal.now() + TimeDelta::minutes(1)).to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let id = text(&market, "market_id");
    let path = format!("/api/polymarket/ohlc/{id}?interval=1m&from={minute}&to={to}");
    terminal
        .until("bars of every trade", async || {
            let bars = terminal.data(&path).await;
            let counted: u64 = bars["bars"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|bar| bar["trades"].as_u64())
                .sum();
            counted == shown_trades(&terminal, &market, &minute).await.len() as u64
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resolution_that_flips_is_shown_as_what_it_is_now_and_was() {
    let terminal = Terminal::start(47, 10.0, Role::Records).await;
    let resolved = "/api/polymarket/markets?status=resolved&sort=-end_date&limit=500";
    let mut held = BTreeMap::new();
    for _ in 0..60 {
        // What is corrected is the last answer that nobody was paid by: it was shown before.
        held = answers(&terminal, resolved).await;
        if terminal.lab.inject(Fault::on("/", FaultKind::ResolutionFlip)).is_ok() {
            break;
        }
        terminal.advance(TimeDelta::minutes(10)).await;
        terminal.sync().await;
    }
    // What was told before is told from a cache for five minutes.
    terminal.advance(TimeDelta::minutes(6)).await;
    let mut flipped = Vec::new();
    terminal
        .until("the correction", async || {
            terminal.sync().await;
            let now = answers(&terminal, resolved).await;
            let differs =
                |(id, answer): &(&String, &Value)| held.get(*id).is_some_and(|old| old != *answer);
            flipped = now.iter().filter(differs).map(|(id, _)| id.clone()).collect();
            !flipped.is_empty()
        })
        .await;
    for id in flipped {
        let now = terminal.data(&format!("/api/polymarket/markets/{id}")).await;
        let answer = text(&now["resolution"], "outcome").to_owned();
        assert_ne!(held[&id], now["resolution"]["outcome"]);
        let payouts = now["resolution"]["payouts"].as_array().unwrap();
        let paid = payouts.iter().position(|payout| *payout == 1.0).unwrap();
        assert_eq!(now["outcomes"][paid], *answer, "{now}");
        assert_eq!(now["outcome_prices"][paid], 1.0, "{now}");
        let (_, page) = terminal.server.page(&format!("/markets/{}", text(&now, "slug"))).await;
        assert!(page.contains(&answer), "{page}");
        // What the oracle said first stays in the timeline, below what holds.
        let path = format!("/api/polymarket/markets/{id}/timeline");
        terminal
            .until("the newest answer on top", async || {
                let timeline = terminal.data(&path).await;
                let mut entries = timeline.as_array().unwrap().iter();
                let newest = entries.find(|entry| entry["kind"] == "resolved");
                newest.is_none_or(|entry| text(entry, "summary") == format!("Resolved: {answer}"))
            })
            .await;
    }
}

/// How resolved markets were answered, by id.
async fn answers(terminal: &Terminal, list: &str) -> BTreeMap<String, Value> {
    let list = terminal.data(list).await;
    let answer =
        |row: &Value| (text(row, "market_id").to_owned(), row["resolution"]["outcome"].clone());
    list.as_array().unwrap().iter().map(answer).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_of_62_digits_costs_nothing_but_what_it_names() {
    let terminal = Terminal::start(48, 1.0, Role::Fetches).await;
    let bad = terminal.exchange("/lab/bad-rows").await;
    assert!(bad.to_string().contains("structural_condition_id"));
    let before = terminal.markets("limit=1").await.len();
    let row = FaultKind::BadRow { row: "structural_condition_id".to_owned() };
    terminal.inject(Fault::on("/gamma/events/keyset", row).times(1));
    terminal.sync().await;
    assert_eq!(terminal.strikes(), 1);
    let condition = "0x03644e2e16fcbac7ab23cbf9cf68fba6f10000000000000000000000000000";
    let market = terminal.data(&format!("/api/polymarket/markets/{condition}")).await;
    assert_eq!(market["condition_id"], condition, "{market}");
    // There is no such book: that is said, and no number.
    let id = text(&market, "market_id");
    let book = terminal.server.json(&format!("/api/polymarket/order-book/{id}")).await;
    assert_eq!(book["error"]["code"], "book_not_found", "{book}");
    let trades = terminal.data(&format!("/api/polymarket/markets/{id}/trades")).await;
    assert_eq!(trades, Value::Array(vec![]));
    assert!(terminal.markets("limit=1").await.len() >= before);
}
