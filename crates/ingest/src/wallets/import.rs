//! One import: everything upstream says of a wallet, and what it comes to.

use chrono::{DateTime, TimeDelta, Utc};
use domain::Address;
use domain::ledger::{Completeness, Coverage};
use polymarket::UpstreamError;
use polymarket::data::ActivityRow;
use polymarket::ws::Clock;
use store::wallets::activity::{self, Activity, StoredActivity};
use store::wallets::imports::{self, Claim};
use store::wallets::metrics::{self, WalletMetrics};
use store::wallets::pnl::{self, PnlPoint, PnlSource};
use store::wallets::{self, History, Wallet, positions, terms};
use store::{Database, StoreError};
use uuid::Uuid;

use super::books::Books;
use super::entries::Book;
use super::fetch::{self, ListedPositions, Shortfall, Takers, WalletClients};
use super::figures::{VERSION, WalletFigures};
use super::series;

/// Rows come late and not in order: the news are read from so long before the last ones on.
const OVERLAP: TimeDelta = TimeDelta::minutes(15);
/// Rows written at once. A second is never cut in two.
const PART: usize = 20_000;

/// Why an import did not end well. What it wrote until then stays, and nothing says that it is all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Upstream does not answer.
    #[error("upstream: {0}")]
    Upstream(#[from] UpstreamError),
    /// The database does not.
    #[error("database: {0}")]
    Store(#[from] StoreError),
    /// Another worker has taken it over.
    #[error("another worker has taken the import over")]
    LeaseLost,
}

/// What an import is done with.
pub(super) struct Import<'a> {
    pub(super) database: &'a Database,
    pub(super) clients: &'a WalletClients,
    pub(super) claim: &'a Claim,
    pub(super) now: DateTime<Utc>,
    /// Most rows of activity that are read: of a larger wallet the newest are not.
    pub(super) most_rows: u64,
    /// Whose lease it is, and how long it lasts.
    pub(super) worker: Uuid,
    pub(super) lease: TimeDelta,
    /// Tells what time it is.
    pub(super) clock: &'a Clock,
}

/// What an import came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Rows of activity that are new.
    pub new_rows: u64,
    /// What is held now.
    pub history: History,
    /// Markets of which the catalogue knows nothing.
    pub unknown_markets: Vec<domain::ConditionId>,
}

/// Activity as far as it was read.
struct Read {
    new_rows: u64,
    shortfall: Shortfall,
}

impl Import<'_> {
    /// Does it. Positions, figures and completeness are written in one transaction at the end.
    pub(super) async fn run(&self) -> Result<Imported, ImportError> {
        let wallet = &self.claim.wallet;
        let held = wallets::get(self.database.service(), wallet).await?;
        self.identify(wallet).await?;
        let since = self.since(held.as_ref());
        let listed = fetch::positions(&self.clients.data, wallet, self.now).await?;
        let read = self.read_activity(since).await?;
        let venue = fetch::venue_pnl(&self.clients.data, wallet, self.now).await;
        let site = fetch::site_pnl(&self.clients.user_pnl, wallet, self.now).await;
        let history = activity::history(self.database.service(), wallet).await?;
        let coverage = coverage(held.as_ref(), self.claim.full, since, &read.shortfall, self.now);
        let told = Told { listed, venue: venue.ok(), site: site.ok() };
        self.conclude(held.as_ref(), &history, coverage, &read, &told).await
    }

    async fn identify(&self, wallet: &Address) -> Result<(), ImportError> {
        match self.clients.gamma.public_profile(wallet).await {
            Ok(Some(profile)) => {
                let identity = fetch::identity(profile);
                wallets::identify(self.database.service(), wallet, &identity, self.now).await?;
            }
            Ok(None) => {}
            // A name is not worth losing the history for.
            Err(error) => tracing::debug!(%wallet, %error, "no profile"),
        }
        Ok(())
    }

    /// From where on activity is to be read: from the very first unless what is before is held.
    fn since(&self, held: Option<&Wallet>) -> Option<DateTime<Utc>> {
        let known = held.and_then(|wallet| wallet.history.as_ref()).filter(|_| !self.claim.full)?;
        known.last_active_at.map(|last| last - OVERLAP)
    }

    async fn read_activity(&self, since: Option<DateTime<Utc>>) -> Result<Read, ImportError> {
        let (wallet, data) = (&self.claim.wallet, &self.clients.data);
        let mut takers = Takers::ask(data, wallet, since, self.now).await;
        let (tips, tips_shortfall) = fetch::tips(data, wallet, since, self.now).await?;
        let mut new_rows = self.write(&tips).await?;
        let mut walk = fetch::activity(data, wallet, since, self.now);
        let mut pending: Vec<Activity> = Vec::new();
        let mut is_too_large = false;
        while let Some(page) = walk.next_page().await? {
            pending.extend(
                page.rows.rows.iter().map(|row: &ActivityRow| fetch::stored(row, &mut takers)),
            );
            if pending.len() >= PART {
                new_rows += self.write_whole_seconds(&mut pending).await?;
            }
            self.keep_lease(walk.tally().rows).await?;
            is_too_large = walk.tally().rows >= self.most_rows && walk.end().is_none();
            if is_too_large {
                break;
            }
        }
        new_rows += self.write(&pending).await?;
        let mut shortfall = fetch::shortfall(&walk);
        if is_too_large {
            shortfall.reasons.push("too_large".to_owned());
            shortfall.cut_at = walk.tally().newest;
        }
        shortfall.reasons.extend(tips_shortfall.reasons);
        shortfall.unusable_rows += tips_shortfall.unusable_rows;
        shortfall.is_broken |= tips_shortfall.is_broken || tips_shortfall.cut_at.is_some();
        Ok(Read { new_rows, shortfall })
    }

    async fn keep_lease(&self, rows: u64) -> Result<(), ImportError> {
        let (database, until) = (self.database.service(), self.clock.now() + self.lease);
        let wallet = &self.claim.wallet;
        let is_kept = imports::progress(database, self.worker, wallet, rows, until).await?;
        if is_kept { Ok(()) } else { Err(ImportError::LeaseLost) }
    }

    async fn write(&self, rows: &[Activity]) -> Result<u64, ImportError> {
        let mut tx = self.database.service().begin().await.map_err(StoreError::from)?;
        let written = activity::record(&mut tx, &self.claim.wallet, rows, self.now).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(written)
    }

    /// Writes all but the last second, of which the next page may have more.
    async fn write_whole_seconds(&self, pending: &mut Vec<Activity>) -> Result<u64, ImportError> {
        let Some(last) = pending.iter().map(|row| row.happened_at).max() else { return Ok(0) };
        let (unfinished, whole): (Vec<_>, Vec<_>) =
            pending.drain(..).partition(|row| row.happened_at == last);
        *pending = unfinished;
        self.write(&whole).await
    }

    async fn conclude(
        &self,
        held: Option<&Wallet>,
        history: &[StoredActivity],
        coverage: Coverage,
        read: &Read,
        told: &Told,
    ) -> Result<Imported, ImportError> {
        let wallet = &self.claim.wallet;
        let since = coverage.since;
        let mut book = self.book(history, &told.listed).await?;
        let books = Books::of(&mut book, history, coverage, Some(&told.listed), self.now);
        let completeness = books.valuation.completeness;
        let is_empty = history.is_empty() && told.listed.rows.is_empty();
        let mut reasons = read.shortfall.reasons.clone();
        reasons.extend(told.listed.shortfall.reasons.iter().cloned());
        reasons.extend(books.valuation.doubts.iter().map(|doubt| doubt.slug().to_owned()));
        reasons.sort();
        reasons.dedup();
        let last = history.last().map(|row| row.activity.happened_at);
        let state = History {
            imported_at: self.now,
            completeness: completeness.slug().to_owned(),
            reasons,
            since,
            until: read.shortfall.cut_at.or(Some(self.now)),
            activity_count: history.len() as u64,
            first_active_at: history.first().map(|row| row.activity.happened_at),
            last_active_at: last,
            is_empty,
        };
        let unknown_markets = book.unknown();
        let kept = books.positions(&book, Some(&told.listed), self.now);
        let own = own_series(&book, &books, completeness, self.now);
        let figures =
            serde_json::to_value(WalletFigures::of(&book, &books)).map_err(StoreError::other)?;
        let figures = WalletMetrics { as_of: self.now, version: VERSION, metrics: figures };

        let mut tx = self.database.service().begin().await.map_err(StoreError::from)?;
        if held.is_none() {
            let asked = [wallet.clone()];
            wallets::found(&mut *tx, &asked, wallets::FoundBy::Asked, self.now).await?;
        }
        positions::replace(&mut tx, wallet, &kept).await?;
        metrics::set(&mut tx, wallet, &figures).await?;
        pnl::clear(&mut tx, wallet, PnlSource::Ledger).await?;
        pnl::record(&mut tx, wallet, PnlSource::Ledger, &own).await?;
        for (source, points) in [(PnlSource::Venue, &told.venue), (PnlSource::Site, &told.site)] {
            if let Some(points) = points {
                pnl::record(&mut tx, wallet, source, points).await?;
            }
        }
        wallets::set_history(&mut tx, wallet, &state).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(Imported { new_rows: read.new_rows, history: state, unknown_markets })
    }

    async fn book(
        &self,
        history: &[StoredActivity],
        listed: &ListedPositions,
    ) -> Result<Book, ImportError> {
        let of_history = history.iter().filter(|row| !row.activity.is_combo);
        let mut conditions: Vec<_> =
            of_history.filter_map(|row| row.activity.condition_id.clone()).collect();
        conditions.extend(listed.rows.iter().filter_map(|row| row.condition_id.clone()));
        conditions.sort();
        conditions.dedup();
        let known = terms::of(self.database.service(), &conditions).await?;
        let grouped = known.iter().filter(|market| market.terms.neg_risk);
        let mut events: Vec<_> =
            grouped.filter_map(|market| market.terms.event_id.clone()).collect();
        events.sort();
        events.dedup();
        let groups = terms::of_neg_risk_events(self.database.service(), &events).await?;
        Ok(Book::new(known, groups, history))
    }
}

/// What upstream lists and says beside the activity.
struct Told {
    listed: ListedPositions,
    venue: Option<Vec<PnlPoint>>,
    site: Option<Vec<PnlPoint>>,
}

/// What the rows held cover after a reading: what they did before, less what the reading leaves out.
fn coverage(
    held: Option<&Wallet>,
    full: bool,
    since: Option<DateTime<Utc>>,
    shortfall: &Shortfall,
    now: DateTime<Utc>,
) -> Coverage {
    let before = held.and_then(|wallet| wallet.history.as_ref()).filter(|_| !full);
    let mut coverage = match before.and_then(|history| history.since) {
        Some(since) => Coverage::capped(since),
        None => Coverage::full(),
    };
    if let Some(cut_at) = shortfall.cut_at {
        coverage.holes.push((cut_at, now));
    }
    if shortfall.is_broken {
        coverage.holes.push((since.unwrap_or(DateTime::UNIX_EPOCH), now));
    }
    coverage.unread_rows = u32::try_from(shortfall.unusable_rows).unwrap_or(u32::MAX);
    coverage
}

/// Our own series; none where the history does not support it.
fn own_series(
    book: &Book,
    books: &Books,
    completeness: Completeness,
    now: DateTime<Utc>,
) -> Vec<PnlPoint> {
    if completeness != Completeness::Full {
        return Vec::new();
    }
    series::realised_by_day(book, &books.entries, now).unwrap_or_default()
}
