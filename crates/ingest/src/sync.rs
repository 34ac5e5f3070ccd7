//! One sync of the catalogue, from the first page to the sweep.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Duration, Utc};
use domain::MarketId;
use polymarket::gamma::{
    CrawlQuery, EventKey, EventsQuery, GammaClient, KeysetCrawl, MarketsQuery, RejectedRow,
};
use store::lock::IngestLock;
use store::origin::{self, Claim};
use store::quarantine::{self, Rejected};
use store::sync_logs::{self, Outcome, SyncKind, SyncLog, SyncState};
use store::wallets::{imports, wanted};
use store::{Database, PgConnection, StoreError, catalogue, markets, sweep};
use tokio::sync::{Mutex, OnceCell, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::crawl::{Crawled, Fetched, crawl_events, page_channel};
use crate::tally::{Tally, milliseconds};
use crate::{ClosedScope, IngestError, IngestOptions};

/// Ids that one request may ask for.
const IDS_PER_REQUEST: usize = 100;
/// Markets of wallets' histories that are fetched at most in one sync.
const WANTED: u32 = 2_000;
/// Markets that left the open listing and are asked for one by one, at most in one sync.
const SINGLE_LOOKUPS: usize = 200;
/// Closed markets whose answer is asked for again, at most in one sync.
const FOLLOWED: i64 = 2_000;
/// How long after its close a market is followed to its resolution.
const FOLLOW_DAYS: i64 = 30;
/// Once all closed events are held, later scheduled syncs look this far back.
const CLOSED_OVERLAP_DAYS: i64 = 14;
/// How long the log of syncs is kept.
const LOG_DAYS: i64 = 30;

/// Runs syncs while its process holds the ingest lock.
#[derive(Debug, Clone)]
pub struct CatalogueSync {
    client: GammaClient,
    database: Database,
    options: IngestOptions,
    /// The connection that holds the lock. Every write goes through it, one batch at a time.
    writer: Arc<Mutex<IngestLock>>,
    cancel: CancellationToken,
}

/// One sync under way.
struct Run<'a> {
    sync: &'a CatalogueSync,
    sync_id: Uuid,
    tally: Tally,
    /// The database has agreed to hold data of the origin that answers.
    origin_is_claimed: OnceCell<()>,
}

/// How a sync ended.
#[derive(Debug, Default)]
struct Ended {
    /// Everything asked for was fetched.
    complete: bool,
    /// What went wrong on the way, first things first.
    problems: Vec<String>,
}

impl CatalogueSync {
    /// Prepares to run syncs under a lock just taken.
    pub fn new(
        client: GammaClient,
        database: Database,
        options: IngestOptions,
        lock: IngestLock,
        cancel: CancellationToken,
    ) -> Self {
        Self { client, database, options, writer: Arc::new(Mutex::new(lock)), cancel }
    }

    /// Gives the lock back, if no sync is under way.
    pub async fn release(self) {
        if let Ok(lock) = Arc::try_unwrap(self.writer) {
            lock.into_inner().release().await;
        }
    }

    /// Runs a waiting sync to its end and logs how it went. An error means that it could not even be
    /// logged, or that the lock's connection is gone: take the lock anew.
    pub async fn run(&self, queued: &SyncLog) -> Result<SyncLog, StoreError> {
        let service = self.database.service();
        let scope = self.options.closed.to_string();
        let started = sync_logs::start(service, queued.sync_id, &scope, Utc::now()).await?;
        tracing::info!(sync.id = %started.sync_id, sync.kind = started.kind.as_str(), "sync started");
        let began = Instant::now();
        let run = Run {
            sync: self,
            sync_id: queued.sync_id,
            tally: Tally::new(),
            origin_is_claimed: OnceCell::new(),
        };
        let ended = match queued.kind {
            SyncKind::Full => run.full(&started).await,
            SyncKind::Hot => run.hot().await,
        };
        let counts = run.tally.counts();
        let (status, error) = verdict(&ended, counts.quarantined, counts.markets_seen);
        let error = error.as_deref();
        let complete = ended.as_ref().is_ok_and(|ended| ended.complete);
        let outcome = Outcome { status, complete, error };
        let log = sync_logs::finish(service, queued.sync_id, &counts, &outcome, Utc::now()).await?;
        metrics::counter!("cascadian_syncs_total", "kind" => log.kind.as_str(), "status" => status.as_str())
            .increment(1);
        metrics::histogram!("cascadian_sync_seconds", "kind" => log.kind.as_str())
            .record(began.elapsed().as_secs_f64());
        tracing::info!(
            sync.id = %log.sync_id, sync.kind = log.kind.as_str(), sync.status = status.as_str(), error,
            counts.pages, counts.markets_seen, counts.inserted, counts.updated, counts.quarantined,
            elapsed_ms = milliseconds(began.elapsed()), "sync ended"
        );
        match ended {
            // The lock lives in a connection; if the database dropped it, so did the lock.
            Err(IngestError::Store(error)) => Err(error),
            _ => Ok(log),
        }
    }
}

/// The state to log, and why it is not a success.
fn verdict(
    ended: &Result<Ended, IngestError>,
    quarantined: i64,
    markets_seen: i64,
) -> (SyncState, Option<String>) {
    match ended {
        Err(error) if markets_seen == 0 => (SyncState::Failed, Some(error.to_string())),
        Err(error) => (SyncState::Failed, Some(format!("{error}; what was written before stays"))),
        Ok(ended) => {
            // Two lanes usually fail for one reason.
            let mut problems = ended.problems.clone();
            problems.dedup();
            if quarantined > 0 {
                problems.push(format!(
                    "{quarantined} rows could not be understood and are in quarantine"
                ));
            }
            let error = (!problems.is_empty()).then(|| problems.join("; "));
            let status = match (ended.complete && quarantined == 0, markets_seen) {
                (true, _) => SyncState::Success,
                (false, 0) => SyncState::Failed,
                (false, _) => SyncState::Partial,
            };
            (status, error)
        }
    }
}

impl Run<'_> {
    async fn full(&self, log: &SyncLog) -> Result<Ended, IngestError> {
        let mut ended = Ended { complete: true, ..Ended::default() };
        {
            let mut writer = self.sync.writer.lock().await;
            catalogue::prepare_history(writer.connection(), Utc::now()).await?;
        }
        let open = EventsQuery { closed: Some(false), ..EventsQuery::default() };
        let mut seen = HashSet::new();
        let listed = self.crawl(&open, &mut seen, &mut ended).await?;
        if let Some(closed) = self.closed_query(log).await? {
            self.crawl(&closed, &mut seen, &mut ended).await?;
        }
        if listed {
            self.sweep(&seen, &mut ended).await?;
        }
        self.follow_unresolved(&mut ended).await?;
        let keep_since = Utc::now() - Duration::days(LOG_DAYS);
        sync_logs::prune(self.sync.database.service(), keep_since).await?;
        Ok(ended)
    }

    async fn hot(&self) -> Result<Ended, IngestError> {
        let mut ended = Ended { complete: true, ..Ended::default() };
        {
            let mut writer = self.sync.writer.lock().await;
            catalogue::prepare_history(writer.connection(), Utc::now()).await?;
        }
        let open = MarketsQuery { closed: Some(false), ..MarketsQuery::default() };
        let by_volume = MarketsQuery {
            volume_num_min: Some(self.sync.options.hot_volume.into()),
            ..open.clone()
        };
        let by_liquidity = MarketsQuery {
            liquidity_num_min: Some(self.sync.options.hot_liquidity.into()),
            ..open
        };
        for query in [by_volume, by_liquidity] {
            let client = self.sync.client.clone();
            let mut crawl = KeysetCrawl::new(client, CrawlQuery::Markets(query));
            loop {
                let page = tokio::select! {
                    page = crawl.next_page() => page,
                    () = self.sync.cancel.cancelled() => return Err(IngestError::Cancelled),
                };
                match page {
                    Ok(Some(page)) => self.write(Fetched::now(page)).await?,
                    Ok(None) => break,
                    Err(error) => {
                        ended.complete = false;
                        ended.problems.push(error.to_string());
                        break;
                    }
                }
            }
        }
        self.fetch_wanted(&mut ended).await?;
        Ok(ended)
    }

    /// Fetches markets that are in wallets' histories and not in the catalogue, with all of their events, and has
    /// those wallets' books made anew.
    async fn fetch_wanted(&self, ended: &mut Ended) -> Result<(), IngestError> {
        let database = self.sync.database.service();
        let wanted = wanted::due(database, Utc::now(), WANTED).await?;
        for batch in wanted.chunks(IDS_PER_REQUEST) {
            let mut events = HashSet::new();
            for closed in [true, false] {
                let query = MarketsQuery {
                    closed: Some(closed),
                    condition_ids: batch.to_vec(),
                    ..MarketsQuery::default()
                };
                let Some(page) = self.page(CrawlQuery::Markets(query), ended).await? else {
                    return Ok(());
                };
                events
                    .extend(page.page.markets.iter().filter_map(|market| market.event_id.clone()));
                self.write(page).await?;
            }
            // The other outcomes of a question, its tags, its category.
            for event in events {
                match self.sync.client.event(&EventKey::Id(event)).await {
                    Ok(Some(page)) => self.write(Fetched::now(page)).await?,
                    Ok(None) => {}
                    Err(error) => {
                        ended.complete = false;
                        ended.problems.push(error.to_string());
                    }
                }
            }
            let found = wanted::settle(database, batch, Utc::now()).await?;
            let wallets = imports::review(database, &found, Utc::now()).await?;
            tracing::debug!(
                found = found.len(),
                wallets,
                "markets of wallets' histories were fetched"
            );
        }
        Ok(())
    }

    /// The first page of a query; `None` where upstream fails, which is noted.
    async fn page(
        &self,
        query: CrawlQuery,
        ended: &mut Ended,
    ) -> Result<Option<Fetched>, IngestError> {
        let mut crawl = KeysetCrawl::new(self.sync.client.clone(), query);
        let page = tokio::select! {
            page = crawl.next_page() => page,
            () = self.sync.cancel.cancelled() => return Err(IngestError::Cancelled),
        };
        match page {
            Ok(page) => Ok(page.map(Fetched::now)),
            Err(error) => {
                ended.complete = false;
                ended.problems.push(error.to_string());
                Ok(None)
            }
        }
    }

    /// Which closed events to enumerate. The clock's syncs fetch the past once, then only its recent end;
    /// somebody who asks for a sync gets what they asked for.
    async fn closed_query(&self, log: &SyncLog) -> Result<Option<EventsQuery>, IngestError> {
        let text = log.closed_scope.as_deref().unwrap_or_default();
        let scope: ClosedScope = text.parse().unwrap_or_default();
        let since = match scope {
            ClosedScope::None => return Ok(None),
            ClosedScope::All => None,
            ClosedScope::Since(day) => Some(day.and_time(chrono::NaiveTime::MIN).and_utc()),
        };
        let scheduled = log.trigger == sync_logs::SyncTrigger::Schedule;
        let covered =
            scheduled && sync_logs::has_covered(self.sync.database.service(), text).await?;
        let recent = Utc::now() - Duration::days(CLOSED_OVERLAP_DAYS);
        let end_date_min = if covered { since.max(Some(recent)) } else { since };
        Ok(Some(EventsQuery { closed: Some(true), end_date_min, ..EventsQuery::default() }))
    }

    /// Enumerates events and writes their pages as they come. True when every event was seen and written.
    async fn crawl(
        &self,
        query: &EventsQuery,
        seen: &mut HashSet<MarketId>,
        ended: &mut Ended,
    ) -> Result<bool, IngestError> {
        let (sender, receiver) = page_channel();
        let stop = self.sync.cancel.child_token();
        let crawling = async {
            // Owned here, so that the writer's loop ends when the lanes do.
            let sender = sender;
            crawl_events(&self.sync.client, query, &self.tally, &sender, &stop).await
        };
        let (Crawled { complete, errors }, written) =
            tokio::join!(crawling, self.write_all(receiver, seen));
        written?;
        if self.sync.cancel.is_cancelled() {
            return Err(IngestError::Cancelled);
        }
        ended.complete &= complete;
        ended.problems.extend(errors.iter().map(ToString::to_string));
        Ok(complete)
    }

    /// Writes pages until there are no more. An error drops the receiver, which ends the lanes.
    async fn write_all(
        &self,
        mut pages: mpsc::Receiver<Fetched>,
        seen: &mut HashSet<MarketId>,
    ) -> Result<(), IngestError> {
        while let Some(fetched) = pages.recv().await {
            seen.extend(fetched.page.markets.iter().map(|market| market.market_id.clone()));
            self.write(fetched).await?;
        }
        Ok(())
    }

    /// Writes one page: its changed rows, its rejected rows, and the progress.
    async fn write(&self, Fetched { page, at }: Fetched) -> Result<(), IngestError> {
        let began = Instant::now();
        if !page.drift.is_empty() {
            tracing::debug!(drift = ?page.drift, "upstream sends what is not documented");
        }
        let applied = {
            let mut writer = self.sync.writer.lock().await;
            let connection = writer.connection();
            self.origin_is_claimed.get_or_try_init(|| self.claim_origin(connection, at)).await?;
            let connection = writer.connection();
            let sync_id = Some(self.sync_id);
            quarantine::keep(connection, sync_id, at, &quarantined(&page.rejected)).await?;
            catalogue::apply(connection, sync_id, at, &page.events, &page.markets).await?
        };
        self.tally.add(|counts| {
            counts.pages += 1;
            counts.events_seen += count(page.events.len());
            counts.markets_seen += count(page.markets.len());
            counts.inserted += applied.inserted.cast_signed();
            counts.updated += applied.updated.cast_signed();
            counts.unchanged += applied.unchanged.cast_signed();
            counts.quarantined += count(page.rejected.len());
            counts.write_ms += milliseconds(began.elapsed());
        });
        if let Some(counts) = self.tally.due() {
            sync_logs::progress(self.sync.database.service(), self.sync_id, &counts).await?;
        }
        Ok(())
    }

    /// Simulated and real data never meet: the first sync decides what a database holds.
    async fn claim_origin(
        &self,
        connection: &mut PgConnection,
        now: DateTime<Utc>,
    ) -> Result<(), IngestError> {
        let Some(found) = self.sync.client.origin() else { return Ok(()) };
        match origin::claim(connection, &found, now).await? {
            Claim::Granted => Ok(()),
            Claim::Refused { held } => Err(IngestError::ForeignOrigin { held, found }),
        }
    }

    /// Looks for the open markets that a complete crawl did not list: most have closed and are fetched by
    /// id; those upstream knows no more are counted, and delisted the second time.
    async fn sweep(&self, seen: &HashSet<MarketId>, ended: &mut Ended) -> Result<(), IngestError> {
        let held = markets::open_ids(self.sync.database.service()).await?;
        let mut absent: Vec<MarketId> = held.into_iter().filter(|id| !seen.contains(id)).collect();
        for closed in [true, false] {
            absent = self.fetch(absent, closed, ended).await?;
        }
        let alone = absent.split_off(absent.len().saturating_sub(SINGLE_LOOKUPS));
        for market_id in alone {
            match self.sync.client.market(&market_id).await {
                Ok(Some(page)) => self.write(Fetched::now(page)).await?,
                Ok(None) => absent.push(market_id),
                Err(error) => {
                    // Not known to be gone: it is looked for again by the next sync.
                    ended.complete = false;
                    ended.problems.push(error.to_string());
                    return Ok(());
                }
            }
        }
        let swept = {
            let mut writer = self.sync.writer.lock().await;
            let sync_id = Some(self.sync_id);
            sweep::record_absences(writer.connection(), sync_id, Utc::now(), &absent).await?
        };
        self.tally.add(|counts| counts.swept += swept.cast_signed());
        Ok(())
    }

    /// Asks again for markets that closed lately without a final answer.
    async fn follow_unresolved(&self, ended: &mut Ended) -> Result<(), IngestError> {
        let since = Utc::now() - Duration::days(FOLLOW_DAYS);
        let ids = markets::unresolved_ids(self.sync.database.service(), since, FOLLOWED).await?;
        self.fetch(ids, true, ended).await?;
        Ok(())
    }

    /// Fetches and writes markets by id. Returns those that upstream did not send.
    async fn fetch(
        &self,
        ids: Vec<MarketId>,
        closed: bool,
        ended: &mut Ended,
    ) -> Result<Vec<MarketId>, IngestError> {
        let mut missing = Vec::new();
        for batch in ids.chunks(IDS_PER_REQUEST) {
            if self.sync.cancel.is_cancelled() {
                return Err(IngestError::Cancelled);
            }
            let query = MarketsQuery {
                closed: Some(closed),
                ids: batch.to_vec(),
                ..MarketsQuery::default()
            };
            match self.sync.client.markets_keyset(&query).await {
                Ok(page) => {
                    let sent: HashSet<_> = page.markets.iter().map(|m| &m.market_id).collect();
                    missing.extend(batch.iter().filter(|id| !sent.contains(id)).cloned());
                    self.write(Fetched::now(page)).await?;
                }
                Err(error) => {
                    ended.complete = false;
                    ended.problems.push(error.to_string());
                    missing.extend_from_slice(batch);
                }
            }
        }
        Ok(missing)
    }
}

fn quarantined(rows: &[RejectedRow]) -> Vec<Rejected> {
    let rows = rows.iter().map(|row| Rejected {
        kind: row.kind.name(),
        upstream_id: row.id.clone(),
        reason: row.reason.to_string(),
        path: row.path.clone(),
        raw: row.raw.clone(),
    });
    rows.collect()
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
