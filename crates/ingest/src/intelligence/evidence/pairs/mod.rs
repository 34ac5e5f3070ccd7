//! Of owners on events: how large, how early and how one-sided they bought beside what was seen before, and what is known of
//! the wallet that did.
//!
//! Of an instant one source tells. Since the tape is read it is the tape, of everybody who took. Before that it is the
//! histories of imported wallets, as far as they are whole: those of leaders, of who bought much once, of whom somebody
//! asked for. They are chosen, so they are held against each other and not against the tape
//! ([`domain::insiders::live::Background`]).
//!
//! Purchases come in the order in which they were made, as far as they were heard in it; one that is heard late is held
//! against everything that was known when it was, and never the other way round. What is usual is kept in memory and made
//! anew when the process begins; later an import costs the reading of its own wallet.

mod course;
mod told;

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use domain::clusters::OwnerIx;
use domain::insiders::gates::{self, Gate};
use domain::insiders::live::{Background, Purchase};
use domain::ledger::{EventIx, Markets, Slot};
use domain::{Address, Category};
use rust_decimal::{Decimal, dec};
use store::intelligence::purchases::{self, HeardPurchase, HistorySpan, PurchaseFilter};
use store::intelligence::standing::{self, Standing};
use store::intelligence::{note_read, read_until};
use store::{StoreError, tape};

use self::course::{Course, id_of, micro};
use super::super::service::Sources;
use super::super::wash::{OwnerNumbers, is_maker_like};
use super::accounts::Accounts;

/// Under these names it is noted how far the tape, and histories, were looked through.
const JOB: &str = "pairs";
const HISTORIES: &str = "pairs_histories";
/// Dollars below which a purchase is left out: who buys for five hundred in crumbs is somebody else.
const LEAST: Decimal = dec!(20);
/// Several write the tape, so that a row may be a little older than another written before it.
const LOOK_BACK: TimeDelta = TimeDelta::minutes(1);
/// An import takes no longer: its first rows are so much older than its end.
const IMPORT_LASTS: TimeDelta = TimeDelta::hours(1);
/// The tape is read in pieces so long, and so are histories.
const PIECE: TimeDelta = TimeDelta::hours(6);
const PIECE_OF_HISTORIES: TimeDelta = TimeDelta::days(1);
/// Wallets whose histories are read at once.
const WALLETS_AT_ONCE: usize = 100;

/// An owner on an event.
type Key = (OwnerIx, EventIx);

/// What an owner on an event is matched by.
type Likeness = (Option<Category>, usize, usize);

/// All pairs of the last months, and what is usual among them.
#[derive(Debug)]
pub(super) struct Pairs {
    background: Background,
    markets: Markets,
    owners: OwnerNumbers,
    known: HashMap<Address, Standing>,
    last_trades: HashMap<Address, DateTime<Utc>>,
    courses: HashMap<Key, Course>,
    /// Pairs of each owner that were measured.
    looks: HashMap<OwnerIx, usize>,
    /// The first purchase of each owner, and on what.
    first_events: HashMap<OwnerIx, (DateTime<Utc>, EventIx)>,
    /// Which part of histories is read. Where it ends the tape begins.
    span: HistorySpan,
    /// Wallets whose history is read.
    histories: HashSet<Address>,
    /// When an import told of a wallet whose purchases the tape had told before.
    told_by_import: HashMap<Address, DateTime<Utc>>,
    newest: DateTime<Utc>,
    until: DateTime<Utc>,
}

fn shut() -> Vec<Category> {
    let is_shut = |category: &Category| matches!(gates::category(Some(*category)), Gate::Shut(_));
    Category::ALL.into_iter().filter(is_shut).collect()
}

fn filter(without: &[Category]) -> PurchaseFilter<'_> {
    PurchaseFilter { least: LEAST, without }
}

impl Pairs {
    /// Reads histories and the tape from so far back on, and writes what was not looked at before.
    pub(super) async fn rebuild(
        sources: &Sources,
        now: DateTime<Utc>,
        accounts: &Accounts,
    ) -> Result<Self, StoreError> {
        let database = sources.database.service();
        let tape = tape::progress(database).await?;
        let on_tape = now - sources.options.evidence_back;
        let on_tape = tape.map_or(on_tape, |tape| tape.complete_from.clamp(on_tape, now));
        let since = (now - sources.options.evidence_histories_back).min(on_tape);
        let mut pairs = Self {
            background: Background::new(),
            markets: Markets::new(),
            owners: OwnerNumbers::default(),
            known: HashMap::new(),
            last_trades: HashMap::new(),
            courses: HashMap::new(),
            looks: HashMap::new(),
            first_events: HashMap::new(),
            span: HistorySpan { since, until: on_tape },
            histories: HashSet::new(),
            told_by_import: HashMap::new(),
            newest: DateTime::UNIX_EPOCH,
            until: now,
        };
        let mut fresh = pairs.read_histories(sources, now).await?;
        fresh.extend(pairs.read_tape(sources, now).await?);
        pairs.tell(sources, &fresh, accounts).await?;
        pairs.note(sources).await?;
        Ok(pairs)
    }

    /// Takes what was heard, and who was imported, since the last time.
    pub(super) async fn go_on(
        &mut self,
        sources: &Sources,
        now: DateTime<Utc>,
        accounts: &Accounts,
    ) -> Result<(), StoreError> {
        let database = sources.database.service();
        let without = shut();
        let after = self.until - LOOK_BACK;
        let mut fresh = self.read_imported(sources, (after, now)).await?;
        let heard = purchases::heard(database, after, now, filter(&without)).await?;
        fresh.extend(self.take(sources, &heard, None).await?);
        self.until = now;
        self.tell(sources, &fresh, accounts).await?;
        self.note(sources).await
    }

    async fn note(&self, sources: &Sources) -> Result<(), StoreError> {
        let mut connection =
            sources.database.service().acquire().await.map_err(StoreError::from)?;
        note_read(&mut connection, HISTORIES, self.until).await?;
        note_read(&mut connection, JOB, self.until).await
    }

    /// All histories, until where the tape begins.
    async fn read_histories(
        &mut self,
        sources: &Sources,
        now: DateTime<Utc>,
    ) -> Result<BTreeSet<Key>, StoreError> {
        let (database, span, without) = (sources.database.service(), self.span, shut());
        let seen_until = read_until(database, HISTORIES).await?.map(|until| until - IMPORT_LASTS);
        // Before the purchases: who is imported meanwhile is read again, and what is held twice counts once.
        let whole = purchases::imported(database, DateTime::UNIX_EPOCH, now, span).await?;
        let mut fresh = BTreeSet::new();
        let mut from = span.since;
        while from < span.until {
            let until = (from + PIECE_OF_HISTORIES).min(span.until);
            let piece = (from, until);
            let heard = purchases::in_histories(database, piece, span, filter(&without)).await?;
            fresh.extend(self.take(sources, &heard, seen_until).await?);
            from = until;
        }
        self.histories.extend(whole);
        self.forget_crumbs();
        Ok(fresh)
    }

    async fn read_tape(
        &mut self,
        sources: &Sources,
        now: DateTime<Utc>,
    ) -> Result<BTreeSet<Key>, StoreError> {
        let (database, without) = (sources.database.service(), shut());
        let seen_until = read_until(database, JOB).await?;
        let mut fresh = BTreeSet::new();
        let mut from = self.span.until;
        while from < now {
            let until = (from + PIECE).min(now);
            let heard = purchases::between(database, from, until, filter(&without)).await?;
            fresh.extend(self.take(sources, &heard, seen_until).await?);
            from = until;
        }
        Ok(fresh)
    }

    /// Histories that were read to their end within a time, for the first time: what they tell of before the tape, and
    /// every pair of their wallets, of which more is known now than when it was told.
    async fn read_imported(
        &mut self,
        sources: &Sources,
        (after, now): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<BTreeSet<Key>, StoreError> {
        let (database, span, without) = (sources.database.service(), self.span, shut());
        let mut new = purchases::imported(database, after, now, span).await?;
        new.retain(|wallet| !self.histories.contains(wallet));
        let mut fresh = BTreeSet::new();
        for part in new.chunks(WALLETS_AT_ONCE) {
            let heard = purchases::in_histories_of(database, part, span, filter(&without)).await?;
            fresh.extend(self.take(sources, &heard, None).await?);
        }
        let owners: HashSet<OwnerIx> =
            new.iter().filter_map(|wallet| self.owners.known(wallet)).collect();
        fresh.extend(self.courses.keys().filter(|(owner, _)| owners.contains(owner)));
        self.told_by_import.extend(new.iter().map(|wallet| (wallet.clone(), now)));
        self.histories.extend(new);
        Ok(fresh)
    }

    /// Takes purchases in their order; the pairs that were measured anew by one that was heard after `seen_until`.
    async fn take(
        &mut self,
        sources: &Sources,
        heard: &[HeardPurchase],
        seen_until: Option<DateTime<Utc>>,
    ) -> Result<Vec<Key>, StoreError> {
        self.get_to_know(sources, heard).await?;
        let mut fresh = Vec::new();
        for purchase in heard {
            let Some(key) = self.add(purchase) else { continue };
            if seen_until.is_none_or(|seen_until| purchase.observed_at > seen_until) {
                fresh.push(key);
            }
        }
        Ok(fresh)
    }

    /// Looks up the wallets that are seen for the first time.
    async fn get_to_know(
        &mut self,
        sources: &Sources,
        heard: &[HeardPurchase],
    ) -> Result<(), StoreError> {
        let new: HashSet<&Address> = heard
            .iter()
            .map(|purchase| &purchase.wallet)
            .filter(|wallet| !self.known.contains_key(*wallet))
            .collect();
        let new: Vec<Address> = new.into_iter().cloned().collect();
        let mut found = standing::of(sources.database.service(), &new).await?;
        self.known.extend(new.into_iter().map(|wallet| {
            let standing = found.remove(&wallet).unwrap_or_default();
            (wallet, standing)
        }));
        Ok(())
    }

    /// One more purchase; the pair, if it was measured anew.
    fn add(&mut self, heard: &HeardPurchase) -> Option<Key> {
        let standing = self.known.get(&heard.wallet);
        if standing.and_then(is_maker_like) == Some(true) {
            return None;
        }
        let owner = self.owners.of(&heard.wallet, standing);
        let market = self.markets.set(heard.terms.clone());
        let event = self.markets.event_of(market);
        let purchase = Purchase {
            id: id_of(heard),
            at: heard.traded_at,
            slot: Slot { market, outcome: heard.outcome_index },
            usdc: micro(heard.usdc),
            price: heard.price.to_f64(),
            deadline: heard.terms.scheduled_end,
        };
        let key = (owner, event);
        let first = self.first_events.entry(owner).or_insert((heard.traded_at, event));
        if heard.traded_at < first.0 {
            *first = (heard.traded_at, event);
        }
        let course = self.courses.entry(key).or_insert_with(|| Course::begin(key, heard));
        course.take(heard, &purchase);
        let mut observation = course.measure()?;
        // What is heard late is held against what was known when it was.
        self.newest = self.newest.max(observation.at);
        observation.at = self.newest;
        let is_new = course.scored.is_none();
        course.scored = self.background.score(observation);
        if is_new && course.scored.is_some() {
            *self.looks.entry(owner).or_default() += 1;
        }
        Some(key)
    }

    /// Of most events that are over somebody bought too little to be measured, and nobody will buy more.
    fn forget_crumbs(&mut self) {
        self.courses.retain(|_, course| course.scored.is_some() || course.ended_at.is_none());
        self.courses.shrink_to_fit();
    }
}
