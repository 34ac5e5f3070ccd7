//! Of owners on events: how large, how early and how one-sided they bought beside what was seen before.
//!
//! Purchases come in the order in which they were made, as far as they were heard in it; one that is heard late is held
//! against everything that was known when it was, and never the other way round. What is usual is kept in memory and made
//! anew from the tape when the process begins.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use domain::clusters::OwnerIx;
use domain::evidence::{Basis, EvidenceId};
use domain::insiders::gates::{self, Gate, Life};
use domain::insiders::live::{Background, LEAST_USDC, Pair, Purchase, Scored, VERSION};
use domain::insiders::table::{Facts, Signal, table};
use domain::ledger::{EventIx, MICRO, Markets, MicroUsdc, Slot};
use domain::{Address, Category, MarketId, TransactionHash};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};
use store::StoreError;
use store::intelligence::evidence::{InformedEvidence, Layer};
use store::intelligence::purchases::{self, HeardPurchase, PurchaseFilter};
use store::intelligence::standing::{self, Standing};
use store::intelligence::{note_read, read_until};

use super::super::service::Sources;
use super::super::wash::{OwnerNumbers, is_maker_like};
use super::accounts::Accounts;

/// Under this name it is noted how far the tape was looked through.
const JOB: &str = "pairs";
/// Dollars below which a purchase is left out: who buys for five hundred in crumbs is somebody else.
const LEAST: Decimal = dec!(20);
/// Several write the tape, so that a row may be a little older than another written before it.
const LOOK_BACK: TimeDelta = TimeDelta::minutes(1);
/// The tape is read in pieces so long.
const PIECE: TimeDelta = TimeDelta::hours(6);
/// A pair is measured again when its dollars have grown by this part.
const GROWN: f64 = 0.1;
/// The latest controls of a kind are enough.
const CONTROLS: usize = 400;
/// Transactions that a row names, the last ones.
const NAMED: usize = 20;

/// An owner's purchases on an event.
#[derive(Debug)]
struct Course {
    pair: Pair,
    /// Where the row of it stands: the market and the wallet of the first purchase.
    home: (MarketId, Address),
    category: Option<Category>,
    dollars: f64,
    shares: f64,
    measured: f64,
    scored: Option<Scored>,
    /// When the event was over, if it is.
    ended_at: Option<DateTime<Utc>>,
    transactions: VecDeque<TransactionHash>,
}

/// An owner on an event.
type Key = (OwnerIx, EventIx);

/// What an owner on an event is matched by.
type Likeness = (Option<Category>, usize, usize);

/// All pairs of the last weeks, and what is usual among them.
#[derive(Debug)]
pub(super) struct Pairs {
    background: Background,
    markets: Markets,
    owners: OwnerNumbers,
    known: HashMap<Address, Standing>,
    courses: HashMap<Key, Course>,
    newest: DateTime<Utc>,
    until: DateTime<Utc>,
}

fn shut() -> Vec<Category> {
    let is_shut = |category: &Category| matches!(gates::category(Some(*category)), Gate::Shut(_));
    Category::ALL.into_iter().filter(is_shut).collect()
}

impl Pairs {
    /// Reads the tape from so far back on, and writes what was not looked at before.
    pub(super) async fn rebuild(
        sources: &Sources,
        now: DateTime<Utc>,
        accounts: &Accounts,
    ) -> Result<Self, StoreError> {
        let database = sources.database.service();
        let mut pairs = Self {
            background: Background::new(),
            markets: Markets::new(),
            owners: OwnerNumbers::default(),
            known: HashMap::new(),
            courses: HashMap::new(),
            newest: DateTime::UNIX_EPOCH,
            until: now,
        };
        let seen_until = read_until(database, JOB).await?;
        let without = shut();
        let filter = PurchaseFilter { least: LEAST, without: &without };
        let mut fresh = BTreeSet::new();
        let mut from = now - sources.options.evidence_back;
        while from < now {
            let until = (from + PIECE).min(now);
            let heard = purchases::between(database, from, until, filter).await?;
            fresh.extend(pairs.take(sources, &heard, seen_until).await?);
            from = until;
        }
        pairs.tell(sources, &fresh, now, accounts).await?;
        Ok(pairs)
    }

    /// Takes what was heard since the last time.
    pub(super) async fn go_on(
        &mut self,
        sources: &Sources,
        now: DateTime<Utc>,
        accounts: &Accounts,
    ) -> Result<(), StoreError> {
        let database = sources.database.service();
        let without = shut();
        let filter = PurchaseFilter { least: LEAST, without: &without };
        let after = self.until - LOOK_BACK;
        let heard = purchases::heard(database, after, now, filter).await?;
        let fresh = self.take(sources, &heard, None).await?;
        self.until = now;
        self.tell(sources, &fresh, now, accounts).await
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
        let usdc = micro(heard.usdc);
        let purchase = Purchase {
            id: id_of(heard),
            at: heard.traded_at,
            slot: Slot { market, outcome: heard.outcome_index },
            usdc,
            price: heard.price.to_f64(),
            deadline: heard.terms.scheduled_end,
        };
        let course = self.courses.entry((owner, event)).or_insert_with(|| Course {
            pair: Pair::new(owner, event),
            home: (heard.market_id.clone(), heard.wallet.clone()),
            category: heard.terms.category,
            dollars: 0.0,
            shares: 0.0,
            measured: 0.0,
            scored: None,
            ended_at: None,
            transactions: VecDeque::new(),
        });
        course.take(heard, &purchase);
        if course.dollars * (MICRO as f64) < LEAST_USDC as f64
            || course.dollars < course.measured * (1.0 + GROWN)
        {
            return None;
        }
        let mut observation = course.pair.observation(Basis::Feed)?;
        // What is heard late is held against what was known when it was.
        self.newest = self.newest.max(observation.at);
        observation.at = self.newest;
        course.measured = course.dollars;
        course.scored = self.background.score(observation);
        Some((owner, event))
    }

    /// Writes what is found of these pairs.
    async fn tell(
        &mut self,
        sources: &Sources,
        fresh: &(impl IntoIterator<Item = Key> + Clone),
        now: DateTime<Utc>,
        accounts: &Accounts,
    ) -> Result<(), StoreError> {
        let subjects: BTreeSet<Key> = fresh
            .clone()
            .into_iter()
            .filter(|key| self.courses.get(key).is_some_and(Course::is_found))
            .collect();
        if !subjects.is_empty() {
            let pools = self.pools(&subjects);
            self.refresh(sources, &pools).await?;
            let said = subjects.iter().filter_map(|key| self.row(*key, &pools, now, accounts));
            super::write(sources, &said.collect::<Vec<_>>()).await?;
        }
        let mut connection =
            sources.database.service().acquire().await.map_err(StoreError::from)?;
        note_read(&mut connection, JOB, self.until).await
    }

    /// The latest pairs of each kind that some subject is of.
    fn pools(&self, subjects: &BTreeSet<Key>) -> HashMap<Likeness, Vec<Key>> {
        let wanted: HashSet<Likeness> =
            subjects.iter().filter_map(|key| self.courses.get(key)?.likeness()).collect();
        let mut pools: HashMap<Likeness, Vec<Key>> = HashMap::new();
        for (key, course) in &self.courses {
            if let Some(likeness) = course.likeness().filter(|likeness| wanted.contains(likeness)) {
                pools.entry(likeness).or_default().push(*key);
            }
        }
        let at = |key: &Key| {
            let scored = self.courses.get(key).and_then(|course| course.scored.as_ref());
            scored.map(|scored| scored.observation.at)
        };
        for pool in pools.values_mut() {
            pool.sort_by(|one, other| at(other).cmp(&at(one)).then_with(|| one.cmp(other)));
            pool.truncate(CONTROLS);
        }
        pools
    }

    /// Looks up again who is a control, or a subject: since then a wallet may have been imported.
    async fn refresh(
        &mut self,
        sources: &Sources,
        pools: &HashMap<Likeness, Vec<Key>>,
    ) -> Result<(), StoreError> {
        let keys = pools.values().flatten();
        let wallets: HashSet<&Address> =
            keys.filter_map(|key| Some(&self.courses.get(key)?.home.1)).collect();
        let wallets: Vec<Address> = wallets.into_iter().cloned().collect();
        let found = standing::of(sources.database.service(), &wallets).await?;
        self.known.extend(found);
        Ok(())
    }

    fn facts(&self, course: &Course, now: DateTime<Utc>, accounts: &Accounts) -> Option<Facts> {
        let standing = self.known.get(&course.home.1);
        let life = Life {
            first_at: standing.and_then(|standing| standing.first_active_at),
            last_at: standing.and_then(|standing| standing.last_active_at),
            // There is no source of funders.
            funded_together: None,
        };
        let scored = course.scored.as_ref()?;
        let about = (course.category, course.price());
        Some(Facts::of(scored, about, (&life, course.ended_at), accounts.of(&course.home.1), now))
    }

    fn row(
        &self,
        key: Key,
        pools: &HashMap<Likeness, Vec<Key>>,
        now: DateTime<Utc>,
        accounts: &Accounts,
    ) -> Option<InformedEvidence> {
        let course = self.courses.get(&key)?;
        let scored = course.scored.as_ref()?;
        let subject = self.facts(course, now, accounts)?;
        let pool = pools.get(&course.likeness()?).into_iter().flatten();
        let pool: Vec<Facts> = pool
            .filter(|other| **other != key)
            .filter_map(|other| self.facts(self.courses.get(other)?, now, accounts))
            .collect();
        let gate = match gates::category(course.category) {
            Gate::Open => "open",
            Gate::Shut(_) => "shut",
            Gate::Unknown(_) => "unknown",
        };
        let rows = table(&subject, &pool).into_iter().map(|row| {
            json!({
                "signal": row.signal.slug(),
                "value": deviations(scored, row.signal),
                "present": row.found,
                "matched": row.controls,
                "matched_present": row.controls_with,
                "rate": row.among_controls.map(|of| of.value),
                "low": row.among_controls.map(|of| of.low),
                "high": row.among_controls.map(|of| of.high),
            })
        });
        let (market_id, wallet) = course.home.clone();
        Some(InformedEvidence {
            layer: Layer::Pair,
            as_of: scored.observation.at,
            version: i16::try_from(VERSION).unwrap_or(i16::MAX),
            finding: Ok(strength(scored)?),
            wallet: Some(wallet),
            market_id: Some(market_id),
            ingredients: json!({
                "verdict": "found",
                "gate": gate,
                "usdc": course.dollars,
                "price": course.price(),
                "s1_size": scored.s1_size,
                "s2_own_size": scored.s2_own_size,
                "s4_early_long_shots": scored.s4_early_long_shots,
                "s5_direction": scored.s5_direction,
                "composite": scored.composite,
                "tail_p": scored.tail,
                "n": scored.n,
                "table": rows.collect::<Value>(),
            }),
            evidence: course
                .transactions
                .iter()
                .map(|hash| json!({ "kind": "trade", "id": hash }))
                .collect(),
        })
    }
}

impl Course {
    fn take(&mut self, heard: &HeardPurchase, purchase: &Purchase) {
        let before = self.pair.purchases();
        self.pair.add(purchase);
        if self.pair.purchases() == before {
            return;
        }
        let dollars = purchase.usdc as f64 / MICRO as f64;
        self.dollars += dollars;
        self.shares += dollars / purchase.price;
        self.ended_at = heard.terms.resolved_at.or(self.ended_at);
        if let Some(hash) = &heard.transaction_hash
            && self.transactions.back() != Some(hash)
        {
            self.transactions.push_back(hash.clone());
            if self.transactions.len() > NAMED {
                self.transactions.pop_front();
            }
        }
    }

    /// Dollars a share, mean by shares.
    fn price(&self) -> f64 {
        self.dollars / self.shares
    }

    /// `None` before it was measured.
    fn likeness(&self) -> Option<Likeness> {
        let scored = self.scored.as_ref()?;
        let life = Life::default();
        let facts = Facts::of(
            scored,
            (self.category, self.price()),
            (&life, None),
            None,
            scored.observation.at,
        );
        Some((facts.category, facts.price_band, facts.decade))
    }

    /// Whether there was something to compare with, and a signal stands out of it.
    fn is_found(&self) -> bool {
        let Some(scored) = &self.scored else { return false };
        scored.s1_size.is_some()
            && Signal::ALL.into_iter().any(|signal| {
                deviations(scored, signal)
                    .zip(signal.from_deviations())
                    .is_some_and(|(z, from)| z >= from)
            })
    }
}

/// What a live signal was measured at.
fn deviations(scored: &Scored, signal: Signal) -> Option<f64> {
    match signal {
        Signal::Size => scored.s1_size,
        Signal::OwnSize => scored.s2_own_size,
        Signal::EarlyLongShots => scored.s4_early_long_shots,
        Signal::Direction => scored.s5_direction,
        _ => None,
    }
}

/// What everybody is held against everybody in. Of an owner's own habit nothing is known of most, and where it is even,
/// a little more is many deviations: that is in the table, and in no order.
const AMONG_ALL: [Signal; 3] = [Signal::Size, Signal::EarlyLongShots, Signal::Direction];

/// By what rows are ordered: the mean of the deviations among all pairs, as far as they are known.
fn strength(scored: &Scored) -> Option<f64> {
    let known: Vec<f64> =
        AMONG_ALL.into_iter().filter_map(|signal| deviations(scored, signal)).collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
}

/// The same for the same trade, however often it is heard.
fn id_of(heard: &HeardPurchase) -> EvidenceId {
    let hash = heard.transaction_hash.as_ref().map_or([0; 32], TransactionHash::to_bytes);
    let mut first = [0; 16];
    first.copy_from_slice(&hash[..16]);
    let told = (u128::from(heard.ordinal) << 1 | u128::from(heard.outcome_index))
        ^ heard.usdc.mantissa().unsigned_abs() << 20;
    EvidenceId(u128::from_be_bytes(first) ^ told)
}

fn micro(usdc: Decimal) -> MicroUsdc {
    (usdc * Decimal::from(MICRO)).to_i64().unwrap_or(MicroUsdc::MAX)
}
