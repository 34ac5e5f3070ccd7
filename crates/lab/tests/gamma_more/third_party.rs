//! A client nobody here wrote reads every answer.

use futures_util::TryStreamExt;
use marcasite::gamma::{CommentParentEntityType, GammaClient};
use marcasite::{Paginated, Polymarket};

use crate::support::Running;
use crate::talkative;

fn client(running: &Running) -> GammaClient {
    let polymarket = Polymarket::builder().gamma_base_url(running.url("/gamma")).build().unwrap();
    polymarket.gamma().clone()
}

async fn every<T>(pages: Paginated<T>) -> Vec<T> {
    pages.try_collect().await.unwrap()
}

#[tokio::test]
async fn series_leagues_and_teams_are_read() {
    let running = talkative().await;
    let gamma = client(&running);
    let series = every(gamma.list_series().limit(4).into_stream()).await;
    for series in &series {
        let id = series.id.clone().unwrap();
        let single = gamma.get_series(id.clone()).send().await.unwrap();
        assert_eq!(&single, series);
        let summary = gamma.get_series_summary(id.clone()).await.unwrap();
        assert_eq!(summary.slug, series.slug);
        assert!(summary.volume.is_some() && summary.volume_24hr.is_some());
        let count = gamma.get_series_comment_count(id).await.unwrap();
        assert_eq!(count.count, series.comment_count);
    }
    assert!(series.len() > 10);
    let sports = gamma.get_sports_metadata().await.unwrap();
    assert!(sports.iter().all(|sport| sport.tag_ids().count() == 3 && sport.name.is_some()));
    let teams = every(gamma.list_teams().limit(50).into_stream()).await;
    assert_eq!(teams.len(), 112);
    let id = teams[0].id.clone().unwrap();
    assert_eq!(gamma.get_team(id).await.unwrap(), teams[0]);
    assert!(gamma.get_sports_market_types().await.unwrap().market_types.is_some());
    running.stop().await;
}

#[tokio::test]
async fn comments_and_profiles_are_read() {
    let running = talkative().await;
    let gamma = client(&running);
    let events = gamma.list_events().order("commentCount").ascending(false).limit(2);
    for event in events.send().await.unwrap() {
        let id: i64 = event.id.clone().unwrap().as_str().parse().unwrap();
        let listing = gamma.list_comments(CommentParentEntityType::Event, id);
        let comments = listing.limit(100).get_positions(true).send().await.unwrap();
        assert_eq!(Some(i64::try_from(comments.len()).unwrap()), event.comment_count);
        for comment in comments.into_iter().step_by(7) {
            assert_eq!(comment.parent_entity_id, Some(id));
            assert!(comment.created_at.is_some() && comment.body.is_some());
            let profile = comment.profile.unwrap();
            for position in profile.positions.unwrap_or_default() {
                assert!(position.token_id.is_some() && position.position_size.is_some());
            }
            let thread =
                gamma.get_comments_by_id(comment.id.clone().unwrap()).send().await.unwrap();
            assert!(thread.iter().any(|other| other.id == comment.id));
            let author = comment.user_address.unwrap();
            let said =
                every(gamma.list_comments_by_user(author.clone()).limit(50).into_stream()).await;
            assert!(said.iter().any(|other| other.id == comment.id));
            let public = gamma.get_public_profile(author.clone()).await.unwrap();
            assert_eq!(public.proxy_wallet, profile.proxy_wallet);
            assert_eq!(gamma.get_profile(author).await.unwrap().name, public.name);
        }
    }
    running.stop().await;
}

#[tokio::test]
async fn searches_tags_and_bodies_are_read() {
    let running = talkative().await;
    let gamma = client(&running);
    let search = || gamma.search("will").search_tags(true).search_profiles(true);
    let found = search().send().await.unwrap();
    let small = search().optimized(true).send().await.unwrap();
    let ids = |events: Option<Vec<marcasite::gamma::Event>>| -> Vec<_> {
        events.unwrap().into_iter().map(|event| event.id).collect()
    };
    assert_eq!(small.has_more, found.pagination.unwrap().has_more);
    let markets = small.events.iter().flatten().flat_map(|event| event.markets.iter().flatten());
    assert!(markets.clone().all(|market| market.outcomes.as_ref().map(Vec::len) == Some(2)));
    assert_eq!(ids(small.events.clone()), ids(found.events));

    let tags = gamma.get_related_tags("21").send().await.unwrap();
    let relations = gamma.get_related_tag_relationships("21").send().await.unwrap();
    assert_eq!(tags.len(), relations.len());
    assert!(tags.iter().all(|tag| tag.active_events_count.is_some()) && !tags.is_empty());

    let events = every(gamma.list_events_paginated().limit(100).into_stream()).await;
    let market = events[0].markets.as_ref().unwrap()[0].clone();
    let id = market.id.clone().unwrap();
    let described = gamma.get_market_description(id.clone()).await.unwrap();
    assert_eq!(described.description, market.description);
    for query in [gamma.get_markets_information(), gamma.get_abridged_markets()] {
        let asked = query.ids([id.as_str()]).send().await.unwrap();
        assert_eq!((asked.len(), &asked[0].outcome_prices), (1, &market.outcome_prices));
    }
    let event = events[0].id.clone().unwrap();
    assert_eq!(gamma.get_event_tweet_count(event.clone()).await.unwrap().tweet_count, Some(0));
    let count = gamma.get_event_comment_count(event).await.unwrap();
    assert_eq!(count.count, events[0].comment_count);
    let results = every(gamma.list_sport_event_results().limit(50).into_stream()).await;
    assert!(results.iter().all(|game| game.ended == Some(true) && game.teams.is_some()));
    assert!(gamma.list_event_creators().send().await.unwrap().is_empty());
    running.stop().await;
}
