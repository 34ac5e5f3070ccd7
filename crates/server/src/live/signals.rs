//! From the ledger of signals to the feed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use store::intelligence::boards::signals::{self, BoardSignals};
use store::intelligence::signals::SIGNALS_CHANNEL;
use store::notify::Listener;
use store::{Database, StoreError};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Live, LiveKind};
use crate::catalog::CatalogHandle;
use crate::view::intelligence::{MarketNames, Signal, SignalResult, SignalResultTick};

/// How often the ledger is looked at without being told to.
const RECONCILE_EVERY: Duration = Duration::from_secs(5);
/// How much later than others a signal may be committed that was published before them.
const LATE: TimeDelta = TimeDelta::minutes(1);
/// Signals read at once.
const AT_ONCE: u32 = 1_000;
/// How long to wait before connecting again.
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// Tells of signals as they are published and settled, whichever process does that, until cancelled.
pub async fn publish_signals(
    live: Live,
    catalog: CatalogHandle,
    database: Database,
    cancel: CancellationToken,
) {
    let follow = async {
        let mut told = None;
        loop {
            if let Err(error) = follow(&live, &catalog, &database, &mut told).await {
                tracing::warn!(%error, "signals cannot be followed; they are told later");
            }
            tokio::time::sleep(RETRY_EVERY).await;
        }
    };
    tokio::select! {
        () = follow => {}
        () = cancel.cancelled() => {}
    }
}

/// What subscribers know.
struct Told {
    /// Up to when signals were looked for.
    until: DateTime<Utc>,
    /// Signals that were published lately and told, with when they were.
    lately: HashMap<Uuid, DateTime<Utc>>,
    /// Signals whose result is waited for.
    open: HashSet<Uuid>,
}

async fn follow(
    live: &Live,
    catalog: &CatalogHandle,
    database: &Database,
    told: &mut Option<Told>,
) -> Result<(), StoreError> {
    let mut notices = Listener::connect(database, &[SIGNALS_CHANNEL]).await?;
    let service = database.service();
    let told = match told {
        Some(told) => told,
        None => told.insert(begin(database).await?),
    };
    loop {
        let since = told.until - LATE;
        let recent = BoardSignals { since: Some(since), ..BoardSignals::default() };
        let mut published = signals::list(service, &recent, AT_ONCE).await?;
        published.retain(|(signal, _)| !told.lately.contains_key(&signal.id));
        published.reverse();
        let snapshot = catalog.current();
        let mut names = MarketNames::new(&snapshot);
        for one in &published {
            let view = Signal::of(&(one.0.clone(), None), &mut names);
            let market_id: Arc<str> = one.0.market_id.as_str().into();
            live.feed().publish(LiveKind::Signal, &market_id, &view);
            told.until = told.until.max(one.0.published_at);
            told.lately.insert(one.0.id, one.0.published_at);
            told.open.insert(one.0.id);
        }
        drop(names);
        told.lately.retain(|_, published_at| *published_at >= told.until - LATE);
        let open: Vec<_> = told.open.iter().copied().collect();
        for (signal, result) in signals::settled_of(service, &open).await? {
            told.open.remove(&signal.id);
            let Some(result) = result else { continue };
            let tick = SignalResultTick {
                id: signal.id.to_string(),
                market_id: signal.market_id.to_string(),
                kind: signal.kind.clone(),
                result: SignalResult::from(&result),
            };
            let market_id: Arc<str> = signal.market_id.as_str().into();
            live.feed().publish(LiveKind::SignalResult, &market_id, &tick);
        }
        // Whoever was told nothing looks anyway.
        drop(tokio::time::timeout(RECONCILE_EVERY, notices.next()).await);
    }
}

/// What was published before anybody could subscribe is read from the ledger, not told.
async fn begin(database: &Database) -> Result<Told, StoreError> {
    let service = database.service();
    let until = Utc::now();
    let recent = BoardSignals { since: Some(until - LATE), ..BoardSignals::default() };
    let lately = signals::list(service, &recent, AT_ONCE).await?;
    Ok(Told {
        until,
        lately: lately.iter().map(|(signal, _)| (signal.id, signal.published_at)).collect(),
        open: signals::open_ids(service).await?.into_iter().collect(),
    })
}
