//! What people call a wallet.

use domain::{Address, Contract};
use serde_json::Value;
use store::wallets;

use super::Bench;
use crate::support::TestServer;

const PARTS: [&str; 8] =
    ["profile", "positions", "closed-positions", "activity", "trades", "value", "pnl", "exposure"];

#[tokio::test(flavor = "multi_thread")]
async fn what_names_no_wallet_is_refused_with_the_remedy() {
    let server = TestServer::start().await;
    for part in PARTS.iter().chain(&["metrics", "activity.csv", "trades.csv"]) {
        let short =
            format!("/api/polymarket/wallet/0x379a410a36c101e3b8dfb6c90d1176eb0def4b1/{part}");
        let response = server.get(&short).await;
        assert_eq!(response.status(), 400, "{part}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"]["code"], "invalid_query");
        let field = &body["error"]["details"]["fields"][0];
        assert_eq!(field["field"], "address");
        let message = field["message"].as_str().unwrap();
        assert!(message.contains("40 hexadecimal digits"), "{message}");
        assert!(message.contains("this has 39 digits"), "{message}");

        let contract = Contract::NegRiskAdapter.address().to_uppercase().replace("0X", "0x");
        let response = server.get(&format!("/api/polymarket/wallet/{contract}/{part}")).await;
        assert_eq!(response.status(), 400, "{part}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"]["code"], "protocol_contract");
        assert_eq!(body["error"]["details"]["contract"], "Neg Risk Adapter");
        assert!(body["error"]["message"].as_str().unwrap().contains("Neg Risk Adapter"));
    }
    let page = "https%3A%2F%2Fpolymarket.com%2Fevent%2Felection";
    assert_eq!(server.get(&format!("/api/polymarket/wallet/{page}/pnl")).await.status(), 400);
    let bad = format!("/api/polymarket/wallet/0x{:040x}/pnl?range=5d", 7);
    let refused = server.json(&bad).await;
    assert_eq!(refused["error"]["details"]["fields"][0]["field"], "range");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_is_found_by_whatever_people_call_it() {
    let bench = Bench::start().await;
    let _importers = bench.importers();
    let wallets = bench.busiest(6).await;
    bench.import(&wallets).await;
    let mut named = None;
    for wallet in &wallets {
        let address = wallet.as_str();
        let reply = bench.wallet(address, "profile").await;
        assert_eq!(reply["metadata"]["resolved_by"], Value::Null);
        let upper = address.to_uppercase();
        let page = format!("https%3A%2F%2Fpolymarket.com%2Fprofile%2F{address}%3Ftab%3Dactivity");
        for written in [upper.replacen("0X", "0x", 1), upper, page] {
            let same = bench.wallet(&written, "profile").await;
            assert_eq!(same["data"], reply["data"], "{written}");
        }
        if let Some(name) = reply["data"]["name"].as_str() {
            named = Some((name.to_owned(), address.to_owned()));
        }
    }
    let (name, address) = named.expect("one of them has chosen a name");
    for written in [name.clone(), format!("@{}", name.to_uppercase())] {
        let reply = bench.wallet(&written, "profile").await;
        assert_eq!(reply["metadata"]["address"], *address, "{reply}");
        assert_eq!(reply["metadata"]["resolved_by"], "name");
        assert_eq!(reply["metadata"]["resolved_from"], *written);
    }
    let page = bench.wallet(&format!("https%3A%2F%2Fpolymarket.com%2F%40{name}"), "value").await;
    assert_eq!(page["metadata"]["address"], *address);
    let nobody = bench.server.get("/api/polymarket/wallet/nobody-goes-by-this/profile").await;
    assert_eq!(nobody.status(), 404);
    let body: Value = nobody.json().await.unwrap();
    assert_eq!(body["error"]["code"], "wallet_not_found");

    let search = async |text: String| {
        let path = format!("/api/polymarket/wallets/search?limit=20&q={text}");
        let reply = bench.server.json(&path).await;
        assert_eq!(reply["success"], true, "{path}: {reply}");
        reply["data"].clone()
    };
    let most = name.chars().count() - 1;
    let beginning: String = name.chars().take(most).collect::<String>().to_uppercase();
    let found = search(beginning).await;
    let hit = found["wallets"].as_array().unwrap().iter().find(|one| one["address"] == *address);
    let hit = hit.unwrap_or_else(|| panic!("{name} of {address} is not in {found}"));
    assert_eq!(hit["imported"], true);
    let found = search(address.to_uppercase().replacen("0X", "0x", 1)).await;
    assert_eq!(found["wallets"][0]["address"], *address);
    let found = search(Contract::ExchangeV2.address().to_owned()).await;
    assert_eq!((&found["contract"], rows_of(&found)), (&"CTF Exchange V2".into(), 0));
    assert_eq!(rows_of(&search(String::new()).await), 0);
}

fn rows_of(found: &Value) -> usize {
    found["wallets"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_answered_for_with_the_wallet_it_signs_for() {
    let bench = Bench::start().await;
    let people = bench.told("/lab/truth/wallets").await;
    let mut found = None;
    for person in people.as_array().unwrap() {
        let wallet = person["address"].as_str().unwrap();
        let said = bench.told(&format!("/gamma/comments/user_address/{wallet}")).await;
        let mut keys = said.as_array().into_iter().flatten();
        if let Some(key) = keys.find_map(|row| row["userAddress"].as_str()) {
            found = Some((wallet.to_owned(), key.to_owned()));
            break;
        }
    }
    let (wallet, key) = found.expect("somebody has said something");
    assert_ne!(wallet, key);
    let reply = bench.wallet(&key, "profile").await;
    assert_eq!(reply["data"]["address"], *wallet, "{reply}");
    assert_eq!(reply["metadata"]["resolved_from"], *key);
    assert_eq!(reply["metadata"]["resolved_by"], "key");
    // Nothing is imported by the key, which has no history.
    let key = Address::parse(&key).unwrap();
    assert_eq!(wallets::get(bench.database.service(), &key).await.unwrap(), None);
}
