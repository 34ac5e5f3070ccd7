//! What being asked for does to a wallet.

use chrono::{TimeDelta, Utc};
use domain::Address;
use lab::{Fault, FaultKind};
use reqwest::Method;
use serde_json::Value;
use store::{
    notify::{Listener, Notice},
    testing::eventually,
    wallets::{
        self,
        imports::{self, IMPORTED_CHANNEL, Priority},
    },
};

use super::{Bench, PATIENCE, rows};
use crate::support::{TestServer, with_token};

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_nobody_heard_of_is_asked_for_and_answered_at_once() {
    let bench = Bench::start().await;
    let wallet = bench.busiest(1).await.remove(0);
    let nobody = Address::parse(&format!("0x{:040x}", 0xdead)).unwrap();
    // No importer runs, so nothing can be imported while the answers are read.
    for address in [&wallet, &nobody] {
        let first = bench.wallet(address.as_str(), "profile").await;
        assert_eq!(first["data"]["import"]["state"], "unknown", "{first}");
        assert_eq!(first["data"]["history"], Value::Null);
        assert_eq!(first["data"]["badges"], Value::Array(Vec::new()));
        assert_eq!(first["metadata"]["history"], Value::Null);
        let second = bench.wallet(address.as_str(), "positions").await;
        assert_eq!(second["metadata"]["import"]["state"], "waiting", "{second}");
        assert_eq!((rows(&second).len(), &second["metadata"]["total"]), (0, &Value::Null));
    }
    let value = bench.wallet(wallet.as_str(), "value").await["data"].clone();
    assert_eq!((&value["value_usdc"], &value["withheld"]), (&Value::Null, &"not_imported".into()));
    let pnl = bench.wallet(wallet.as_str(), "pnl").await["data"].clone();
    assert_eq!((&pnl["totals"], &pnl["completeness"]), (&Value::Null, &Value::Null));
    let metrics = bench.wallet(wallet.as_str(), "metrics").await;
    assert_eq!(metrics["data"]["metrics"], Value::Null);
    let planned = imports::state(bench.database.service(), &wallet, Utc::now()).await.unwrap();
    assert_eq!(planned.unwrap().priority, Priority::Asked);

    let _importers = bench.importers();
    bench.import(&[wallet.clone(), nobody.clone()]).await;
    let known = bench.wallet(wallet.as_str(), "profile").await["data"].clone();
    assert_eq!(
        (&known["import"]["state"], &known["found_by"]),
        (&"imported".into(), &"asked".into())
    );
    assert!(known["history"]["activity_count"].as_u64().unwrap() > 0, "{known}");
    let empty = bench.wallet(nobody.as_str(), "profile").await["data"].clone();
    assert_eq!(empty["import"]["state"], "empty", "{empty}");
    assert_eq!(empty["history"]["activity_count"], 0);
    let meaning = empty["import"]["meaning"].as_str().unwrap();
    assert!(meaning.contains("A key that signs for a wallet has no history"), "{meaning}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_capped_history_withholds_what_it_cannot_support() {
    let bench = Bench::start().await;
    let _importers = bench.importers();
    let wallet = bench.busiest(1).await.remove(0);
    bench.import(std::slice::from_ref(&wallet)).await;
    let pool = bench.database.service();
    let held = wallets::get(pool, &wallet).await.unwrap().unwrap().history.unwrap();
    // As if upstream had listed nothing before the middle, and that an hour ago.
    let first = held.first_active_at.unwrap();
    let middle = first + (held.last_active_at.unwrap() - first) / 2;
    let hour_ago = Utc::now() - TimeDelta::hours(1);
    let capped = wallets::History {
        completeness: "capped".to_owned(),
        since: Some(middle),
        imported_at: hour_ago,
        ..held
    };
    let mut connection = pool.acquire().await.unwrap();
    wallets::set_history(&mut connection, &wallet, &capped).await.unwrap();
    drop(connection);
    let mut heard =
        Listener::connect(bench.database.database(), &[IMPORTED_CHANNEL]).await.unwrap();
    // Being looked at, what is old is brought up to date.
    let stale = bench.wallet(wallet.as_str(), "profile").await;
    assert_eq!(stale["data"]["history"]["completeness"], "capped");
    let refreshed = async {
        loop {
            let history = wallets::get(pool, &wallet).await.unwrap().unwrap().history.unwrap();
            if history.imported_at > hour_ago {
                return;
            }
            let _: Notice = heard.next().await;
        }
    };
    tokio::time::timeout(PATIENCE, refreshed).await.expect("what is old is imported anew");
    let profile = bench.wallet(wallet.as_str(), "profile").await["data"].clone();
    assert_eq!(profile["history"]["completeness"], "capped", "{profile}");
    let kinds: Vec<_> =
        profile["badges"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert!(!kinds.contains(&&Value::from("events")), "{kinds:?}");
    let value = bench.wallet(wallet.as_str(), "value").await["data"].clone();
    assert_eq!((&value["value_usdc"], &value["withheld"]), (&Value::Null, &"capped".into()));
    let pnl = bench.wallet(wallet.as_str(), "pnl").await["data"].clone();
    let told = |name: &str| {
        (pnl["totals"][name]["value"].clone(), pnl["totals"][name]["withheld"].clone())
    };
    for name in ["realized", "realized_fifo", "total", "roi"] {
        assert_eq!(told(name), (Value::Null, "capped".into()), "{name}");
    }
    assert_eq!(pnl["series"][0]["points"], Value::Array(Vec::new()));
    let metrics = bench.wallet(wallet.as_str(), "metrics").await["data"]["metrics"].clone();
    assert_eq!(metrics["all_time"]["value"], Value::Null);
    assert_eq!(metrics["all_time"]["withheld"], "capped");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_only_this_machine_has_wallets_refreshed() {
    let server = TestServer::start().await;
    let refresh = async |header: Option<(&str, &str)>| {
        let request = server.request(Method::GET, "/api/cron/refresh-wallets");
        let request =
            header.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.send().await.unwrap().status()
    };
    assert_eq!(refresh(None).await, 200);
    assert_eq!(refresh(Some(("x-forwarded-for", "203.0.113.7"))).await, 403, "another machine");
    assert_eq!(refresh(Some(("sec-fetch-site", "cross-site"))).await, 403, "another site's page");
}

#[tokio::test(flavor = "multi_thread")]
async fn schedulers_have_followed_wallets_imported_now() {
    let server = TestServer::start_with(with_token).await;
    let path = "/api/cron/refresh-wallets";
    assert_eq!(server.get(path).await.status(), 401);
    let wrong = server.request(Method::GET, path).bearer_auth("open-barley").send().await.unwrap();
    assert_eq!(wrong.status(), 403);
    let service = server.app.database().service();
    let wallet = |number: u8| Address::parse(&format!("0x{number:040x}")).unwrap();
    let tomorrow = Utc::now() + TimeDelta::days(1);
    imports::want(service, &[wallet(1), wallet(2)], Priority::Followed, tomorrow, false)
        .await
        .unwrap();
    imports::want(service, &[wallet(3)], Priority::Background, tomorrow, false).await.unwrap();
    let refresh = async || {
        let request = server.request(Method::GET, path).bearer_auth("open-sesame");
        request.send().await.unwrap().json::<Value>().await.unwrap()["data"]["hastened"].clone()
    };
    assert_eq!(refresh().await, 2);
    assert_eq!(refresh().await, 0, "they are due already");
    let left = imports::state(service, &wallet(3), Utc::now()).await.unwrap().unwrap();
    assert!(left.due_at > Utc::now());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_failed_says_why_and_when_it_is_tried_again() {
    let bench = Bench::start().await;
    let wallet = bench.busiest(1).await.remove(0);
    bench.lab.inject(Fault::on("/data/v2/positions", FaultKind::ServerError)).unwrap();
    let _importers = bench.importers();
    bench.wallet(wallet.as_str(), "profile").await;
    let state = async || bench.wallet(wallet.as_str(), "profile").await["data"]["import"].clone();
    eventually("the import fails", || async { state().await["state"] == "failed" }).await;
    let failed = state().await;
    assert!(failed["last_error"].as_str().unwrap().starts_with("upstream: "), "{failed}");
    assert_eq!(failed["attempts"], 1);
    let again: chrono::DateTime<Utc> = failed["due_at"].as_str().unwrap().parse().unwrap();
    assert!(again > Utc::now(), "being looked at does not hasten it: {failed}");
    let reply = bench.wallet(wallet.as_str(), "pnl").await;
    assert_eq!(
        (&reply["data"]["totals"], &reply["metadata"]["books"]),
        (&Value::Null, &Value::Null)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_many_unknown_wallets_is_told_to_wait_and_still_sees_what_is_held() {
    let server = TestServer::start().await;
    let ask = async |number: u32, from: Option<&str>| {
        let path = format!("/api/polymarket/wallet/0x{number:040x}/profile");
        let request = server.request(Method::GET, &path);
        match from {
            // As a proxy on this machine says for whom it asks.
            Some(address) => request.header("x-forwarded-for", address),
            None => request,
        }
        .send()
        .await
        .unwrap()
    };
    let remote = Some("203.0.113.7");
    let mut refused = None;
    for number in 1..=100 {
        let answer = ask(number, remote).await;
        if answer.status() != 200 {
            refused = Some((number, answer));
            break;
        }
    }
    let (number, answer) = refused.expect("not everything is imported for anybody");
    assert!(number > 30, "refused at {number}");
    assert_eq!(answer.status(), 429);
    assert!(answer.headers().contains_key("retry-after"));
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["error"]["code"], "rate_limited");
    let unknown = Address::parse(&format!("0x{number:040x}")).unwrap();
    let held = wallets::get(server.app.database().service(), &unknown).await.unwrap();
    assert_eq!(held, None, "nothing was asked for");

    let first = ask(1, remote).await;
    assert_eq!(first.status(), 200, "asked for before");
    let first: Value = first.json().await.unwrap();
    assert_eq!(first["data"]["import"]["state"], "waiting");
    assert_eq!(ask(number, Some("198.51.100.9")).await.status(), 200, "somebody else");
    assert_eq!(ask(number + 1, None).await.status(), 200, "this machine");
}
