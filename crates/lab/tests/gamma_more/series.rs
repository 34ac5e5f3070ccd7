//! Series, leagues and teams.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::support::ids;
use crate::{figure, rows, running, text};

/// The events of each series, by its id.
fn by_series(events: &[Value]) -> BTreeMap<String, Vec<&Value>> {
    let mut found: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for event in events {
        for series in event["series"].as_array().into_iter().flatten() {
            found.entry(text(series, "id").to_owned()).or_default().push(event);
        }
    }
    found
}

#[tokio::test]
async fn a_series_adds_up_to_its_events() {
    let running = running().await;
    let events = running.enumerate("events", "").await;
    let expected = by_series(&events);
    let listed = running.json("/gamma/series?limit=100").await;
    assert_eq!(listed.as_array().unwrap().len(), expected.len());
    assert!(expected.len() > 10, "{} series", expected.len());
    for series in rows(&listed) {
        let events = &expected[text(series, "id")];
        let ids: Vec<_> = events.iter().map(|event| text(event, "id")).collect();
        assert_eq!(crate::support::ids(rows(&series["events"])), ids);
        assert!(rows(&series["events"]).iter().all(|event| event.get("markets").is_none()));
        let mut alone = series.clone();
        alone.as_object_mut().unwrap().remove("events");
        assert!(events.iter().all(|event| event["series"] == json!([alone])), "embedded as listed");
        for key in ["volume", "volume24hr", "liquidity"] {
            let sum: f64 = events.iter().filter_map(|event| figure(event, key)).sum();
            let total = figure(series, key).unwrap();
            assert!((total - sum).abs() < 1e-4, "{key} of {}: {total}, not {sum}", series["slug"]);
        }
    }
    let busy = rows(&listed).iter().max_by_key(|series| rows(&series["events"]).len()).unwrap();
    let id = text(busy, "id");
    let mut single = running.json(&format!("/gamma/series/{id}")).await;
    let schema = single.as_object_mut().unwrap().remove("$schema");
    assert_eq!(schema, Some("https://gamma-api.polymarket.com/schemas/Series.json".into()));
    assert_eq!(&single, busy);
    running.stop().await;
}

#[tokio::test]
async fn series_are_filtered_sorted_and_paged() {
    let running = running().await;
    let all = running.json("/gamma/series?limit=100&exclude_events=true").await;
    assert!(rows(&all).iter().all(|series| series.get("events").is_none()));
    let second = running.json("/gamma/series?limit=3&offset=3&exclude_events=true").await;
    assert_eq!(rows(&second), &rows(&all)[3..6]);
    let slug = text(&all[1], "slug");
    let one = running.json(&format!("/gamma/series?slug={slug}&exclude_events=true")).await;
    assert_eq!(one, json!([all[1]]));
    let windows = running.json("/gamma/series?recurrence=15m&exclude_events=true").await;
    assert_eq!(windows.as_array().unwrap().len(), 4, "one a coin");
    assert_eq!(running.json("/gamma/series?closed=true").await, json!([]));
    let sorted = running
        .json("/gamma/series?limit=100&order=volume&ascending=false&exclude_events=true")
        .await;
    let volumes: Vec<_> = rows(&sorted).iter().filter_map(|it| figure(it, "volume")).collect();
    assert!(volumes.is_sorted_by(|a, b| a >= b) && volumes.len() == rows(&all).len());
    for (path, status) in [
        ("/gamma/series/1", 404),
        ("/gamma/series/x", 422),
        ("/gamma/series?order=start_date", 422),
        ("/gamma/series?order=volume24hr&ascending=false", 500),
        ("/gamma/series?order=liquidity&ascending=false&limit=50", 500),
        ("/gamma/series-summary/1", 404),
        ("/gamma/series-summary/slug/none", 404),
    ] {
        assert_eq!(running.problem(path).await.0, status, "{path}");
    }
    running.json("/gamma/series?order=volume24hr&ascending=false&limit=19").await;
    running.stop().await;
}

#[tokio::test]
async fn a_summary_names_the_days_of_games() {
    let running = running().await;
    let events = running.enumerate("events", "").await;
    let mut summed = 0;
    for (id, events) in by_series(&events) {
        let summary = running.json(&format!("/gamma/series-summary/{id}")).await;
        let slug = text(&summary, "slug");
        assert_eq!(running.json(&format!("/gamma/series-summary/slug/{slug}")).await, summary);
        let days = |wanted: &dyn Fn(&Value) -> bool| -> BTreeSet<String> {
            let events = events.iter().filter(|event| wanted(event));
            events.filter_map(|event| event["eventDate"].as_str()).map(str::to_owned).collect()
        };
        let all = days(&|_| true);
        assert_eq!(summary["eventDates"], json!(all));
        let first_open = days(&|event| event["closed"] == false).into_iter().next();
        assert_eq!(summary.get("earliest_open_date").cloned(), first_open.map(Value::from));
        summed += all.len();
    }
    assert!(summed > 10, "{summed} days of games");
    running.stop().await;
}

#[tokio::test]
async fn games_name_their_league_and_sides() {
    let running = running().await;
    let sports = running.json("/gamma/sports").await;
    let teams = running.json("/gamma/teams?limit=500").await;
    assert_eq!((rows(&sports).len(), rows(&teams).len()), (7, 112));
    let games = running.enumerate("events", "&tag_slug=games").await;
    assert!(games.len() > 5, "{} games", games.len());
    for game in &games {
        assert!(rows(&sports).contains(&game["sport"]), "{}", game["sport"]);
        assert_eq!(game["sport"]["series"], game["series"][0]["id"]);
        let sides: Vec<_> =
            rows(&game["teams"]).iter().map(|side| text(side, "ordering")).collect();
        assert_eq!(sides, ["home", "away"]);
        for side in rows(&game["teams"]) {
            let mut team = side.clone();
            team.as_object_mut().unwrap().remove("ordering");
            assert!(rows(&teams).contains(&team), "{team}");
            assert!(text(game, "title").contains(text(&team, "name")));
        }
        assert!(text(game, "startTime").starts_with(text(game, "eventDate")));
        assert!(text(game, "startTime") < text(game, "endDate"), "{}", game["slug"]);
        let second = |key| text(game, key).get(..19).unwrap();
        let started = second("startTime") <= second("updatedAt");
        assert_eq!(started, game["live"] == true || game["ended"] == true, "{}", game["slug"]);
        let at = text(game, "startTime").replace('T', " ").replace('Z', "+00");
        assert!(rows(&game["markets"]).iter().all(|market| market["gameStartTime"] == at.as_str()));
    }
    running.stop().await;
}

#[tokio::test]
async fn teams_are_found_by_league_name_and_id() {
    let running = running().await;
    let league = running.json("/gamma/teams?league=mer").await;
    assert_eq!(league.as_array().unwrap().len(), 16);
    let (one, two) = (&league[0], &league[5]);
    let query = format!(
        "league=mer&abbreviation={}&abbreviation={}",
        text(one, "abbreviation"),
        text(two, "abbreviation")
    );
    assert_eq!(running.json(&format!("/gamma/teams?{query}")).await, json!([one, two]));
    let id = &one["id"];
    let mut single = running.json(&format!("/gamma/teams/{id}")).await;
    single.as_object_mut().unwrap().remove("$schema");
    assert_eq!(&single, one);
    let named = running.json("/gamma/teams?order=name&ascending=false&limit=4").await;
    let names: Vec<_> = rows(&named).iter().map(|team| text(team, "name").to_lowercase()).collect();
    assert!(names.is_sorted_by(|a, b| a >= b) && names.len() == 4);
    assert_eq!(running.problem("/gamma/teams/5").await.0, 404);
    assert_eq!(running.problem("/gamma/teams?order=created_at").await.0, 422);
    let types = running.json("/gamma/sports/market-types").await;
    assert_eq!(types, json!({ "marketTypes": ["moneyline", "spreads", "totals"] }));
    assert!(!ids(&running.enumerate("markets", "&sports_market_types=totals").await).is_empty());
    running.stop().await;
}
