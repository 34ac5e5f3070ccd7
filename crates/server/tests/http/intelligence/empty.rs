//! While nothing is there, everything says what it waits for; what cannot be meant is refused by name.

use super::Bench;

const LISTS: [&str; 9] = [
    "/api/whale/trades",
    "/api/whale/positions",
    "/api/whale/flips",
    "/api/whale/concentration",
    "/api/whale/scoreboard",
    "/api/insiders/markets",
    "/api/insiders/wallets",
    "/api/insiders/wallets?layer=history",
    "/api/signals",
];

#[tokio::test]
async fn an_empty_database_says_what_must_come_first() {
    let bench = Bench::empty().await;
    for path in LISTS {
        let data = bench.data(path).await;
        assert_eq!(data["rows"].as_array().map(Vec::len), Some(0), "{path}");
        assert!(data["next_cursor"].is_null(), "{path}");
        let waiting = data["waiting_for"].as_str().unwrap_or_default();
        assert!(waiting.ends_with('.') && waiting.len() > 40, "{path}: {waiting}");
    }
    let flows = bench.data("/api/whale/flows").await;
    assert_eq!((flows["hours"].as_array().unwrap().len(), &flows["basis"]), (0, &"feed".into()));
    assert!(flows["waiting_for"].is_string() && flows["complete_since"].is_null());
    let audit = bench.data("/api/scores/smart_money/audit").await;
    assert!(audit["waiting_for"].is_string() && audit["is_within"].is_null());
    let market = bench.data("/api/polymarket/markets/105/intelligence").await;
    assert!(market["consensus"].is_null() && market["why_none"].is_string());
    assert!(market["wash"].is_null() && market["informed"]["leakage"]["ils"].is_null());
    let scores = bench.data(&format!("/api/polymarket/wallet/{}/scores", super::address(1))).await;
    assert_eq!(scores["current"].as_array().map(Vec::len), Some(0));
    assert!(scores["class"].is_null() && scores["owner"].is_null());
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_with_what_would_be() {
    let bench = Bench::empty().await;
    for (path, field) in [
        ("/api/whale/trades?timeframe=2d", "timeframe"),
        ("/api/whale/trades?wallet=0x12", "wallet"),
        ("/api/whale/trades?wallets=me", "wallets"),
        ("/api/whale/trades?class=shark", "class"),
        ("/api/whale/trades?action=hold", "action"),
        ("/api/whale/trades?side=up", "side"),
        ("/api/whale/trades?min_usdc=-1", "min_usdc"),
        ("/api/whale/trades?min_usdc=10&max_usdc=5", "max_usdc"),
        ("/api/whale/trades?category=dogs", "category"),
        ("/api/whale/trades?min_score=101", "min_score"),
        ("/api/whale/trades?endgame=no", "endgame"),
        ("/api/whale/trades?cursor=x", "cursor"),
        ("/api/whale/trades?limit=201", "limit"),
        ("/api/whale/trades?sort=price", "sort"),
        ("/api/whale/trades.csv?limit=5", "limit"),
        ("/api/whale/positions?sort=luck", "sort"),
        ("/api/whale/flows?class=shark", "class"),
        ("/api/whale/flips?action=buy", "action"),
        ("/api/whale/concentration?sort=size", "sort"),
        ("/api/whale/scoreboard?score=luck", "score"),
        ("/api/whale/scoreboard?verdict=good", "verdict"),
        ("/api/whale/scoreboard?verdict=too_few&min_score=5", "min_score"),
        ("/api/insiders/markets?gated=yes", "gated"),
        ("/api/insiders/wallets?layer=leakage", "layer"),
        ("/api/signals?kind=hunch", "kind"),
        ("/api/signals?status=won", "status"),
        ("/api/scores?x=1", "x"),
        ("/api/polymarket/stream?kinds=signal,price", "kinds"),
    ] {
        let (named, message) = bench.refused(path).await;
        assert_eq!(named, field, "{path}: {message}");
        assert!(message.len() > 10, "{path}: {message}");
    }
    for (path, code) in [
        ("/api/whale/trades?market=nobody", "market_not_found"),
        ("/api/whale/trades?event=nobody", "event_not_found"),
        ("/api/signals/nobody", "signal_not_found"),
        ("/api/signals/00000000-0000-7000-8000-00000000000f", "signal_not_found"),
        ("/api/scores/luck/audit", "score_not_found"),
        ("/api/polymarket/markets/nobody/intelligence", "market_not_found"),
    ] {
        let response = bench.server.get(path).await;
        assert_eq!(response.status(), 404, "{path}");
        let reply: serde_json::Value = response.json().await.unwrap();
        assert_eq!(reply["error"]["code"], code, "{path}");
    }
}
