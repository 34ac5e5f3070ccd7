//! Markets at the moment something is said of them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::evidence::Basis;
use domain::signals::Scene;
use domain::{MarketId, Price};
use store::StoreError;
use store::intelligence::scenes::{self, MarketScene};

use super::super::service::Sources;
use crate::live::LiveBooks;

/// Open markets by id.
#[derive(Debug)]
pub(super) struct Scenes {
    markets: HashMap<MarketId, MarketScene>,
    books: LiveBooks,
    now: DateTime<Utc>,
}

impl Scenes {
    /// Those of some markets that are open.
    pub(super) async fn of(
        sources: &Sources,
        markets: impl IntoIterator<Item = &MarketId>,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let mut ids: Vec<&str> = markets.into_iter().map(MarketId::as_str).collect();
        ids.sort_unstable();
        ids.dedup();
        let found = scenes::of(sources.database.service(), &ids, now).await?;
        let markets = found.into_iter().map(|scene| (scene.market_id.clone(), scene)).collect();
        Ok(Self { markets, books: sources.books.clone(), now })
    }

    /// What is known of a market; `None` where it is not open.
    pub(super) fn market(&self, market_id: &MarketId) -> Option<&MarketScene> {
        self.markets.get(market_id)
    }

    /// A market at this moment.
    pub(super) fn at(&self, market_id: &MarketId, basis: Basis) -> Option<Scene> {
        let market = self.market(market_id)?;
        let quote = self.quote(market);
        let mid = quote.and_then(|(bid, ask)| midpoint(bid, ask));
        let cost = quote.zip(mid).zip(market.fee).and_then(|(((bid, ask), mid), fee)| {
            let fee = f64::try_from(fee.per_share(mid)).ok()?;
            Some((ask.to_f64() - bid.to_f64()) / 2.0 + fee)
        });
        Some(Scene {
            market_id: market_id.clone(),
            event_id: market.event_id.clone(),
            as_of: self.now,
            price: mid.map(Price::to_f64),
            cost,
            basis,
        })
    }

    /// The best prices: of the live book if nothing casts doubt on it, else those recorded last; `None` where one side is empty, or nobody looked.
    fn quote(&self, market: &MarketScene) -> Option<(Price, Price)> {
        let live = self.books.book(&market.market_id);
        match live.filter(|live| live.is_sure && !live.is_ghost) {
            Some(live) => Some((live.book.best_bid()?.price(), live.book.best_ask()?.price())),
            None => market.quote,
        }
    }
}

/// Halfway between the best prices; `None` where they cross.
fn midpoint(bid: Price, ask: Price) -> Option<Price> {
    let sum = bid.decimal() + ask.decimal();
    (bid <= ask).then(|| Price::new(sum / rust_decimal::Decimal::TWO).ok()).flatten()
}
