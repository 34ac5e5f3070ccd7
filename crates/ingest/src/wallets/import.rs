//! One import: everything upstream says of a wallet, and what it comes to.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Address;
use domain::ledger::{Completeness, Coverage};
use futures_util::FutureExt as _;
use polymarket::UpstreamError;
use polymarket::ws::Clock;
use store::intelligence::{bets, flips, reactions, scores, sizes, traits};
use store::wallets::activity::{self, StoredActivity};
use store::wallets::imports::{self, Claim};
use store::wallets::metrics::{self, WalletMetrics};
use store::wallets::pnl::{self, PnlPoint, PnlSource};
use store::wallets::{self, History, positions, terms};
use store::{Database, PgConnection, StoreError};
use uuid::Uuid;

use super::books::Books;
use super::entries::Book;
use super::fetch::{self, ListedPositions, Shortfall, WalletClients};
use super::figures::{VERSION, WalletFigures};
use super::read::{self, Read};
use super::{conduct, series, turns, wagers};

/// Rows come late and not in order: the news are read from so long before the last ones on.
const OVERLAP: TimeDelta = TimeDelta::minutes(15);

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
    /// The import itself is wrong about what this wallet can be.
    #[error("a fault of the program: {0}")]
    Panicked(String),
}

/// What an import is done with.
pub(super) struct Import<'a> {
    pub(super) database: &'a Database,
    pub(super) clients: &'a WalletClients,
    pub(super) claim: &'a Claim,
    pub(super) now: DateTime<Utc>,
    /// Most rows of activity that are kept: of a larger wallet the newest are not read.
    pub(super) most_rows: u64,
    /// Rows that are written at once, but for those of a second, which is never cut in two.
    pub(super) rows_at_once: usize,
    /// Rows read so far.
    pub(super) rows: AtomicU64,
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

/// What a future comes to, or what it panicked with.
async fn contain<T>(
    future: impl Future<Output = Result<T, ImportError>>,
) -> Result<T, ImportError> {
    // Nothing outlives the future but what the database keeps, and its transactions are undone.
    match AssertUnwindSafe(future).catch_unwind().await {
        Ok(ended) => ended,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            Err(ImportError::Panicked(text.unwrap_or("no message").to_owned()))
        }
    }
}

impl Import<'_> {
    /// [`Self::run`], of which a panic is a failure like any other. It would end the worker with no attempt counted, and
    /// the next worker, and so on: one wallet would hold up all others for ever.
    pub(super) async fn run_contained(&self) -> Result<Imported, ImportError> {
        contain(Box::pin(self.run())).await
    }

    /// Does it. Positions, figures and completeness are written in one transaction at the end.
    pub(super) async fn run(&self) -> Result<Imported, ImportError> {
        let (wallet, database) = (&self.claim.wallet, self.database.service());
        let asked = std::slice::from_ref(wallet);
        wallets::found(database, asked, wallets::FoundBy::Asked, self.now).await?;
        let held = wallets::get(database, wallet).await?.and_then(|wallet| wallet.history);
        let kept = held.filter(|held| self.builds_on(held));
        self.identify(wallet).await?;
        let last = kept.as_ref().and_then(|kept| kept.last_active_at);
        let since = last.map(|last| last - OVERLAP);
        let listed = fetch::positions(&self.clients.data, wallet, self.now).await?;
        let held_rows = kept.as_ref().map_or(0, |kept| kept.activity_count);
        let read = read::activity(self, since, self.most_rows.saturating_sub(held_rows)).await?;
        let venue = fetch::venue_pnl(&self.clients.data, wallet, self.now).await;
        let site = fetch::site_pnl(&self.clients.user_pnl, wallet, self.now).await;
        let history = activity::history(database, wallet).await?;
        let coverage = coverage(kept.as_ref(), since, &read.shortfall, self.now);
        let told = Told { listed, venue: venue.ok(), site: site.ok() };
        let account = self.account(history, coverage, &read, &told).await?;
        self.conclude(kept.as_ref(), account, &read, &told).await
    }

    /// Whether what was read before needs only the news. What is missing somewhere is found by reading everything.
    fn builds_on(&self, held: &History) -> bool {
        !self.claim.full && held.completeness != Completeness::Gap.slug()
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

    /// Says how far it is, and that it goes on.
    pub(super) async fn keep_lease(&self, rows: u64) -> Result<(), ImportError> {
        self.rows.store(rows, Ordering::Relaxed);
        let mut connection = self.database.service().acquire().await.map_err(StoreError::from)?;
        self.keep_lease_in(&mut connection).await
    }

    /// The same in a transaction: until it ends nobody else can take the import over.
    pub(super) async fn keep_lease_in(
        &self,
        connection: &mut PgConnection,
    ) -> Result<(), ImportError> {
        let (wallet, rows) = (&self.claim.wallet, self.rows.load(Ordering::Relaxed));
        let until = self.clock.now() + self.lease;
        let is_kept = imports::progress(connection, self.worker, wallet, rows, until).await?;
        if is_kept { Ok(()) } else { Err(ImportError::LeaseLost) }
    }

    /// Keeps the lease through whatever takes long, until it is lost.
    pub(super) async fn hold(&self, every: Duration) -> ImportError {
        loop {
            tokio::time::sleep(every).await;
            if let Err(error) = self.keep_lease(self.rows.load(Ordering::Relaxed)).await {
                return error;
            }
        }
    }

    /// What the rows held come to. Where they contradict what upstream lists and those that it has just told do not,
    /// the others are wrong: it told them once, and tells something else in their place.
    async fn account(
        &self,
        history: Vec<StoredActivity>,
        coverage: Coverage,
        read: &Read,
        told: &Told,
    ) -> Result<Account, ImportError> {
        let whole = self.books(history, coverage.clone(), told).await?;
        let Some(everything) = &read.everything else { return Ok(whole) };
        let is_stale = |row: &StoredActivity| !everything.contains(&row.id);
        if whole.completeness() == Completeness::Full || !whole.history.iter().any(is_stale) {
            return Ok(whole);
        }
        let (stale, current) = whole.history.iter().cloned().partition(is_stale);
        let current = self.books(current, coverage, told).await?;
        if current.completeness() != Completeness::Full {
            return Ok(whole);
        }
        Ok(Account { stale, ..current })
    }

    async fn books(
        &self,
        history: Vec<StoredActivity>,
        coverage: Coverage,
        told: &Told,
    ) -> Result<Account, ImportError> {
        let mut book = self.book(&history, &told.listed).await?;
        let listed = Some(&told.listed);
        let books = Books::of(&mut book, &history, coverage.clone(), listed, self.now);
        Ok(Account { history, coverage, book, books, stale: Vec::new() })
    }

    async fn conclude(
        &self,
        kept: Option<&History>,
        account: Account,
        read: &Read,
        told: &Told,
    ) -> Result<Imported, ImportError> {
        let wallet = &self.claim.wallet;
        let completeness = account.completeness();
        let Account { history, coverage, book, books, stale } = account;
        let is_told = read.shortfall.is_none() && told.listed.shortfall.is_none();
        let is_empty = is_told && history.is_empty() && told.listed.rows.is_empty();
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
            since: coverage.since,
            until: match &read.shortfall {
                broken if broken.is_broken => kept.and_then(|kept| kept.until),
                whole => whole.cut_at.or(Some(self.now)),
            },
            activity_count: history.len() as u64,
            first_active_at: history.first().map(|row| row.activity.happened_at),
            last_active_at: last,
            is_empty,
        };
        let unknown_markets = book.unknown();
        let settled_bets = wagers::settled(wallet, &book, &books, &coverage);
        let turns = turns::flips(wallet, &book, &books, &history);
        let written_at = self.clock.now();
        let (pool, tape) = (self.database.service(), self.now - conduct::TAPE);
        let reaction = reactions::of(pool, wallet, tape, conduct::TAPE_ORDERS).await?;
        let (now, listed) = (self.now, &told.listed);
        let conduct = conduct::told(wallet, &books, &coverage, listed, reaction, now, written_at);
        let kept = books.positions(&book, Some(&told.listed), self.now);
        let own = own_series(&book, &books, completeness, self.now);
        let figures =
            serde_json::to_value(WalletFigures::of(&book, &books)).map_err(StoreError::other)?;
        let figures = WalletMetrics { as_of: self.now, version: VERSION, metrics: figures };

        let series = [
            (PnlSource::Ledger, Some(&own)),
            (PnlSource::Venue, told.venue.as_ref()),
            (PnlSource::Site, told.site.as_ref()),
        ];
        for points in series.iter().filter_map(|(_, points)| *points) {
            pnl::make_room(pool, points).await?;
        }
        scores::make_room(pool, self.now).await?;
        let mut tx = pool.begin().await.map_err(StoreError::from)?;
        self.keep_lease_in(&mut tx).await?;
        activity::forget(&mut tx, wallet, &stale).await?;
        positions::replace(&mut tx, wallet, &kept).await?;
        sizes::measure_positions(&mut tx, wallet, self.now).await?;
        bets::replace(&mut tx, wallet, &settled_bets).await?;
        flips::replace(&mut tx, wallet, &turns).await?;
        traits::set(&mut tx, &conduct.traits).await?;
        let likeness = conduct.scores.each_ref().map(|(kind, score)| (*kind, score));
        scores::record_all(&mut tx, &likeness).await?;
        metrics::set(&mut tx, wallet, &figures).await?;
        pnl::clear(&mut tx, wallet, PnlSource::Ledger).await?;
        for (source, points) in series {
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

/// A history, and what it comes to.
struct Account {
    history: Vec<StoredActivity>,
    coverage: Coverage,
    book: Book,
    books: Books,
    /// Rows that are held and wrong.
    stale: Vec<StoredActivity>,
}

impl Account {
    fn completeness(&self) -> Completeness {
        self.books.valuation.completeness
    }
}

/// What upstream lists and says beside the activity.
struct Told {
    listed: ListedPositions,
    venue: Option<Vec<PnlPoint>>,
    site: Option<Vec<PnlPoint>>,
}

/// What the rows held cover after a reading: what those did that it builds on, less what the reading leaves out.
fn coverage(
    kept: Option<&History>,
    since: Option<DateTime<Utc>>,
    shortfall: &Shortfall,
    now: DateTime<Utc>,
) -> Coverage {
    let holes = shortfall.is_broken.then(|| (since.unwrap_or(DateTime::UNIX_EPOCH), now));
    Coverage {
        since: kept.and_then(|kept| kept.since),
        until: shortfall.cut_at,
        holes: holes.into_iter().collect(),
        unread_rows: u32::try_from(shortfall.unusable_rows).unwrap_or(u32::MAX),
    }
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
    series::realised_by_day(book, books, now).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_failed_import() {
        let fault = async {
            tokio::task::yield_now().await;
            assert_eq!(7, 8, "the shares of a wallet");
            Ok(())
        };
        let error = contain(fault).await.unwrap_err().to_string();
        assert!(error.starts_with("a fault of the program: "), "{error}");
        assert!(error.contains("the shares of a wallet"), "{error}");
        assert!(matches!(contain(async { Ok(7) }).await, Ok(7)));
        let lost = contain(async { Err::<(), _>(ImportError::LeaseLost) }).await;
        assert!(matches!(lost, Err(ImportError::LeaseLost)));
    }
}
