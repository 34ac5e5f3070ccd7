//! What hangs on events and markets, and queries with a body.

use serde_json::{Value, json};

use crate::support::{Running, ids};
use crate::{rows, running, text};

#[tokio::test]
async fn pagination_says_how_many_there_are() {
    let running = running().await;
    let total = running.enumerate("events", "&closed=false").await.len();
    let path = "/gamma/events/pagination?closed=false&limit=10";
    let first = running.json(path).await;
    assert_eq!(first["pagination"], json!({ "hasMore": true, "totalResults": total }));
    let rest = running.json(&format!("{path}&offset={}", total - 4)).await;
    assert_eq!(rest["pagination"], json!({ "hasMore": false, "totalResults": total }));
    assert_eq!(rows(&rest["data"]).len(), 4);
    let listed = running.json("/gamma/events?closed=false&limit=10").await;
    assert_eq!(first["data"], listed);
    running.stop().await;
}

#[tokio::test]
async fn results_are_games_that_are_over() {
    let running = running().await;
    let results = running.json("/gamma/events/results?limit=100").await;
    let games = running.enumerate("events", "&tag_slug=games").await;
    let over = games.iter().filter(|game| game["ended"] == true).count();
    assert_eq!(rows(&results).len(), over);
    assert!(over > 0 && rows(&results).iter().all(|game| game["ended"] == true));
    let starts: Vec<_> = rows(&results).iter().map(|game| text(game, "startTime")).collect();
    assert!(starts.is_sorted_by(|a, b| a >= b));
    running.stop().await;
}

#[tokio::test]
async fn single_facts_have_their_own_paths() {
    let running = running().await;
    let event = &running.json("/gamma/events?limit=1").await[0];
    let market = &event["markets"][0];
    let (event_id, market_id) = (text(event, "id"), text(market, "id"));
    let tweets = running.json(&format!("/gamma/events/{event_id}/tweet-count")).await;
    assert_eq!(tweets, json!({ "tweetCount": 0 }));
    let description = running.json(&format!("/gamma/markets/{market_id}/description")).await;
    assert_eq!(description, json!({ "description": market["description"] }));
    assert_eq!(running.json("/gamma/events/creators").await, json!([]));
    for path in [
        "/gamma/events/creators/1",
        "/gamma/events/1/tweet-count",
        "/gamma/events/1/comments/count",
        "/gamma/series/1/comments/count",
        "/gamma/markets/1/description",
    ] {
        assert_eq!(running.problem(path).await.0, 404, "{path}");
    }
    running.stop().await;
}

async fn post(running: &Running, path: &str, body: &str) -> (u16, Value) {
    let request = running.client().post(running.url(path)).body(body.to_owned());
    let response = request.header("content-type", "application/json").send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn bodies_ask_for_markets() {
    let running = running().await;
    let open = running.enumerate("markets", "").await;
    let closed = running.enumerate("markets", "&closed=true").await;
    let (one, two) = (&open[2], &closed[3]);
    let number = |row: &Value| text(row, "id").parse::<u64>().unwrap();
    let tokens: Vec<String> = serde_json::from_str(text(one, "clobTokenIds")).unwrap();
    let information = "/gamma/markets/information";
    let mut both = [one, two];
    both.sort_by_key(|row| number(row));
    let queries = [
        (json!({ "id": [number(one), number(two)] }), json!(both)),
        (json!({ "id": [number(one), number(two)], "closed": true }), json!([two])),
        (json!({ "clobTokenIds": [tokens[1]], "closed": null }), json!([one])),
        (json!({ "conditionIds": [one["conditionId"]] }), json!([one])),
        (json!({ "slug": [two["slug"]], "bogus": 7 }), json!([two])),
        (json!({ "questionIds": ["0x0"] }), json!([])),
    ];
    for (body, expected) in queries {
        assert_eq!(post(&running, information, &body.to_string()).await, (200, expected), "{body}");
    }
    let (_, tagged) =
        post(&running, information, &json!({ "tagId": 2, "includeTags": true }).to_string()).await;
    assert_eq!(rows(&tagged).len(), 20, "a page where none is named");
    assert!(rows(&tagged).iter().all(|row| rows(&row["tags"]).iter().any(|tag| tag["id"] == "2")));

    let ids_only = json!({ "id": [number(one)] }).to_string();
    let (_, small) = post(&running, "/gamma/markets/abridged", &ids_only).await;
    assert_eq!(ids(rows(&small)), [text(one, "id")]);
    for (key, value) in small[0].as_object().unwrap() {
        assert_eq!(value, &one[key]);
    }
    assert!(small[0].as_object().unwrap().len() < one.as_object().unwrap().len() / 2);

    assert_eq!(post(&running, information, "[1]").await.0, 400);
    assert_eq!(post(&running, information, r#"{"id":["x"]}"#).await.0, 422);
    running.stop().await;
}
