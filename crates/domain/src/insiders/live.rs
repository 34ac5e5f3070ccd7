//! The live layer of an owner on an event: what could have been said at the time.
//!
//! Nothing here knows what came of it. S1, S2 and S5 of Mitts and Ofir (SSRN 6426778, by secondary readings),
//! and S4′, which uses the *scheduled* deadline: hours to the real resolution would look ahead.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use super::moments::Moments;
use crate::clusters::OwnerIx;
use crate::evidence::{Basis, EvidenceId};
use crate::ledger::{EventIx, MICRO, MicroUsdc, Slot};

/// Of the definitions here.
pub const VERSION: u32 = 1;
/// Dollars of purchases from which an owner on an event is looked at, in millionths.
pub const LEAST_USDC: MicroUsdc = 500 * MICRO;
/// Prices below this are long shots.
pub const LOW_PRICE: f64 = 0.3;
/// Earlier pairs from which on there is a cross-section.
pub const FEWEST_PAIRS: u32 = 30;
/// An owner's own earlier events from which on there is a habit.
pub const FEWEST_OWN: u32 = 5;

/// One purchase, direction-adjusted by the caller: the token whose payoff was bought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Purchase {
    /// The record.
    pub id: EvidenceId,
    /// When.
    pub at: DateTime<Utc>,
    /// The token.
    pub slot: Slot,
    /// Dollars, in millionths.
    pub usdc: MicroUsdc,
    /// Dollars a share.
    pub price: f64,
    /// When the answer was due, as announced then; `None` where no date was.
    pub deadline: Option<DateTime<Utc>>,
}

/// An owner's purchases on an event so far. An event's markets are one: its legs are no independent bets.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    owner: OwnerIx,
    event: EventIx,
    by_slot: BTreeMap<Slot, MicroUsdc>,
    dollars: f64,
    low_dollars: f64,
    /// Σ dollars × hours to the deadline, of long shots; `None` once a purchase had no deadline.
    low_hours: Option<f64>,
    records: BTreeSet<EvidenceId>,
    first_at: Option<DateTime<Utc>>,
    last_at: Option<DateTime<Utc>>,
}

impl Pair {
    /// None yet.
    pub fn new(owner: OwnerIx, event: EventIx) -> Self {
        Self {
            owner,
            event,
            by_slot: BTreeMap::new(),
            dollars: 0.0,
            low_dollars: 0.0,
            low_hours: Some(0.0),
            records: BTreeSet::new(),
            first_at: None,
            last_at: None,
        }
    }

    /// One more purchase. One that was added before is not added again.
    pub fn add(&mut self, purchase: &Purchase) {
        if !self.records.insert(purchase.id) {
            return;
        }
        let dollars = purchase.usdc as f64 / MICRO as f64;
        *self.by_slot.entry(purchase.slot).or_default() += purchase.usdc;
        self.dollars += dollars;
        self.first_at =
            Some(self.first_at.map_or(purchase.at, |first_at| first_at.min(purchase.at)));
        self.last_at = self.last_at.max(Some(purchase.at));
        if purchase.price < LOW_PRICE {
            self.low_dollars += dollars;
            let hours = purchase
                .deadline
                .map(|deadline| (deadline - purchase.at).num_seconds().max(0) as f64 / 3_600.0);
            self.low_hours = self.low_hours.zip(hours).map(|(sum, hours)| sum + dollars * hours);
        }
    }

    /// How many purchases were added.
    pub fn purchases(&self) -> usize {
        self.records.len()
    }

    /// What is measured; `None` below [`LEAST_USDC`].
    pub fn observation(&self, basis: Basis) -> Option<Observation> {
        let total: MicroUsdc = self.by_slot.values().sum();
        let largest = self.by_slot.values().copied().max()?;
        if total < LEAST_USDC {
            return None;
        }
        // Of two outcomes: |toward − away| / all. Of more: how far the largest is ahead of all others.
        let direction = (2 * largest - total).max(0) as f64 / total as f64;
        let mean_hours = self.low_hours.map(|sum| sum / self.low_dollars.max(f64::MIN_POSITIVE));
        let low_share = self.low_dollars / self.dollars;
        Some(Observation {
            owner: self.owner,
            event: self.event,
            began_at: self.first_at?,
            at: self.last_at?,
            ln_dollars: self.dollars.ln(),
            low_share,
            early_long_shots: mean_hours.map(|hours| low_share * hours),
            direction,
            records: self.records.iter().copied().collect(),
            basis,
        })
    }
}

/// What is measured of an owner on an event, before any comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Who.
    pub owner: OwnerIx,
    /// On what.
    pub event: EventIx,
    /// The first purchase.
    pub began_at: DateTime<Utc>,
    /// The last purchase.
    pub at: DateTime<Utc>,
    /// ln of the dollars bought for.
    pub ln_dollars: f64,
    /// The part of them below [`LOW_PRICE`].
    pub low_share: f64,
    /// That part times the hours to the scheduled deadline, mean by dollars; `None` where a long shot had no
    /// deadline.
    pub early_long_shots: Option<f64>,
    /// 0 both sides alike to 1 all on one.
    pub direction: f64,
    /// The purchases.
    pub records: Vec<EvidenceId>,
    /// What they were read from.
    pub basis: Basis,
}

/// Each signal in deviations above what was seen strictly before on the same basis; `None` where that is too little.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// What was measured.
    pub observation: Observation,
    /// S1: dollars, among all pairs.
    pub s1_size: Option<f64>,
    /// S2: dollars, among the owner's own events.
    pub s2_own_size: Option<f64>,
    /// S4′: long shots long before the scheduled deadline, among all pairs.
    pub s4_early_long_shots: Option<f64>,
    /// S5: one direction, among all pairs.
    pub s5_direction: Option<f64>,
    /// The sum of the four; `None` unless all are known.
    pub composite: Option<f64>,
    /// The part of earlier composites that were at least as high, (1 + k) / (1 + n); `None` where fewer than
    /// [`FEWEST_PAIRS`] are known.
    pub tail: Option<f64>,
    /// Composites before it, of the same basis.
    pub n: usize,
    /// Of the definitions.
    pub version: u32,
}

/// Everything seen so far, as moments.
#[derive(Debug, Clone, Default)]
pub struct Background {
    seen: Seen,
    /// Of the newest instant, with their composites: not before anything of that instant.
    pending: Vec<(Observation, Option<f64>)>,
}

#[derive(Debug, Clone, Default)]
struct Seen {
    pairs: BTreeSet<(OwnerIx, EventIx)>,
    /// The tape tells of everybody, and histories of those that somebody asked for, who trade more than others: each is
    /// held against its like.
    sections: BTreeMap<Basis, CrossSection>,
    own: HashMap<OwnerIx, Moments>,
}

/// All pairs that were told in one way.
#[derive(Debug, Clone, Default)]
struct CrossSection {
    pairs: BTreeSet<(OwnerIx, EventIx)>,
    size: Moments,
    early: Moments,
    direction: Moments,
    /// In order.
    composites: Vec<f64>,
}

impl Background {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Scores an observation against all earlier ones of its basis, and remembers it for later. Observations come in
    /// order of time; those of one instant do not see each other. A pair is remembered once a basis, as it was first seen, so
    /// that who buys in many parts does not become what is usual. `None` for one that comes late.
    pub fn score(&mut self, observation: Observation) -> Option<Scored> {
        if let Some((newest, _)) = self.pending.first() {
            if observation.at < newest.at {
                return None;
            }
            if observation.at > newest.at {
                self.seen.remember(std::mem::take(&mut self.pending));
            }
        }
        let scored = self.seen.score(observation.clone());
        self.pending.push((observation, scored.composite));
        Some(scored)
    }
}

impl Seen {
    fn score(&self, observation: Observation) -> Scored {
        let nobody = CrossSection::default();
        let section = self.sections.get(&observation.basis).unwrap_or(&nobody);
        let own = self.own.get(&observation.owner);
        let s1 = section.size.z(observation.ln_dollars, FEWEST_PAIRS);
        let s2 = own.and_then(|own| own.z(observation.ln_dollars, FEWEST_OWN));
        let early = observation.early_long_shots;
        let s4 = early.and_then(|early| section.early.z(early, FEWEST_PAIRS));
        let s5 = section.direction.z(observation.direction, FEWEST_PAIRS);
        let composite = [s1, s2, s4, s5].into_iter().sum::<Option<f64>>();
        let n = section.composites.len();
        let tail = composite.filter(|_| n >= FEWEST_PAIRS as usize).map(|composite| {
            let below = section.composites.partition_point(|earlier| *earlier < composite);
            (1 + n - below) as f64 / (1 + n) as f64
        });
        Scored {
            observation,
            s1_size: s1,
            s2_own_size: s2,
            s4_early_long_shots: s4,
            s5_direction: s5,
            composite,
            tail,
            n,
            version: VERSION,
        }
    }

    fn remember(&mut self, mut observed: Vec<(Observation, Option<f64>)>) {
        observed.sort_by(|(one, _), (other, _)| {
            let key = |one: &Observation| (one.owner, one.event);
            key(one).cmp(&key(other)).then(one.ln_dollars.total_cmp(&other.ln_dollars))
        });
        for (one, composite) in observed {
            let pair = (one.owner, one.event);
            if self.pairs.insert(pair) {
                self.own.entry(one.owner).or_default().add(one.ln_dollars);
            }
            let section = self.sections.entry(one.basis).or_default();
            if !section.pairs.insert(pair) {
                continue;
            }
            section.size.add(one.ln_dollars);
            section.direction.add(one.direction);
            if let Some(early) = one.early_long_shots {
                section.early.add(early);
            }
            if let Some(composite) = composite {
                let place = section.composites.partition_point(|earlier| *earlier < composite);
                section.composites.insert(place, composite);
            }
        }
    }
}
