//! Parameters of the listings that few ask for.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Running, ids};
use crate::{figure, rows, running, text, world};

type Wanted<'w> = &'w dyn Fn(&Value) -> bool;

/// Whether a listing shows exactly the rows that fit, and some but not all of them.
async fn check(running: &Running, list: &str, (base, query): (&str, &str), wanted: Wanted<'_>) {
    let all = running.enumerate(list, base).await;
    let expected: Vec<&Value> = all.iter().filter(|row| wanted(row)).collect();
    assert!(!expected.is_empty() && expected.len() < all.len(), "{query}: {}", expected.len());
    let shown = running.enumerate(list, &format!("{base}{query}")).await;
    assert_eq!(shown.iter().collect::<Vec<_>>(), expected, "{query}");
}

#[tokio::test]
async fn events_are_filtered_by_game_series_and_title() {
    let running = running().await;
    let events = running.enumerate("events", "").await;
    let game = events.iter().find(|event| event["ended"] == true).unwrap();
    let series = text(&game["series"][0], "id");
    let in_series =
        |event: &Value| event["series"].as_array().is_some_and(|found| found[0]["id"] == series);
    check(&running, "events", ("", &format!("&series_id={series}")), &in_series).await;
    let windows = |event: &Value| {
        event["series"].as_array().is_some_and(|found| found[0]["recurrence"] == "15m")
    };
    check(&running, "events", ("", "&recurrence=15m"), &windows).await;
    check(&running, "events", ("", "&ended=true"), &|event| event["ended"] == true).await;
    let is_live = |event: &Value| event["live"] == true;
    let live = running.enumerate("events", "&live=true").await;
    assert_eq!(live.len(), events.iter().filter(|event| is_live(event)).count());
    let day = text(game, "eventDate");
    let that_day = |event: &Value| event["eventDate"] == day;
    check(&running, "events", ("", &format!("&event_date={day}")), &that_day).await;
    check(&running, "events", ("", &format!("&event_date={day}T12:00:00Z")), &that_day).await;
    let start = text(game, "startTime");
    let since = |event: &Value| event["startTime"].as_str().is_some_and(|at| at >= start);
    check(&running, "events", ("", &format!("&start_time_min={start}")), &since).await;
    let until = |event: &Value| event["startTime"].as_str().is_some_and(|at| at <= start);
    check(&running, "events", ("", &format!("&start_time_max={start}")), &until).await;
    let titled = |event: &Value| text(event, "title").to_lowercase().contains("bitcoin");
    check(&running, "events", ("", "&title_search=BitCoin"), &titled).await;
    let id = &game["gameId"];
    let found = running.enumerate("events", &format!("&game_id={id}")).await;
    assert_eq!(ids(&found), [text(game, "id")]);
    let markets =
        running.enumerate("markets", &format!("&closed={}&game_id={id}", game["closed"])).await;
    assert!(!markets.is_empty());
    assert!(markets.iter().all(|market| market["events"][0]["id"] == game["id"]));
    for query in ["&event_week=3", "&parent_event_id=5", "&created_by=7", "&cyom=true"] {
        assert_eq!(running.enumerate("events", query).await, Vec::<Value>::new(), "{query}");
    }
    running.stop().await;
}

#[tokio::test]
async fn markets_are_filtered_by_what_they_are() {
    let running = running().await;
    let checks: [(&str, Wanted<'_>); 6] = [
        ("&sports_market_types=moneyline,totals", &|market| {
            ["moneyline", "totals"].iter().any(|kind| market["sportsMarketType"] == *kind)
        }),
        ("&rewards_min_size=50", &|market| figure(market, "rewardsMinSize") >= Some(50.0)),
        ("&decimalized=true", &|market| figure(market, "orderPriceMinTickSize") == Some(0.001)),
        ("&decimalized=false", &|market| figure(market, "orderPriceMinTickSize") == Some(0.01)),
        ("&liquidity_num_max=5000", &|market| {
            figure(market, "liquidityNum").is_some_and(|liquidity| liquidity <= 5_000.0)
        }),
        ("&start_date_min=2026-11-01", &|market| text(market, "startDate") >= "2026-11-01"),
    ];
    for (query, wanted) in checks {
        check(&running, "markets", ("", query), wanted).await;
    }
    let resolved = |market: &Value| market["umaResolutionStatus"] == "resolved";
    check(&running, "markets", ("&closed=true", "&uma_resolution_status=resolved"), &resolved)
        .await;
    let all = running.enumerate("markets", "").await;
    for query in ["&cyom=false", "&rfq_enabled=false", "&locale=de", "&partner_slug=x"] {
        assert_eq!(running.enumerate("markets", query).await.len(), all.len(), "{query}");
    }
    let nobodys = "&market_maker_address=0x00000000000000000000000000000000000000aa";
    for query in [nobodys, "&position_ids=12", "&cyom=true", "&rfq_enabled=true"] {
        assert_eq!(running.enumerate("markets", query).await, Vec::<Value>::new(), "{query}");
    }
    running.stop().await;
}

#[tokio::test]
async fn markets_are_left_out_of_events_on_request() {
    let running = running().await;
    let whole = running.json("/gamma/events?limit=5").await;
    let bare = running.json("/gamma/events?limit=5&include_markets=false").await;
    for (whole, bare) in rows(&whole).iter().zip(rows(&bare)) {
        let mut whole = whole.clone();
        assert!(whole.as_object_mut().unwrap().remove("markets").is_some());
        assert_eq!(&whole, bare);
    }
    running.stop().await;
}

#[tokio::test]
async fn related_tags_are_narrower_and_widen_a_filter() {
    let running = running().await;
    let relations = running.json("/gamma/tags/21/related-tags").await;
    let tags = running.json("/gamma/tags/slug/crypto/related-tags/tags").await;
    assert_eq!(running.json("/gamma/tags/slug/crypto/related-tags").await, relations);
    assert_eq!(running.json("/gamma/tags/21/related-tags/tags").await, tags);
    assert!(rows(&relations).len() > 3);
    let events = running.enumerate("events", "").await;
    for ((relation, tag), rank) in rows(&relations).iter().zip(rows(&tags)).zip(1..) {
        assert_eq!((&relation["tagID"], &relation["rank"]), (&json!(21), &json!(rank)));
        assert_eq!(relation["relatedTagID"].to_string(), text(tag, "id"));
        let has = |event: &Value, id: &str| rows(&event["tags"]).iter().any(|it| it["id"] == id);
        let with_tag = events.iter().filter(|event| has(event, text(tag, "id")));
        let (all, both) = with_tag
            .fold((0, 0), |(all, both), event| (all + 1, both + i32::from(has(event, "21"))));
        assert!(2 * both >= all, "{}: {both} of {all}", tag["slug"]);
        let open = events
            .iter()
            .filter(|event| event["closed"] == false && has(event, text(tag, "id")))
            .count();
        assert_eq!(tag["activeEventsCount"], open);
    }
    let plain: BTreeSet<String> = owned(&running.enumerate("events", "&tag_id=1").await);
    let wide = owned(&running.enumerate("events", "&tag_id=1&related_tags=true").await);
    assert!(wide.is_superset(&plain));
    let by_slug = owned(&running.enumerate("events", "&tag_slug=sports&related_tags=true").await);
    assert_eq!(by_slug, wide);
    for (path, status) in [
        ("/gamma/tags/999999999/related-tags", 404),
        ("/gamma/tags/slug/none/related-tags/tags", 404),
        ("/gamma/tags/21/related-tags?status=none", 422),
    ] {
        assert_eq!(running.problem(path).await.0, status, "{path}");
    }
    let none_closed =
        running.json("/gamma/tags/21/related-tags?status=closed&omit_empty=true").await;
    assert!(rows(&none_closed).len() <= rows(&relations).len());
    running.stop().await;
}

fn owned(rows: &[Value]) -> BTreeSet<String> {
    ids(rows).into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn tags_are_sorted_and_filtered() {
    let running = running().await;
    let all = running.json("/gamma/tags").await;
    let named = running.json("/gamma/tags?order=label&limit=5").await;
    let labels: Vec<_> = rows(&named).iter().map(|tag| text(tag, "label").to_lowercase()).collect();
    assert!(labels.is_sorted() && labels.len() == 5);
    let last = running.json("/gamma/tags?ascending=false&limit=1").await;
    assert_eq!(rows(&last).first(), rows(&all).last());
    assert_eq!(running.json("/gamma/tags?is_carousel=true").await, json!([]));
    assert_eq!(running.problem("/gamma/tags?order=created_at").await.0, 422);
    running.stop().await;
}

#[tokio::test]
async fn the_same_seed_says_the_same_everywhere() {
    let paths = [
        "/gamma/series?limit=100",
        "/gamma/public-search?q=will&search_tags=true&search_profiles=true",
        "/gamma/events?order=commentCount&ascending=false",
        "/gamma/comments?parent_entity_type=Series&parent_entity_id=900001&get_positions=true",
        "/gamma/tags/1/related-tags/tags",
        "/gamma/events/results",
    ];
    let mut answers = Vec::new();
    for _ in 0..2 {
        let running = world(5, 0.02).await;
        let mut bodies = Vec::new();
        for path in paths {
            bodies.push(running.get(path).await.text().await.unwrap());
        }
        answers.push(bodies);
        running.stop().await;
    }
    assert_eq!(answers[0], answers[1]);
}
