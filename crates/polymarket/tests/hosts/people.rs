//! People: profiles, names, and what the site's charts show.

use domain::{Address, Contract};
use polymarket::data::{PnlFidelity, PnlInterval};
use polymarket::gamma::{GammaClient, ProfileSearch, WalletOwner};
use polymarket::user_pnl::UserPnlClient;
use polymarket::{Endpoints, Limits, Upstream, UpstreamErrorKind as Kind, UpstreamOptions};
use rust_decimal::dec;
use serde_json::{Value, json as value};

use crate::fake::{Fake, json, reply};
use crate::wallets::{WALLET, wallet};

const KEY: &str = "0x00000000000000000000000000000000000000aa";

fn profile() -> Value {
    value!({
        "createdAt": "2024-10-21T16:29:58.123Z", "proxyWallet": WALLET, "profileImage": "https://x/y.png",
        "displayUsernamePublic": true, "bio": "", "pseudonym": "Scary-Barrel", "name": "jaboobelite",
        "users": [{"id": "7", "creator": false, "mod": false}], "xUsername": "jb", "verifiedBadge": true,
        "takerTier": 2, "takerTierName": "Tier 2", "weightedVolume": 1234.5,
    })
}

#[tokio::test]
async fn a_profile_is_read_whole() {
    let fake = Fake::says(profile().to_string()).await;
    let client = GammaClient::new(fake.upstream());
    let found = client.public_profile(&wallet()).await.unwrap().unwrap();
    assert_eq!((found.wallet, found.name.as_deref()), (Some(wallet()), Some("jaboobelite")));
    assert_eq!((found.pseudonym.as_deref(), found.bio), (Some("Scary-Barrel"), None));
    assert_eq!((found.shows_name, found.verified), (Some(true), Some(true)));
    assert_eq!(found.created_at.unwrap().timestamp_millis(), 1_729_528_198_123);
    assert_eq!((found.taker_tier, found.weighted_volume), (Some(2), Some(dec!(1234.5))));
    assert_eq!(fake.lines(), [format!("GET /public-profile?address={WALLET}")]);
}

#[tokio::test]
async fn a_name_that_upstream_made_up_was_not_chosen() {
    let made_up = "0x87746b484dB725BeB8E79D7ce188261b7c75baf4-1774396632243";
    for (name, chosen) in [
        (made_up, None),
        ("jaboobelite", Some("jaboobelite")),
        ("0x1-2", Some("0x1-2")),
        ("", None),
    ] {
        let mut row = profile();
        row["name"] = value!(name);
        let client = GammaClient::new(Fake::says(row.to_string()).await.upstream());
        let found = client.public_profile(&wallet()).await.unwrap().unwrap();
        assert_eq!(found.chosen_name(), chosen);
    }
}

#[tokio::test]
async fn a_key_is_resolved_by_its_profile_and_never_guessed() {
    let not_found = r#"{"type":"not found error","error":"profile not found"}"#;
    let fake = Fake::serve(move |_, asked| {
        let mut row = profile();
        match asked.target.rsplit('=').next().unwrap() {
            WALLET | KEY => json(row.to_string()),
            asked if asked.ends_with("bb") => {
                row["proxyWallet"] = value!("");
                json(row.to_string())
            }
            _ => reply(404, not_found),
        }
    })
    .await;
    let client = GammaClient::new(fake.upstream());
    let owner = async |text: &str| client.owner_of(&Address::parse(text).unwrap()).await.unwrap();
    assert!(matches!(owner(WALLET).await, WalletOwner::Wallet(_)));
    let WalletOwner::KeyOf { wallet: of, .. } = owner(KEY).await else { panic!("a key") };
    assert_eq!(of, wallet());
    let undisclosed = owner("0x00000000000000000000000000000000000000bb").await;
    assert!(matches!(undisclosed, WalletOwner::Undisclosed(_)));
    assert_eq!(owner("0x00000000000000000000000000000000000000cc").await, WalletOwner::Unknown);
    let asked = fake.asked().len();
    let contract = owner(Contract::ExchangeV1.address()).await;
    assert_eq!(
        (contract, fake.asked().len()),
        (WalletOwner::Contract(Contract::ExchangeV1), asked)
    );
    let broken = Fake::serve(|_, _| reply(400, r#"{"error":"address is invalid"}"#)).await;
    assert!(GammaClient::new(broken.upstream()).owner_of(&wallet()).await.is_err());
    let nobody = Fake::says("{}").await;
    let error = GammaClient::new(nobody.upstream()).public_profile(&wallet()).await.unwrap_err();
    assert!(matches!(error.kind, Kind::Malformed(_)), "{error}");
}

#[tokio::test]
async fn people_are_found_by_name() {
    let body = value!({
        "events": [{"id": "1", "title": "x"}], "tags": null, "hasMore": true,
        "profiles": [profile(), {"name": "nobody"}, 5, {"proxyWallet": KEY, "pseudonym": "Old-Hat"}],
    });
    let fake = Fake::says(body.to_string()).await;
    let client = GammaClient::new(fake.upstream());
    let search = ProfileSearch { limit: 4, ..ProfileSearch::new(" jaboo&b ") };
    let hits = client.search_profiles(&search).await.unwrap();
    let wallets: Vec<_> =
        hits.rows.rows.iter().map(|hit| hit.wallet.as_ref().unwrap().as_str()).collect();
    assert_eq!((wallets, hits.has_more), (vec![WALLET, KEY], true));
    let paths: Vec<_> = hits.rows.rejected.iter().map(|row| row.path.as_str()).collect();
    assert_eq!(paths, ["profiles[1].proxyWallet", "profiles[2]"]);
    let expected = "GET /public-search?q=jaboo%26b&search_profiles=true&search_tags=false\
        &limit_per_type=4&page=1&optimized=true";
    assert_eq!(fake.lines(), [expected]);
    for bad in [
        ProfileSearch::new("  "),
        ProfileSearch { page: 0, ..ProfileSearch::new("a") },
        ProfileSearch { page: 101, ..ProfileSearch::new("a") },
        ProfileSearch { limit: 0, ..ProfileSearch::new("a") },
    ] {
        let error = client.search_profiles(&bad).await.unwrap_err();
        assert!(matches!(error.kind, Kind::InvalidRequest(_)), "{bad:?}");
    }
}

#[tokio::test]
async fn a_search_without_people_finds_none() {
    for (body, has_more) in [
        (value!({"profiles": null, "events": null, "pagination": {"hasMore": true}}), false),
        (value!({"events": []}), false),
        (value!({"profiles": [profile()], "pagination": {"hasMore": false}}), false),
        (value!({"profiles": [profile()], "pagination": {"hasMore": true}}), true),
    ] {
        let fake = Fake::says(body.to_string()).await;
        let search = ProfileSearch { limit: 1, ..ProfileSearch::new("a") };
        let hits = GammaClient::new(fake.upstream()).search_profiles(&search).await.unwrap();
        assert_eq!(hits.has_more, has_more, "{body}");
    }
    let fake = Fake::says(r#"{"profiles":"none"}"#).await;
    let search = ProfileSearch::new("a");
    assert!(GammaClient::new(fake.upstream()).search_profiles(&search).await.is_err());
}

#[tokio::test]
async fn what_the_sites_chart_shows() {
    let body = r#"[{"t":1790003600,"p":-1962.19},{"t":1790000000,"p":"5e-6"},{"t":0,"p":1},{"t":1790000001},7]"#;
    let fake = Fake::says(body).await;
    let client = UserPnlClient::new(fake.upstream());
    let points = client.profits(&wallet(), PnlInterval::Max, PnlFidelity::Day).await.unwrap().value;
    let read: Vec<_> =
        points.rows.iter().map(|point| (point.at.timestamp(), point.profit.decimal())).collect();
    assert_eq!(read, [(1_790_000_000, dec!(0.000005)), (1_790_003_600, dec!(-1962.19))]);
    let paths: Vec<_> = points.rejected.iter().map(|row| row.path.as_str()).collect();
    assert_eq!(paths, ["[2].t", "[3].p", "[4]"]);
    let expected = format!("GET /user-pnl?user_address={WALLET}&interval=max&fidelity=1d");
    assert_eq!(fake.lines(), [expected]);
    let contract = Address::parse(Contract::ConditionalTokens.address()).unwrap();
    let error = client.profits(&contract, PnlInterval::Max, PnlFidelity::Day).await.unwrap_err();
    assert!(error.to_string().contains("Conditional Tokens"), "{error}");
}

#[tokio::test]
async fn without_an_address_the_charts_host_is_not_asked() {
    let none = "http://127.0.0.1:1";
    let endpoints = Endpoints::new(none, none, none, "ws://127.0.0.1:1", "ws://127.0.0.1:1");
    let limits = std::sync::Arc::new(Limits::unlimited());
    let upstream = Upstream::new(endpoints.unwrap(), UpstreamOptions::default(), limits).unwrap();
    let client = UserPnlClient::new(std::sync::Arc::new(upstream));
    let error = client.profits(&wallet(), PnlInterval::Day, PnlFidelity::Hour).await.unwrap_err();
    assert!(matches!(error.kind, Kind::InvalidRequest(_)), "{error}");
    assert!(error.to_string().starts_with("user-pnl /user-pnl"), "{error}");
}
