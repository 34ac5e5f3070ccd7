//! `/public-profile` and `/profiles`.

use serde_json::json;

use crate::{rows, talkative, text};

#[tokio::test]
async fn people_are_known_by_wallet_and_by_base_address() {
    let running = talkative().await;
    let event = &running.json("/gamma/events?order=commentCount&ascending=false&limit=1").await[0];
    let path =
        format!("/gamma/comments?parent_entity_type=Event&parent_entity_id={}", text(event, "id"));
    let comments = running.json(&path).await;
    for comment in rows(&comments) {
        let shown = &comment["profile"];
        let (wallet, base) = (text(shown, "proxyWallet"), text(shown, "baseAddress"));
        assert_ne!(wallet, base);
        let public = running.json(&format!("/gamma/public-profile?address={wallet}")).await;
        assert_eq!(running.json(&format!("/gamma/public-profile?address={base}")).await, public);
        let shouted = wallet.to_ascii_uppercase().replace("0X", "0x");
        assert_eq!(running.json(&format!("/gamma/public-profile?address={shouted}")).await, public);
        let profile = running.json(&format!("/gamma/profiles/user_address/{base}")).await;
        for key in ["name", "pseudonym", "proxyWallet"] {
            assert_eq!(shown[key], public[key], "{key}");
            assert_eq!(shown[key], profile[key], "{key}");
        }
        assert!(text(&public, "createdAt") <= text(comment, "createdAt"));
        assert_eq!(public["users"][0]["mod"], false);
        assert_eq!((&public["takerTier"], &public["takerTierName"]), (&json!(0), &json!("Tier 0")));
        assert_eq!(profile["createdAt"], public["createdAt"]);
        assert!(!text(&public, "name").is_empty() && !text(&public, "pseudonym").is_empty());
    }
    running.stop().await;
}

#[tokio::test]
async fn nobody_is_not_found_and_nonsense_is_refused() {
    let running = talkative().await;
    let nobody = "0x0000000000000000000000000000000000000001";
    for (path, status) in [
        (format!("/gamma/public-profile?address={nobody}"), 404),
        (format!("/gamma/profiles/user_address/{nobody}"), 404),
        ("/gamma/public-profile?address=0x12".to_owned(), 400),
        ("/gamma/profiles/user_address/me".to_owned(), 400),
        ("/gamma/public-profile".to_owned(), 422),
    ] {
        assert_eq!(running.problem(&path).await.0, status, "{path}");
    }
    running.stop().await;
}
