//! Gamma's listings, walked to their ends.

use std::collections::BTreeSet;

use marcasite::gamma::Market;

use crate::{Session, every};

#[tokio::test]
async fn paging_by_cursor_ends_with_every_market_seen_once() {
    let session = Session::start(21).await;
    let gamma = session.polymarket.gamma();

    let mut markets =
        every(gamma.list_markets_keyset().limit(100).closed(false).into_stream()).await;
    let open = markets.len();
    let pages = session.requests("/gamma/markets/keyset");
    assert_eq!(pages, open.div_ceil(100).max(1) as u64, "full pages, and no page after the last");
    markets.extend(every(gamma.list_markets_keyset().limit(100).closed(true).into_stream()).await);
    let ids = distinct(&markets);
    assert_eq!(ids.len(), markets.len(), "no market twice");

    let events = every(gamma.list_events_keyset().limit(50).into_stream()).await;
    let nested: Vec<Market> = events.into_iter().flat_map(|event| event.markets.unwrap()).collect();
    // Listings leave out what is not active: the placeholders of open fields.
    let (active, placeholders): (Vec<_>, Vec<_>) =
        nested.into_iter().partition(|market| market.active == Some(true));
    assert_eq!(distinct(&active), ids, "the events hold the same markets");
    assert!(!placeholders.is_empty());
    session.running.stop().await;
}

#[tokio::test]
async fn a_market_is_the_same_from_every_listing() {
    let session = Session::start(22).await;
    let gamma = session.polymarket.gamma();
    let page = gamma.list_markets_keyset().limit(5).closed(false).send().await.unwrap();
    for listed in page.items() {
        let id = listed.id.clone().unwrap();
        let by_id = gamma.get_market(id).send().await.unwrap();
        let by_slug = gamma.get_market_by_slug(listed.slug.clone().unwrap()).send().await.unwrap();
        assert_eq!(&by_id, listed);
        assert_eq!(by_slug, by_id);
        let prices = by_id.outcome_prices.unwrap();
        assert_eq!(prices.iter().sum::<marcasite::Decimal>(), 1.into());
        assert_eq!(by_id.clob_token_ids.unwrap().len(), 2);
    }
    session.running.stop().await;
}

fn distinct(markets: &[Market]) -> BTreeSet<String> {
    markets.iter().map(|market| market.id.clone().unwrap().into_inner()).collect()
}
