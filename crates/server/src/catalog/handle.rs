//! The current snapshot, and word of each new one.

use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::{Mutex, MutexGuard, watch};

use super::Snapshot;

/// Which snapshot is current.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Generation {
    /// The largest revision in it, the same on every node.
    pub generation: i64,
    /// See [`Snapshot::windows_version`].
    pub windows_version: u64,
    /// When it was made.
    pub as_of: DateTime<Utc>,
    /// Markets and events that differ from the snapshot before.
    pub changed: usize,
}

/// Shares the current snapshot between its one writer and any number of readers. Clones are cheap and
/// refer to the same catalogue.
#[derive(Debug, Clone)]
pub struct CatalogHandle {
    current: Arc<ArcSwap<Snapshot>>,
    generations: watch::Sender<Generation>,
    writing: Arc<Mutex<()>>,
}

impl CatalogHandle {
    /// A handle on a first snapshot.
    pub fn new(snapshot: Snapshot) -> Self {
        let first = Generation {
            generation: snapshot.generation(),
            windows_version: snapshot.windows_version(),
            as_of: snapshot.as_of(),
            changed: snapshot.market_count() + snapshot.event_count(),
        };
        Self {
            current: Arc::new(ArcSwap::from_pointee(snapshot)),
            generations: watch::Sender::new(first),
            writing: Arc::default(),
        }
    }

    /// The current snapshot. Hold it for one request, not for longer: it keeps its memory alive.
    pub fn current(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// Held from reading what changed until [`CatalogHandle::replace`]: of two that refresh at once, the
    /// slower would put an older snapshot in place.
    pub async fn writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().await
    }

    /// Puts a new snapshot in place and tells the subscribers. `changed` is the number of markets and
    /// events that differ from the one before.
    pub fn replace(&self, snapshot: Snapshot, changed: usize) {
        let generation = Generation {
            generation: snapshot.generation(),
            windows_version: snapshot.windows_version(),
            as_of: snapshot.as_of(),
            changed,
        };
        self.current.store(Arc::new(snapshot));
        // Sent after the swap, so that whoever hears of a generation can read it.
        self.generations.send_replace(generation);
    }

    /// Word of each new snapshot. A slow subscriber sees the latest only.
    pub fn subscribe(&self) -> watch::Receiver<Generation> {
        self.generations.subscribe()
    }
}

impl Default for CatalogHandle {
    /// A handle on an empty catalogue.
    fn default() -> Self {
        Self::new(Snapshot::empty())
    }
}
