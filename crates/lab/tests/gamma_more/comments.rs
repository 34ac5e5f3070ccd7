//! `/comments`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Running, ids, present};
use crate::{rows, talkative, text};

async fn comments(running: &Running, parent: &str, query: &str) -> Vec<Value> {
    let answer = running.json(&format!("/gamma/comments?{parent}&{query}")).await;
    rows(&answer).to_vec()
}

fn on_event(event: &Value) -> String {
    format!("parent_entity_type=Event&parent_entity_id={}", text(event, "id"))
}

/// The events people talk about most, with at least three threads each.
async fn busiest(running: &Running) -> Vec<Value> {
    let listed = running.json("/gamma/events?order=commentCount&ascending=false&limit=3").await;
    let events = rows(&listed).to_vec();
    assert!(events.iter().all(|event| event["commentCount"].as_u64() > Some(10)), "too quiet");
    events
}

fn roots(comments: &[Value]) -> Vec<&Value> {
    comments.iter().filter(|comment| comment.get("parentCommentID").is_none()).collect()
}

#[tokio::test]
async fn counts_agree_with_what_is_listed() {
    let running = talkative().await;
    let events = running.enumerate("events", "").await;
    let mut with_comments = 0;
    for event in &events {
        let id = text(event, "id");
        let count = running.json(&format!("/gamma/events/{id}/comments/count")).await;
        assert_eq!(count, json!({ "count": event["commentCount"] }), "{id}");
        let listed = comments(&running, &on_event(event), "limit=100").await;
        assert!(roots(&listed).len() < 100, "one page is all");
        assert_eq!(Some(listed.len() as u64), event["commentCount"].as_u64(), "{id}");
        with_comments += usize::from(!listed.is_empty());
        if event.get("series").is_some() {
            assert!(listed.is_empty(), "people talk in the series");
        }
    }
    assert!(with_comments > 5, "{with_comments} events with comments");
    let series = running.json("/gamma/series?limit=100&exclude_events=true").await;
    let mut in_series = 0;
    for series in rows(&series) {
        let id = text(series, "id");
        let parent = format!("parent_entity_type=Series&parent_entity_id={id}");
        let listed = comments(&running, &parent, "limit=100").await;
        let count = running.json(&format!("/gamma/series/{id}/comments/count")).await;
        assert_eq!(count["count"], series["commentCount"]);
        if roots(&listed).len() < 100 {
            assert_eq!(count["count"].as_u64(), Some(listed.len() as u64), "{id}");
        }
        in_series += listed.len();
    }
    assert!(in_series > 20, "{in_series} comments in series");
    running.stop().await;
}

#[tokio::test]
async fn threads_come_whole_with_their_root_first() {
    let running = talkative().await;
    let event = &busiest(&running).await[0];
    let all = comments(&running, &on_event(event), "limit=100").await;
    let mut root: Option<&Value> = None;
    let mut replies = 0;
    for comment in &all {
        assert_eq!(comment["parentEntityID"].as_u64().unwrap().to_string(), text(event, "id"));
        assert!(!text(comment, "body").is_empty() && !text(comment, "body").contains('{'));
        assert!(text(comment, "createdAt") < "2026-11-23T00:00:00");
        assert_eq!(comment["userAddress"], comment["profile"]["baseAddress"]);
        let reactions = comment["reactions"].as_array().map_or(0, Vec::len);
        assert_eq!(comment["reactionCount"].as_u64(), Some(reactions as u64));
        match comment.get("parentCommentID") {
            None => root = Some(comment),
            Some(parent) => {
                let root = root.unwrap();
                assert_eq!(parent, &root["id"]);
                assert!(text(root, "createdAt") < text(comment, "createdAt"));
                let thread = all.iter().filter(|other| {
                    other["id"] == *parent || other.get("parentCommentID") == Some(parent)
                });
                let addresses: Vec<_> = thread.map(|other| &other["userAddress"]).collect();
                assert!(addresses.contains(&&comment["replyAddress"]));
                assert_ne!(comment["replyAddress"], comment["userAddress"]);
                replies += 1;
            }
        }
    }
    assert!(replies > 3 && all.iter().any(|comment| comment["reactionCount"] != 0));
    let reply = all.iter().find(|comment| comment.get("parentCommentID").is_some()).unwrap();
    let thread = running.json(&format!("/gamma/comments/{}", text(reply, "id"))).await;
    assert_eq!(thread[0]["id"], reply["parentCommentID"]);
    assert!(ids(rows(&thread)).contains(&text(reply, "id")));
    assert_eq!(running.json("/gamma/comments/17").await, json!([]));
    running.stop().await;
}

#[tokio::test]
async fn limit_and_offset_count_threads() {
    let running = talkative().await;
    let event = &busiest(&running).await[0];
    let parent = on_event(event);
    let all = comments(&running, &parent, "limit=100").await;
    let newest_first: Vec<_> = roots(&all).iter().map(|root| text(root, "createdAt")).collect();
    assert!(newest_first.is_sorted_by(|a, b| a >= b), "{newest_first:?}");
    assert_eq!(comments(&running, &parent, "limit=100&ascending=true").await, all);

    let mut paged = Vec::new();
    for offset in (0..newest_first.len()).step_by(4) {
        let page = comments(&running, &parent, &format!("limit=4&offset={offset}")).await;
        assert!(roots(&page).len() <= 4);
        paged.extend(page);
    }
    assert_eq!(paged, all);

    let oldest_first = comments(&running, &parent, "limit=100&order=createdAt").await;
    assert!(roots(&oldest_first).iter().map(|root| text(root, "createdAt")).is_sorted());
    let liked = comments(&running, &parent, "limit=100&order=reactionCount&ascending=false").await;
    let likes = roots(&liked).into_iter().map(|root| root["reactionCount"].as_u64());
    assert!(likes.is_sorted_by(|a, b| a >= b));
    running.stop().await;
}

#[tokio::test]
async fn the_keyset_listing_shows_every_thread_once() {
    let running = talkative().await;
    let event = &busiest(&running).await[1];
    let parent = on_event(event);
    let all = comments(&running, &parent, "limit=100").await;
    for (ascending, sorted) in [("true", true), ("false", false)] {
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let path =
                format!("/gamma/comments/keyset?{parent}&limit=3&ascending={ascending}{cursor}");
            let page = running.json(&path).await;
            seen.extend(rows(&page["comments"]).to_vec());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&after_cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen.len(), all.len());
        let times: Vec<_> =
            roots(&seen).iter().map(|root| text(root, "createdAt").to_owned()).collect();
        assert!(times.is_sorted_by(|a, b| if sorted { a <= b } else { a >= b }));
        let distinct: BTreeSet<_> = ids(&seen).into_iter().collect();
        assert_eq!(distinct, ids(&all).into_iter().collect());
    }
    running.stop().await;
}

#[tokio::test]
async fn holders_show_what_they_hold_in_millionths() {
    let running = talkative().await;
    let (mut said, mut said_by_holders) = (0, 0);
    for event in busiest(&running).await {
        let parent = on_event(&event);
        let tokens: BTreeSet<String> = rows(&event["markets"])
            .iter()
            .flat_map(|market| {
                serde_json::from_str::<Vec<String>>(text(market, "clobTokenIds")).unwrap()
            })
            .collect();
        let all = comments(&running, &parent, "limit=100&get_positions=true").await;
        let holds = |comment: &&Value| comment["profile"].get("positions").is_some();
        for comment in all.iter().filter(holds) {
            for position in rows(&comment["profile"]["positions"]) {
                assert!(tokens.contains(text(position, "tokenId")));
                assert!(text(position, "positionSize").parse::<u64>().unwrap() > 0);
            }
        }
        let holders =
            comments(&running, &parent, "limit=100&get_positions=true&holders_only=true").await;
        assert!(holders.iter().all(|comment| holds(&comment)));
        assert!(comments(&running, &parent, "limit=100").await.iter().all(|it| !holds(&it)));
        (said, said_by_holders) = (said + all.len(), said_by_holders + holders.len());
    }
    assert!(said_by_holders > 0, "nobody holds shares");
    assert!(said_by_holders < said, "everybody still holds shares");
    running.stop().await;
}

#[tokio::test]
async fn what_somebody_said_is_found_by_either_address() {
    let running = talkative().await;
    let mut by_author: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for event in busiest(&running).await {
        for comment in comments(&running, &on_event(&event), "limit=100").await {
            by_author.entry(text(&comment, "userAddress").to_owned()).or_default().push(comment);
        }
    }
    let (base, known) = by_author.iter().max_by_key(|(_, said)| said.len()).unwrap();
    let said = running.json(&format!("/gamma/comments/user_address/{base}?limit=100")).await;
    let said = rows(&said);
    assert!(said.iter().all(|comment| comment["userAddress"] == base.as_str()));
    assert!(said.iter().all(|it| it.get("profile").is_none() && it.get("reactions").is_none()));
    assert!(said.iter().map(|it| text(it, "createdAt")).is_sorted_by(|a, b| a >= b));
    for comment in known {
        let found = said.iter().find(|it| it["id"] == comment["id"]).unwrap();
        for key in ["body", "parentCommentID", "replyAddress", "reactionCount", "createdAt"] {
            assert_eq!(found.get(key), comment.get(key), "{key}");
        }
    }
    let wallet = text(&known[0]["profile"], "proxyWallet");
    let again = running.json(&format!("/gamma/comments/user_address/{wallet}?limit=100")).await;
    assert_eq!(rows(&again), said);
    let nobody = "/gamma/comments/user_address/0x0000000000000000000000000000000000000001";
    assert_eq!(running.json(nobody).await, json!([]));
    running.stop().await;
}

#[tokio::test]
async fn wrong_requests_are_refused() {
    let running = talkative().await;
    let event = &busiest(&running).await[0];
    let parent = on_event(event);
    let id = text(event, "id");
    let refused = [
        "parent_entity_type=Event".to_owned(),
        format!("parent_entity_id={id}"),
        format!("parent_entity_type=market&parent_entity_id={id}"),
        "parent_entity_type=Event&parent_entity_id=x".to_owned(),
        format!("{parent}&offset=201"),
        format!("{parent}&order=created_at"),
    ];
    for query in refused {
        let (status, error) = running.problem(&format!("/gamma/comments?{query}")).await;
        assert_eq!(status, 422, "{query}: {error}");
    }
    let (_, error) = running.problem("/gamma/comments").await;
    assert!(error.contains("required"), "{error}");
    let market = format!("/gamma/comments?parent_entity_type=market&parent_entity_id={id}");
    let (_, error) = running.problem(&market).await;
    assert!(error.contains("Event, Series, PerpsAsset"), "{error}");
    assert_eq!(comments(&running, &parent, "offset=200").await, Vec::<Value>::new());
    let perpetual = "parent_entity_type=PerpsAsset&parent_entity_id=1";
    assert_eq!(comments(&running, perpetual, "").await, Vec::<Value>::new());
    assert_eq!(
        comments(&running, "parent_entity_type=Event&parent_entity_id=5", "").await.len(),
        0
    );
    let keyset = format!("/gamma/comments/keyset?{parent}&limit=101");
    assert_eq!(running.problem(&keyset).await.0, 422);
    running.stop().await;
}

#[tokio::test]
async fn what_was_said_stays_while_the_world_moves_on() {
    let running = talkative().await;
    let events = busiest(&running).await;
    let mut before = Vec::new();
    for event in &events {
        before.push(comments(&running, &on_event(event), "limit=100&order=createdAt").await);
    }
    running.lab.with_world(|world| world.advance(present() + TimeDelta::hours(4)));
    let mut new = 0;
    for (event, before) in events.iter().zip(&before) {
        let after = comments(&running, &on_event(event), "limit=100&order=createdAt").await;
        let after: BTreeMap<&str, &Value> =
            after.iter().map(|comment| (text(comment, "id"), comment)).collect();
        for comment in before {
            let now = after[text(comment, "id")];
            for key in ["body", "createdAt", "userAddress", "parentCommentID", "replyAddress"] {
                assert_eq!(now.get(key), comment.get(key), "{key}");
            }
        }
        new += after.len() - before.len();
    }
    assert!(new > 0, "nobody has said anything in four hours");
    running.stop().await;
}
