//! What the Data hosts refuse, and how.

use reqwest::Method;
use serde_json::Value;

use crate::support::{Running, recorded};
use crate::{conditions, data, rows, start, text, traders};
use lab::Lab;

async fn refused(lab: &Running, path: &str) -> (u16, Value) {
    let response = lab.get(path).await;
    let status = response.status().as_u16();
    let trace_id = response.headers().get("x-trace-id").map(|id| id.to_str().unwrap().to_owned());
    let body: Value = response.json().await.expect("an error body");
    if path.starts_with("/data/v2") {
        assert_eq!(trace_id.as_deref(), body["trace_id"].as_str(), "{path}");
        assert_eq!(body["retryable"], false);
    }
    (status, body)
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    let lab = start(111).await;
    let wallet = &traders(&lab, 1).await[0];
    let condition = &conditions(&lab, false, 1).await[0];
    let many = (1..=21).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
    let contract = "0xe111180000d2663c0091e4f400237545b87b996b";
    let over_long = "x".repeat(201);
    for (path, parameter) in [
        ("/trades?limit=1001".to_owned(), Some("limit")),
        ("/trades?limit=-1".to_owned(), None),
        ("/trades?offset=0".to_owned(), Some("offset")),
        ("/trades?cursor=garbage".to_owned(), Some("cursor")),
        ("/trades?taker_only=perhaps".to_owned(), Some("taker_only")),
        ("/trades?side=HOLD".to_owned(), Some("side")),
        ("/trades?filter_type=BOTH".to_owned(), Some("filter_type")),
        ("/trades?condition=0x12".to_owned(), Some("condition")),
        (format!("/trades?event_id={many}"), Some("event_id")),
        (format!("/trades?condition={condition}&event_id=1"), None),
        (format!("/trades?user={contract}"), Some("user")),
        ("/activity".to_owned(), Some("user")),
        (format!("/activity?user={wallet}&type=NAP"), Some("type")),
        (format!("/activity?user={wallet}&sort_by=CASH"), Some("sort_by")),
        (format!("/activity?user={wallet}&sort_direction=UP"), Some("sort_direction")),
        (format!("/activity?user={}", contract.to_uppercase().replace("0X", "0x")), Some("user")),
        ("/positions".to_owned(), None),
        (format!("/positions?user={wallet}&condition={condition}&event_id=1"), None),
        (
            format!("/positions?condition={condition},{}", condition.replace('1', "2")),
            Some("condition"),
        ),
        (format!("/positions?user={wallet}&status=HELD"), Some("status")),
        (format!("/positions?condition={condition}&status=REDEEMABLE_LOST"), Some("status")),
        (format!("/positions?user={wallet}&sort_by=NAME"), Some("sort_by")),
        (format!("/positions?user={wallet}&title={over_long}"), Some("title")),
        (
            format!("/positions?user={wallet}&status=CLOSED&include_archived=true"),
            Some("include_archived"),
        ),
        ("/holders".to_owned(), Some("condition")),
        (format!("/holders?condition={condition}&include_pnl=true&limit=101"), Some("limit")),
        (
            format!(
                "/holders?include_pnl=true&condition={condition},{}",
                condition.replace('1', "2")
            ),
            Some("condition"),
        ),
        ("/live-volume".to_owned(), Some("event_id")),
        ("/live-volume?event_id=x,y".to_owned(), Some("event_id")),
        ("/tokens".to_owned(), Some("condition")),
        ("/resolutions".to_owned(), None),
        (format!("/resolutions?condition={condition}&event_id=1"), None),
        ("/resolutions?question_id=0x1".to_owned(), Some("question_id")),
        ("/prices-history?interval=1d".to_owned(), Some("token_id")),
        ("/prices-history?token_id=7".to_owned(), None),
        ("/leaderboard?time_period=year".to_owned(), Some("time_period")),
        ("/leaderboard?sort_by=LUCK".to_owned(), Some("sort_by")),
        ("/leaderboard?offset=1".to_owned(), Some("offset")),
        (format!("/leaderboard?user={contract}"), Some("user")),
        ("/biggest-winners?time_period=1d".to_owned(), Some("time_period")),
        ("/builders/volume?limit=91".to_owned(), Some("limit")),
        ("/user-pnl".to_owned(), Some("user")),
        (format!("/user-pnl?user={wallet}&interval=2d"), Some("interval")),
        (format!("/user-pnl?user={wallet}&fidelity=5m"), Some("fidelity")),
        ("/user-pnl?user=nobody".to_owned(), Some("user")),
        ("/user-stats?user=0x1234".to_owned(), Some("user")),
        ("/approvals?user=nobody".to_owned(), Some("user")),
        ("/value".to_owned(), Some("user")),
        (format!("/value?user={contract}"), Some("user")),
        ("/user-volume".to_owned(), Some("user")),
        ("/positions/combos".to_owned(), Some("user")),
    ] {
        let (status, body) = refused(&lab, &format!("/data/v2{path}")).await;
        assert_eq!((status, &body["code"]), (400, &"invalid_request".into()), "{path}");
        assert_eq!(body["parameter"].as_str(), parameter, "{path}: {body}");
        assert!(!text(&body, "error").is_empty());
    }
    lab.stop().await;
}

#[tokio::test]
async fn cursors_are_bound_to_their_walk() {
    let lab = start(112).await;
    let wallets = traders(&lab, 2).await;
    let first = async |path: String| {
        let path = format!("/data/v2{path}");
        text(&lab.json(&path).await["pagination"], "next_cursor")
    };
    let positions =
        first(format!("/positions?limit=2&user={}&sort_by=PRICE&sort_direction=ASC", wallets[0]))
            .await;
    let resumed = |query: &str| format!("/data/v2/positions?cursor={positions}{query}");
    for agreeing in ["", "&sort_by=PRICE", "&sort_direction=asc&status=OPEN&limit=50"] {
        let page = lab.json(&resumed(&format!("&user={}{agreeing}", wallets[0]))).await;
        assert_eq!(page["pagination"]["limit"], 2, "the cursor's size wins");
    }
    for contradicting in [
        String::new(),
        format!("&user={}", wallets[1]),
        format!("&user={}&sort_by=TOKENS", wallets[0]),
        format!("&user={}&sort_direction=DESC", wallets[0]),
        format!("&user={}&status=CLOSED", wallets[0]),
    ] {
        let (status, _) = refused(&lab, &resumed(&contradicting)).await;
        assert_eq!(status, 400, "{contradicting}");
    }
    let board = first("/leaderboard?limit=2&time_period=week".to_owned()).await;
    assert!(!rows(&data(&lab, &format!("/leaderboard?cursor={board}")).await).is_empty());
    for query in ["&time_period=day", "&sort_by=VOLUME", "&category=sports"] {
        let (status, body) =
            refused(&lab, &format!("/data/v2/leaderboard?cursor={board}{query}")).await;
        assert_eq!((status, &body["error"]), (400, &"invalid cursor".into()), "{query}");
    }
    let trades = first("/trades?limit=2".to_owned()).await;
    for other in ["activity?user=x&", "biggest-winners?", "holders?condition=x&"] {
        let (status, _) = refused(&lab, &format!("/data/v2/{other}cursor={trades}")).await;
        assert_eq!(status, 400, "{other}");
    }
    // A feed's cursor knows its direction, whatever is said.
    let path = format!("/activity?limit=2&sort_direction=ASC&user={}", wallets[0]);
    let activity = first(path.clone()).await;
    let page =
        data(&lab, &format!("/activity?user={}&sort_direction=DESC&cursor={activity}", wallets[0]))
            .await;
    let whole = data(&lab, &path.replace("limit=2", "limit=4")).await;
    assert_eq!(rows(&page), &rows(&whole)[2..]);
    lab.stop().await;
}

#[tokio::test]
async fn paths_and_methods_that_are_none() {
    let lab = start(113).await;
    let (status, body) = refused(&lab, "/data/v2/does-not-exist").await;
    assert_eq!((status, &body["code"]), (404, &"not_found".into()));
    let posted =
        lab.client().request(Method::POST, lab.url("/data/v2/trades")).send().await.unwrap();
    assert_eq!(posted.status().as_u16(), 405);
    let body: Value = posted.json().await.unwrap();
    assert_eq!(body["code"], "method_not_allowed");
    for (path, status) in [
        ("/data/does-not-exist", 404),
        ("/data/positions", 400),
        ("/data/positions?user=nobody", 400),
        ("/data/positions?user=0xe111180000d2663c0091e4f400237545b87b996b", 400),
        ("/data/trades?filterType=CASH", 400),
        ("/data/trades?limit=x", 400),
        ("/data/holders", 400),
        ("/data/live-volume?id=0", 400),
        ("/data/v1/leaderboard?category=LUCK", 400),
        ("/data/v1/leaderboard?offset=1001", 400),
        ("/user-pnl/user-pnl", 400),
        ("/user-pnl/user-pnl?user_address=0x12", 400),
    ] {
        let (found, body) = refused(&lab, path).await;
        assert_eq!(found, status, "{path}");
        let members = body.as_object().unwrap();
        assert_eq!(members.keys().collect::<Vec<_>>(), ["error"], "{path}");
    }
    lab.stop().await;
}

#[tokio::test]
async fn a_replay_has_no_trades() {
    let Some(catalogue) = recorded("gamma-2026") else { return };
    let lab = Running::start(Lab::replay(catalogue)).await;
    for path in [
        "/data/v2/trades",
        "/data/v2/leaderboard",
        "/data/trades",
        "/user-pnl/user-pnl?user_address=0x12",
    ] {
        let (status, error) = lab.problem(path).await;
        assert_eq!((status, error.as_str()), (404, "not recorded"), "{path}");
    }
    lab.stop().await;
}

#[tokio::test]
async fn answers_say_how_long_they_keep() {
    let lab = start(114).await;
    let wallet = &traders(&lab, 1).await[0];
    for (path, expected) in [
        ("/trades?limit=1".to_owned(), Some("public, max-age=300")),
        ("/oi".to_owned(), Some("public, max-age=300")),
        (format!("/activity?user={wallet}"), Some("public, max-age=15")),
        (format!("/positions?user={wallet}"), Some("public, max-age=5")),
        (format!("/approvals?user={wallet}"), Some("public, max-age=20")),
        (format!("/user-pnl?user={wallet}"), None),
        ("/leaderboard".to_owned(), None),
        ("/status".to_owned(), None),
    ] {
        let response = lab.get(&format!("/data/v2{path}")).await;
        let keeps = response.headers().get("cache-control").map(|value| value.to_str().unwrap());
        assert_eq!(keeps, expected, "{path}");
        let trace_id = response.headers()["x-trace-id"].to_str().unwrap();
        assert!(trace_id.len() == 32 && trace_id.bytes().all(|b| b.is_ascii_hexdigit()));
    }
    lab.stop().await;
}
