//! From books and tape to the feed.

use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use ingest::live::LiveBook;
use store::notify::Listener;
use store::resolutions::RESOLUTION_CHANNEL;
use store::trades::TAPE_CHANNEL;
use store::{Database, StoreError, resolutions, tape};
use tokio_util::sync::CancellationToken;

use super::{Live, LiveKind};
use crate::view::{OrderBookView, PriceTick, ResolutionTick, TradeView};

/// Books that change within this time are told once.
const BOOKS_EVERY: Duration = Duration::from_millis(100);
/// How often the tape is looked at without being told to.
const RECONCILE_EVERY: Duration = Duration::from_secs(5);
/// Trades that are learned of later than this are not told.
const TOLD_WITHIN: TimeDelta = TimeDelta::minutes(15);
/// How long to wait before connecting again.
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// Tells of everything that happens, until cancelled.
pub async fn publish(live: Live, database: Database, cancel: CancellationToken) {
    let tape = async {
        loop {
            if let Err(error) = follow_tape(&live, &database).await {
                tracing::warn!(%error, "the tape cannot be followed; trades are told later");
            }
            tokio::time::sleep(RETRY_EVERY).await;
        }
    };
    tokio::select! {
        () = follow_books(&live) => {}
        () = tape => {}
        () = cancel.cancelled() => {}
    }
}

async fn follow_books(live: &Live) {
    loop {
        for market_id in live.books().changed().await {
            if live.books().is_watched(market_id.as_str())
                && let Some(book) = live.books().book(&market_id)
            {
                let (price, book) = (PriceTick::of(&book), OrderBookView::of(&book, 0, Utc::now()));
                let market_id: Arc<str> = market_id.as_str().into();
                live.feed().publish(LiveKind::Price, &market_id, &price);
                live.feed().publish(LiveKind::Book, &market_id, &book);
            }
        }
        tokio::time::sleep(BOOKS_EVERY).await;
    }
}

/// Tells of trades and resolutions as they are written, whichever process writes them.
async fn follow_tape(live: &Live, database: &Database) -> Result<(), StoreError> {
    let mut notices = Listener::connect(database, &[TAPE_CHANNEL, RESOLUTION_CHANNEL]).await?;
    let service = database.service();
    let mut told_trades = tape::last_observed(service).await?.unwrap_or_else(Utc::now);
    let mut told_resolutions = Utc::now();
    loop {
        // Whoever was told nothing looks anyway.
        drop(tokio::time::timeout(RECONCILE_EVERY, notices.next()).await);
        for stored in tape::observed_after(service, told_trades).await? {
            told_trades = told_trades.max(stored.observed_at);
            // The past is read from the tape, not told as if it happened now.
            if Utc::now() - stored.trade.traded_at > TOLD_WITHIN {
                continue;
            }
            let market_id: Arc<str> = stored.trade.market_id.as_str().into();
            live.feed().publish(LiveKind::Trade, &market_id, &TradeView::of(&stored));
        }
        for (market_id, observed) in resolutions::observed_after(service, told_resolutions).await? {
            told_resolutions = told_resolutions.max(observed.observed_at);
            let tick = ResolutionTick::of(&market_id, &observed);
            live.feed().publish(LiveKind::Resolution, &market_id.as_str().into(), &tick);
        }
    }
}

/// The present prices and books of the markets wished for, as events.
pub(crate) fn present(live: &Live, wish: &super::Wish) -> Vec<axum::body::Bytes> {
    let mut frames = Vec::new();
    for id in &wish.market_ids {
        let Ok(market_id) = domain::MarketId::parse(id) else { continue };
        let Some(book) = live.books().book(&market_id) else { continue };
        frames.extend(frames_of(&book, wish));
    }
    frames
}

fn frames_of(book: &LiveBook, wish: &super::Wish) -> Vec<axum::body::Bytes> {
    let wants = |kind| wish.kinds.contains(&kind);
    let price = wants(LiveKind::Price)
        .then(|| super::feed::state_frame(LiveKind::Price, &PriceTick::of(book)));
    let book = wants(LiveKind::Book)
        .then(|| super::feed::state_frame(LiveKind::Book, &OrderBookView::of(book, 0, Utc::now())));
    price.into_iter().chain(book).flatten().collect()
}
