//! What every handler can reach.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use metrics_exporter_prometheus::PrometheusHandle;
use store::Database;
use subtle::ConstantTimeEq;
use tokio_util::sync::CancellationToken;

use crate::{
    api::{
        analytics::AnalyticsCache,
        details::DetailCache,
        holders::HoldersCache,
        intelligence::positions::PositionsBoard,
        wallet::{asked::ImportLimits, names::OwnerCache},
    },
    catalog::CatalogHandle,
    http::{bodies::BodyCache, client::ClientLimits, security::PublicUrl},
    live::Live,
    sync_feed::SyncFeed,
};

/// How often at most a stale read asks for a sync.
const REFRESH_INTERVAL: TimeDelta = TimeDelta::seconds(60);

/// Text that is compared without telling how much of a guess was right, and never printed.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether `guess` is the text.
    pub fn is(&self, guess: &str) -> bool {
        self.0.as_bytes().ct_eq(guess.as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What the person who runs the server decides about the HTTP layer.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Who has it may start a sync from anywhere. Without one, only this machine may.
    pub admin_token: Option<Secret>,
    /// Time between scheduled syncs. Data older than twice this is stale.
    pub sync_interval: Duration,
    /// The address people use, where it is not that of the socket.
    pub public_url: Option<PublicUrl>,
    /// Deadline of a request; streams are exempt.
    pub request_timeout: Duration,
}

impl Settings {
    /// Deadline of a request unless told otherwise.
    pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
}

/// The parts an [`AppState`] is made of.
#[derive(Debug)]
pub struct Parts {
    /// The catalogue in memory.
    pub catalog: CatalogHandle,
    /// The database.
    pub database: Database,
    /// What is known of syncs, and how they make themselves heard.
    pub sync: SyncFeed,
    /// Books, and what happens.
    pub live: Live,
    /// Where `/metrics` reads.
    pub metrics: PrometheusHandle,
    /// What the operator decided.
    pub settings: Settings,
}

/// What every handler can reach. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AppState(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    parts: Parts,
    bodies: BodyCache,
    details: DetailCache,
    analytics: AnalyticsCache,
    holders: HoldersCache,
    positions_board: PositionsBoard,
    wallet_owners: OwnerCache,
    import_limits: ImportLimits,
    limits: ClientLimits,
    refresh_asked_at: AtomicI64,
    stopping: CancellationToken,
}

impl AppState {
    /// Puts the parts together. `stopping` ends streams when it is cancelled.
    pub fn new(parts: Parts, stopping: CancellationToken) -> Self {
        Self(Arc::new(Shared {
            parts,
            bodies: BodyCache::default(),
            details: DetailCache::default(),
            analytics: AnalyticsCache::default(),
            holders: HoldersCache::default(),
            positions_board: PositionsBoard::default(),
            wallet_owners: OwnerCache::default(),
            import_limits: ImportLimits::default(),
            limits: ClientLimits::default(),
            refresh_asked_at: AtomicI64::new(i64::MIN),
            stopping,
        }))
    }

    /// The catalogue in memory.
    pub fn catalog(&self) -> &CatalogHandle {
        &self.0.parts.catalog
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.0.parts.database
    }

    /// What is known of syncs.
    pub fn sync(&self) -> &SyncFeed {
        &self.0.parts.sync
    }

    /// Books, and what happens.
    pub fn live(&self) -> &Live {
        &self.0.parts.live
    }

    /// The catalogue is a simulated world; every answer and page says so.
    pub fn is_simulated(&self) -> bool {
        self.sync().origin().is_some_and(|origin| origin.is_simulated())
    }

    /// What the operator decided.
    pub fn settings(&self) -> &Settings {
        &self.0.parts.settings
    }

    /// Cancelled when the server stops: streams end then, so that connections can drain.
    pub fn stopping(&self) -> &CancellationToken {
        &self.0.stopping
    }

    pub(crate) fn metrics(&self) -> &PrometheusHandle {
        &self.0.parts.metrics
    }

    pub(crate) fn bodies(&self) -> &BodyCache {
        &self.0.bodies
    }

    pub(crate) fn analytics(&self) -> &AnalyticsCache {
        &self.0.analytics
    }

    pub(crate) fn holders(&self) -> &HoldersCache {
        &self.0.holders
    }

    pub(crate) fn wallet_owners(&self) -> &OwnerCache {
        &self.0.wallet_owners
    }

    pub(crate) fn positions_board(&self) -> &PositionsBoard {
        &self.0.positions_board
    }

    pub(crate) fn import_limits(&self) -> &ImportLimits {
        &self.0.import_limits
    }

    pub(crate) fn details(&self) -> &DetailCache {
        &self.0.details
    }

    pub(super) fn client_limits(&self) -> &ClientLimits {
        &self.0.limits
    }

    /// Whether the data is older than two sync intervals, or was never synced.
    pub fn is_stale(&self, last_synced: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
        let limit =
            TimeDelta::from_std(self.settings().sync_interval * 2).unwrap_or(TimeDelta::MAX);
        last_synced.is_none_or(|synced| now - synced > limit)
    }

    /// Asks for a sync unless one was asked for within the last minute. Does not wait: the read that
    /// found the data stale is answered with what there is.
    pub fn refresh(&self, now: DateTime<Utc>) {
        let asked_at = self.0.refresh_asked_at.load(Ordering::Relaxed);
        let seconds = now.timestamp();
        let is_due =
            asked_at.checked_add(REFRESH_INTERVAL.num_seconds()).is_none_or(|due| due <= seconds);
        let won = is_due
            && self
                .0
                .refresh_asked_at
                .compare_exchange(asked_at, seconds, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if won {
            self.sync().request_refresh();
        }
    }
}
