//! The recorder: waits for the lock, then keeps every record until it is told to stop.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::TokenId;
use metrics::counter;
use polymarket::clob::ClobClient;
use polymarket::data::DataClient;
use polymarket::ws::Clock;
use polymarket::ws::activity::ActivityOptions;
use polymarket::{Endpoints, Upstream};
use store::lock::{IngestLock, Work};
use store::months::{self, Aging};
use store::trades::{self, HeardTrade, Recorded, TapeSource};
use store::{Database, StoreError, origin};
use tokio::sync::{Mutex, mpsc};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use crate::live::LiveBooks;

/// What is recorded, and how often.
#[derive(Debug, Clone)]
pub struct RecordingOptions {
    /// From one reading of the Data API's tape to the next.
    pub tape_every: Duration,
    /// How far a reading goes back behind what is known to be complete: rows come late, and not in order.
    pub overlap: TimeDelta,
    /// How far back the tape is read when there is none.
    pub tape_back: TimeDelta,
    /// From one count of the short windows to the next.
    pub windows_every: Duration,
    /// From one count of the long windows, six hours and more, to the next.
    pub long_windows_every: Duration,
    /// How long a round through the open markets takes whose books nobody streams; `None`: they are not looked at.
    pub tail_every: Option<Duration>,
    /// From one question to the oracle about markets that are due to the next.
    pub oracle_every: Duration,
    /// From one market's price history to the next.
    pub history_every: Duration,
    /// Markets whose price history is read although nobody looks at them: those that trade most.
    pub history_markets: u32,
    /// How the activity socket behaves.
    pub activity: ActivityOptions,
    /// How long records are kept.
    pub retention: Retention,
    /// Tells what time it is.
    pub clock: Clock,
}

impl Default for RecordingOptions {
    fn default() -> Self {
        Self {
            tape_every: Duration::from_secs(30),
            overlap: TimeDelta::minutes(15),
            tape_back: TimeDelta::hours(24),
            windows_every: Duration::from_secs(30),
            long_windows_every: Duration::from_mins(5),
            tail_every: Some(Duration::from_mins(10)),
            oracle_every: Duration::from_mins(1),
            history_every: Duration::from_millis(500),
            history_markets: 200,
            activity: ActivityOptions::default(),
            retention: Retention::default(),
            clock: Clock::system(),
        }
    }
}

/// How long records are kept, by table, in days; `None` for ever. Whole months go at once, so that something up to a
/// month older may still be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Trades.
    pub trades_days: Option<u32>,
    /// Minute bars.
    pub minutes_days: Option<u32>,
    /// Hour bars.
    pub hours_days: Option<u32>,
}

impl Retention {
    fn limits(self) -> [(Aging, Option<u32>); 3] {
        [
            (Aging::Trades, self.trades_days),
            (Aging::MinuteBars, self.minutes_days),
            (Aging::HourBars, self.hours_days),
        ]
    }
}

/// How often a process without the lock tries to take it.
const RETRY_EVERY: Duration = Duration::from_secs(5);
/// How often old months are given up.
const RETAIN_EVERY: Duration = Duration::from_hours(1);

/// Records what happens for as long as it runs. Any number of processes may run one: a single one holds the lock.
#[derive(Debug)]
pub struct RecordingService {
    sources: Arc<Sources>,
    announced: mpsc::Receiver<TokenId>,
}

/// What is recorded from, and how.
#[derive(Debug)]
pub(super) struct Sources {
    pub(super) database: Database,
    pub(super) data: DataClient,
    pub(super) clob: ClobClient,
    pub(super) endpoints: Endpoints,
    pub(super) books: LiveBooks,
    pub(super) options: RecordingOptions,
}

impl Sources {
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.options.clock.now()
    }
}

impl RecordingService {
    /// Prepares the service. `announced` tells a token of each market that was announced as resolved.
    pub fn new(
        database: Database,
        upstream: Arc<Upstream>,
        endpoints: Endpoints,
        books: LiveBooks,
        options: RecordingOptions,
        announced: mpsc::Receiver<TokenId>,
    ) -> Self {
        let data = DataClient::new(upstream.clone());
        let clob = ClobClient::new(upstream);
        let sources = Arc::new(Sources { database, data, clob, endpoints, books, options });
        Self { sources, announced }
    }

    /// Runs until cancelled.
    pub async fn run(mut self, cancel: CancellationToken) {
        while !cancel.is_cancelled() {
            match IngestLock::try_acquire(&self.sources.database, Work::Recording).await {
                Ok(Some(lock)) => {
                    let pen = Pen(Arc::new(Mutex::new(lock)));
                    if let Err(error) = Box::pin(self.lead(&pen, &cancel)).await {
                        tracing::warn!(%error, "the recorder starts over");
                    }
                    pen.release().await;
                }
                Ok(None) => tracing::debug!("another process records"),
                Err(error) => tracing::warn!(%error, "the recorder cannot reach its database"),
            }
            tokio::select! {
                () = sleep(RETRY_EVERY) => {}
                () = cancel.cancelled() => {}
            }
        }
    }

    /// Records until cancelled or until the database is lost.
    async fn lead(&mut self, pen: &Pen, cancel: &CancellationToken) -> Result<(), StoreError> {
        let term = cancel.child_token();
        let _ends_with_this = term.clone().drop_guard();
        let sources = &self.sources;
        await_catalogue(&sources.database, &sources.data, "trades are recorded", cancel).await?;
        let announced = std::mem::replace(&mut self.announced, mpsc::channel(1).1);
        let mut oracle = super::oracle::Oracle::new(sources.clone(), pen.clone(), announced);
        let (sources, pen) = (|| sources.clone(), || pen.clone());
        let ended = tokio::select! {
            ended = super::hear::hear(sources(), pen(), term) => ended,
            ended = super::read::read(sources(), pen()) => ended,
            ended = super::newcomers::read(sources(), pen()) => ended,
            ended = super::quotes::record(sources(), pen()) => ended,
            ended = super::tail::look(sources(), pen()) => ended,
            ended = super::windows::count(sources(), pen()) => ended,
            ended = super::history::backfill(sources(), pen()) => ended,
            ended = oracle.run() => ended,
            ended = retain(sources()) => ended,
            () = cancel.cancelled() => Ok(()),
        };
        self.announced = oracle.into_announced();
        ended
    }
}

/// Waits until the catalogue holds markets of the origin that the Data API serves: records of one world must
/// not be mixed with those of another. `what` says what cannot be done before.
pub(crate) async fn await_catalogue(
    database: &Database,
    data: &DataClient,
    what: &'static str,
    cancel: &CancellationToken,
) -> Result<(), StoreError> {
    let mut said = false;
    while !cancel.is_cancelled() {
        let held = origin::get(database.service()).await?;
        // Any answer tells where it is from; an error has been logged.
        let asked = data.status().await;
        match (held, data.origin()) {
            (Some(held), Some(found)) if held == found => return Ok(()),
            (Some(held), Some(found)) if !said => {
                said = true;
                tracing::error!(%held, %found, "no {what}: the database holds another world's data");
            }
            _ => tracing::debug!(ok = asked.is_ok(), "no {what} before there is a catalogue"),
        }
        tokio::select! {
            () = sleep(Duration::from_secs(1)) => {}
            () = cancel.cancelled() => {}
        }
    }
    Ok(())
}

/// Gives up what is older than the operator wants to keep.
async fn retain(sources: Arc<Sources>) -> Result<(), StoreError> {
    let mut ticks = ticks(RETAIN_EVERY);
    loop {
        ticks.tick().await;
        for (table, days) in sources.options.retention.limits() {
            let Some(days) = days else { continue };
            let before = sources.now() - TimeDelta::days(days.into());
            let dropped = months::drop_before(sources.database.service(), table, before).await?;
            if dropped > 0 {
                tracing::info!(?table, dropped, "months were given up");
            }
        }
    }
}

/// The right to write, for several writers in turn.
#[derive(Debug, Clone)]
pub(super) struct Pen(Arc<Mutex<IngestLock>>);

impl Pen {
    /// Waits for the turn to write.
    pub(super) async fn take(&self) -> tokio::sync::MutexGuard<'_, IngestLock> {
        self.0.lock().await
    }

    /// Writes one reading of the tape.
    pub(super) async fn write_trades(
        &self,
        source: TapeSource,
        reading: &[HeardTrade],
        now: DateTime<Utc>,
    ) -> Result<Recorded, StoreError> {
        let mut lock = self.take().await;
        let recorded = trades::record(lock.connection(), source, reading, now).await?;
        let name = match source {
            TapeSource::Activity => "activity",
            TapeSource::Record => "data",
        };
        let count = u64::try_from(recorded.inserted).unwrap_or(u64::MAX);
        counter!("cascadian_trades_recorded_total", "source" => name).increment(count);
        Ok(recorded)
    }

    async fn release(self) {
        if let Some(lock) = Arc::into_inner(self.0) {
            lock.into_inner().release().await;
        }
    }
}

/// Ticks that begin now, and never in bursts.
pub(crate) fn ticks(every: Duration) -> tokio::time::Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
