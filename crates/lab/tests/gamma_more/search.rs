//! `/public-search`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Running, ids};
use crate::{figure, quoted, rows, running, text};

async fn search(running: &Running, query: &str) -> Value {
    running.json(&format!("/gamma/public-search?{query}")).await
}

#[tokio::test]
async fn events_are_found_by_the_words_of_their_titles_and_markets() {
    let running = running().await;
    let events = running.enumerate("events", "").await;
    for event in events.iter().step_by(17) {
        let found = search(&running, &format!("q={}", quoted(text(event, "title")))).await;
        assert_eq!(found["events"][0]["title"], event["title"]);
    }
    let event = events.iter().find(|event| event["negRisk"] == true).unwrap();
    let market = &event["markets"][0];
    let found = search(&running, &format!("q={}", quoted(text(market, "groupItemTitle")))).await;
    assert!(ids(rows(&found["events"])).contains(&text(event, "id")), "{}", market["question"]);
    let full = rows(&found["events"]).iter().find(|hit| hit["id"] == event["id"]).unwrap();
    assert_eq!(full, event, "a hit is the event as it is listed");
    running.stop().await;
}

#[tokio::test]
async fn pages_show_every_hit_once() {
    let running = running().await;
    let whole = search(&running, "q=will&limit_per_type=100").await;
    let total = usize::try_from(whole["pagination"]["totalResults"].as_u64().unwrap()).unwrap();
    assert!(total > 20, "{total} hits");
    let mut seen = Vec::new();
    for page in 1.. {
        let shown = search(&running, &format!("q=will&limit_per_type=7&page={page}")).await;
        seen.extend(ids(rows(&shown["events"])).into_iter().map(str::to_owned));
        if shown["pagination"]["hasMore"] == false {
            break;
        }
    }
    let distinct: BTreeSet<_> = seen.iter().collect();
    assert_eq!((seen.len(), distinct.len()), (total, total));
    running.stop().await;
}

#[tokio::test]
async fn parts_are_missing_null_or_there() {
    let running = running().await;
    let plain = search(&running, "q=will").await;
    let keys: Vec<_> = plain.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["events", "pagination"]);

    let nothing = search(&running, "q=zzzzzz&search_tags=true&search_profiles=true").await;
    let pagination = json!({ "hasMore": false, "totalResults": 0 });
    let expected =
        json!({ "events": null, "tags": null, "profiles": null, "pagination": pagination });
    assert_eq!(nothing, expected);

    let tags = search(&running, "q=politics&search_tags=true").await;
    let events = running.enumerate("events", "&tag_slug=politics").await.len();
    let expected =
        json!({ "id": "2", "label": "Politics", "slug": "politics", "event_count": events });
    assert_eq!(tags["tags"][0], expected);

    let people = search(&running, "q=ledger&search_profiles=true").await;
    for profile in rows(&people["profiles"]) {
        let address = text(profile, "proxyWallet");
        let public = running.json(&format!("/gamma/public-profile?address={address}")).await;
        for key in ["name", "pseudonym", "displayUsernamePublic"] {
            assert_eq!(profile[key], public[key], "{key} of {address}");
        }
    }
    running.stop().await;
}

#[tokio::test]
async fn the_optimized_answer_is_small_and_has_real_lists() {
    let running = running().await;
    let whole = search(&running, "q=will&limit_per_type=5").await;
    let small = search(&running, "q=will&limit_per_type=5&optimized=true").await;
    assert_eq!(small["hasMore"], whole["pagination"]["hasMore"]);
    assert!(small.get("pagination").is_none());
    assert_eq!((&small["tags"], &small["profiles"]), (&Value::Null, &Value::Null));
    assert_eq!(ids(rows(&small["events"])), ids(rows(&whole["events"])));
    for (small, whole) in rows(&small["events"]).iter().zip(rows(&whole["events"])) {
        assert_eq!(small["title"], whole["title"]);
        assert!(small["ended"].is_boolean() && small.get("volume").is_none());
        for (small, whole) in rows(&small["markets"]).iter().zip(rows(&whole["markets"])) {
            for list in ["outcomes", "outcomePrices"] {
                let inner: Value = serde_json::from_str(text(whole, list)).unwrap();
                assert_eq!(small[list], inner);
            }
            assert_eq!(small.get("bestBid"), whole.get("bestBid"));
        }
    }
    running.stop().await;
}

#[tokio::test]
async fn hits_are_filtered_and_sorted() {
    let running = running().await;
    let all = search(&running, "q=will&limit_per_type=100").await;
    let count = |wanted: &dyn Fn(&Value) -> bool| {
        rows(&all["events"]).iter().filter(|event| wanted(event)).count()
    };
    let found = |query: &'static str| {
        let running = &running;
        async move {
            let found = search(running, &format!("q=will&limit_per_type=100&{query}")).await;
            found["events"].as_array().cloned().unwrap_or_default()
        }
    };
    let closed = found("events_status=closed").await;
    assert_eq!(closed.len(), count(&|event| event["closed"] == true));
    assert!(!closed.is_empty());
    let tagged = |event: &Value, id: &str| rows(&event["tags"]).iter().any(|tag| tag["id"] == id);
    assert_eq!(found("events_tag=crypto").await.len(), count(&|event| tagged(event, "21")));
    assert_eq!(found("exclude_tag_id=21").await.len(), count(&|event| !tagged(event, "21")));
    let weekly = |event: &Value| {
        event["series"].as_array().is_some_and(|series| series[0]["recurrence"] == "weekly")
    };
    assert_eq!(found("recurrence=weekly").await.len(), count(&weekly));

    let by_volume = found("sort=volume").await;
    let volumes: Vec<_> = by_volume.iter().filter_map(|event| figure(event, "volume")).collect();
    assert!(volumes.is_sorted_by(|a, b| a >= b) && volumes.len() == by_volume.len());
    let by_end = found("sort=end_date&ascending=true").await;
    assert!(by_end.iter().map(|event| text(event, "endDate")).is_sorted());
    running.stop().await;
}

#[tokio::test]
async fn open_events_show_closed_markets_only_for_a_while() {
    let running = running().await;
    let closed_in = |events: &Value| {
        let markets = rows(events).iter().flat_map(|event| rows(&event["markets"]));
        markets.filter(|market| market["closed"] == true).count()
    };
    let mut counts = Vec::new();
    for hours in [0, 24 * 7, 24 * 365 * 10] {
        let query = "q=will&limit_per_type=100&events_status=active&keep_closed_markets";
        let found = search(&running, &format!("{query}={hours}")).await;
        assert!(rows(&found["events"]).iter().all(|event| event["closed"] == false));
        counts.push(closed_in(&found["events"]));
    }
    assert!(counts[0] == 0 && counts[0] <= counts[1] && counts[1] <= counts[2], "{counts:?}");
    assert!(counts[2] > 0, "no open event has a closed market");
    running.stop().await;
}

#[tokio::test]
async fn wrong_searches_are_refused() {
    let running = running().await;
    for query in
        ["", "q=", "q=a&page=0", "q=a&page=101", "q=a&sort=title", "q=a&events_status=soon"]
    {
        let (status, error) = running.problem(&format!("/gamma/public-search?{query}")).await;
        assert_eq!(status, 422, "{query}: {error}");
    }
    running.stop().await;
}
