//! Whose wallets they are, and what the site's charts say of them.

use std::collections::BTreeMap;

use domain::Address;
use polymarket::data::{PnlFidelity, PnlInterval};
use polymarket::gamma::{ProfileSearch, WalletOwner};
use serde_json::Value;

use crate::service::Service;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wallet_is_found_by_its_name_and_by_its_owners_key() {
    let service = Service::start(531, 0.1).await;
    let gamma = service.gamma();
    for wallet in service.traders(8).await {
        let WalletOwner::Wallet(profile) = gamma.owner_of(&wallet).await.unwrap() else {
            panic!("{wallet} is a wallet")
        };
        assert!(profile.pseudonym.is_some() && profile.created_at.is_some());
        let name = profile.chosen_name().map(str::to_owned).or(profile.pseudonym).unwrap();
        let search = ProfileSearch { limit: 50, ..ProfileSearch::new(name) };
        let hits = gamma.search_profiles(&search).await.unwrap();
        assert!(hits.rows.rejected.is_empty() && hits.rows.unknown_keys.is_empty(), "{hits:?}");
        assert!(hits.rows.rows.iter().any(|hit| hit.wallet.as_ref() == Some(&wallet)));
    }
    for (key, wallet) in keys(&service).await {
        let owner = gamma.owner_of(&key).await.unwrap();
        let WalletOwner::KeyOf { wallet: found, profile } = owner else { panic!("{owner:?}") };
        assert_eq!((&found, profile.wallet.as_ref()), (&wallet, Some(&wallet)));
        // What belongs to the wallet is not told about its key.
        let value = service.data().value(&key, &[]).await.unwrap().value.unwrap();
        assert_eq!(value.value.decimal(), rust_decimal::dec!(0));
    }
    let nobody = Address::parse("0x0000000000000000000000000000000000000001").unwrap();
    assert_eq!(gamma.owner_of(&nobody).await.unwrap(), WalletOwner::Unknown);
}

/// Keys of people who have commented, and their wallets.
async fn keys(service: &Service) -> Vec<(Address, Address)> {
    let events = get(service, "/gamma/events?order=commentCount&ascending=false&limit=1").await;
    let event = events[0]["id"].as_str().unwrap();
    let path = format!("/gamma/comments?parent_entity_type=Event&parent_entity_id={event}&limit=5");
    let comments = get(service, &path).await;
    let address = |text: &Value| Address::parse(text.as_str().unwrap()).unwrap();
    let profiles = comments.as_array().unwrap().iter().map(|comment| &comment["profile"]);
    let keys: Vec<_> = profiles
        .map(|profile| (address(&profile["baseAddress"]), address(&profile["proxyWallet"])))
        .collect();
    assert!(!keys.is_empty() && keys.iter().all(|(key, wallet)| key != wallet));
    keys
}

async fn get(service: &Service, path: &str) -> Value {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let body = http.get(service.url(path)).send().await.unwrap().bytes().await.unwrap();
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_charts_are_a_second_opinion_about_the_same_moments() {
    let service = Service::start(532, 0.02).await;
    for wallet in service.traders(6).await {
        let (interval, fidelity) = (PnlInterval::Month, PnlFidelity::Day);
        let chart = service.charts().profits(&wallet, interval, fidelity).await.unwrap().value;
        assert!(chart.rejected.is_empty() && chart.unknown_keys.is_empty(), "{chart:?}");
        let series = service.data().user_pnl(&wallet, interval, fidelity).await.unwrap();
        let points = series.value.unwrap().points.rows;
        let shown: BTreeMap<_, _> = chart.rows.iter().map(|p| (p.at, p.profit)).collect();
        assert!(!points.is_empty());
        for point in points {
            // In the lab they agree about what positions came to, net of fees.
            assert_eq!(shown.get(&point.at), point.position.as_ref());
        }
    }
}
