//! What is said of pairs, beside those that are like them.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::Address;
use domain::insiders::gates::{self, Gate, Life};
use domain::insiders::live::VERSION;
use domain::insiders::table::{Circumstances, Facts, Signal, table, together};
use serde_json::{Value, json};
use store::StoreError;
use store::intelligence::evidence::{InformedEvidence, Layer};
use store::intelligence::standing;

use super::super::super::service::Sources;
use super::super::accounts::Accounts;
use super::course::{Course, deviations};
use super::{Key, Likeness, Pairs};

/// The latest controls of a kind are enough.
const CONTROLS: usize = 400;
/// What makes a pair worth a row. All on one side is every third.
const STRIKING: [Signal; 4] =
    [Signal::Size, Signal::OwnSize, Signal::EarlyLongShots, Signal::MadeFor];

impl Pairs {
    /// Writes what is found of these pairs.
    pub(super) async fn tell(
        &mut self,
        sources: &Sources,
        fresh: &BTreeSet<Key>,
        accounts: &Accounts,
    ) -> Result<(), StoreError> {
        let has_background = |key: &&Key| {
            let scored = self.courses.get(*key).and_then(|course| course.scored.as_ref());
            scored.is_some_and(|scored| scored.s1_size.is_some())
        };
        let subjects: BTreeSet<Key> = fresh.iter().filter(has_background).copied().collect();
        if subjects.is_empty() {
            return Ok(());
        }
        let pools = self.pools(&subjects);
        self.refresh(sources, &subjects, &pools).await?;
        let said = subjects.iter().filter_map(|key| self.row(*key, &pools, accounts));
        super::super::write(sources, &said.collect::<Vec<_>>()).await
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
        subjects: &BTreeSet<Key>,
        pools: &HashMap<Likeness, Vec<Key>>,
    ) -> Result<(), StoreError> {
        let keys = pools.values().flatten().chain(subjects);
        let wallets: HashSet<&Address> =
            keys.filter_map(|key| Some(&self.courses.get(key)?.home.1)).collect();
        let wallets: Vec<Address> = wallets.into_iter().cloned().collect();
        let database = sources.database.service();
        self.known.extend(standing::of(database, &wallets).await?);
        self.last_trades.extend(standing::last_trades(database, &wallets).await?);
        Ok(())
    }

    fn facts(&self, key: Key, accounts: &Accounts) -> Option<Facts> {
        let course = self.courses.get(&key)?;
        let wallet = &course.home.1;
        let standing = self.known.get(wallet);
        let life = Life {
            first_at: standing.and_then(|standing| standing.first_active_at),
            last_at: self.last_trades.get(wallet).copied(),
            // There is no source of funders.
            funded_together: None,
        };
        let about = Circumstances {
            category: course.category,
            price: course.price(),
            is_first_event: self.first_events.get(&key.0).is_some_and(|(_, first)| *first == key.1),
            life: &life,
            known_until: standing.and_then(|standing| standing.imported_at),
            event_end: course.ended_at,
            account: accounts.of(wallet),
        };
        Some(Facts::of(course.scored.as_ref()?, about))
    }

    /// `None` where nothing about it is striking.
    fn row(
        &self,
        key: Key,
        pools: &HashMap<Likeness, Vec<Key>>,
        accounts: &Accounts,
    ) -> Option<InformedEvidence> {
        let course = self.courses.get(&key)?;
        let scored = course.scored.as_ref()?;
        let subject = self.facts(key, accounts)?;
        if !STRIKING.into_iter().any(|signal| subject.has(signal) == Some(true)) {
            return None;
        }
        let pool = pools.get(&course.likeness()?).into_iter().flatten();
        let pool: Vec<Facts> = pool
            .filter(|other| **other != key)
            .filter_map(|other| self.facts(*other, accounts))
            .collect();
        let all = together(&subject, &pool);
        let looks = self.looks.get(&key.0).copied().unwrap_or(1);
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
        let signals: Vec<&str> = all.signals.iter().map(|signal| signal.slug()).collect();
        let (market_id, wallet) = course.home.clone();
        Some(InformedEvidence {
            layer: Layer::Pair,
            as_of: self.as_of(scored.observation.at, &wallet),
            version: i16::try_from(VERSION).unwrap_or(i16::MAX),
            finding: Ok(all.deviations(looks)),
            wallet: Some(wallet),
            market_id: Some(market_id),
            ingredients: json!({
                "verdict": "found",
                "gate": gate_of(course),
                "basis": course.basis.slug(),
                "usdc": course.dollars,
                "price": course.price(),
                "s1_size": scored.s1_size,
                "s2_own_size": scored.s2_own_size,
                "s4_early_long_shots": scored.s4_early_long_shots,
                "s5_direction": scored.s5_direction,
                "composite": scored.composite,
                "composite_tail": scored.tail,
                "n": scored.n,
                "together": signals,
                "together_matched": all.controls,
                "together_present": all.controls_with,
                "looks": looks,
                "tail_p": (all.controls > 0).then(|| all.tail()),
                "table": rows.collect::<Value>(),
            }),
            evidence: course
                .transactions
                .iter()
                .map(|hash| json!({ "kind": "trade", "id": hash }))
                .collect(),
        })
    }

    /// Of the purchase, or of the import that told how old the wallet is: before it that was not known.
    fn as_of(&self, measured_at: DateTime<Utc>, wallet: &Address) -> DateTime<Utc> {
        let imported_at = self.told_by_import.get(wallet).copied();
        imported_at.map_or(measured_at, |imported_at| imported_at.max(measured_at))
    }
}

fn gate_of(course: &Course) -> &'static str {
    match gates::category(course.category) {
        Gate::Open => "open",
        Gate::Shut(_) => "shut",
        Gate::Unknown(_) => "unknown",
    }
}
