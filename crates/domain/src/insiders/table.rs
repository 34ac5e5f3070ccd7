//! What is found, beside how often it is found among those who are like them otherwise: each by itself, and all together.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::gates::Life;
use super::history::Account;
use super::live::Scored;

use crate::Category;
use crate::clusters::OwnerIx;
use crate::ledger::EventIx;
use crate::stats::Proportion;
use crate::stats::special::normal_quantile;
use crate::whales::price_band;

/// S5 from which on everything was put on one outcome: 99 % of the dollars. S5 cannot be more than 1, and where every
/// third purchase is all on one side it is less than a deviation above the mean: deviations would never find it.
pub const ONE_SIDED: f64 = 0.98;

/// What can be found of an owner on an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// S1 of two deviations or more.
    Size,
    /// S2 of two deviations or more.
    OwnSize,
    /// S4′ of two deviations or more.
    EarlyLongShots,
    /// S5 of [`ONE_SIDED`] or more.
    Direction,
    /// The wallet was made within a week before, and this is the first event it bought on.
    MadeFor,
    /// It traded nothing for a month after.
    DormantAfter,
    /// Its funder has three wallets or more, and is no exchange.
    FundedInCluster,
    /// Its account is unusual.
    Account,
}

impl Signal {
    /// Every signal.
    pub const ALL: [Self; 8] = [
        Self::Size,
        Self::OwnSize,
        Self::EarlyLongShots,
        Self::Direction,
        Self::MadeFor,
        Self::DormantAfter,
        Self::FundedInCluster,
        Self::Account,
    ];

    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::OwnSize => "own_size",
            Self::EarlyLongShots => "early_long_shots",
            Self::Direction => "direction",
            Self::MadeFor => "made_for",
            Self::DormantAfter => "dormant_after",
            Self::FundedInCluster => "funded_in_cluster",
            Self::Account => "account",
        }
    }

    /// The deviations from which on a live signal is there; `None` for the others.
    pub fn from_deviations(self) -> Option<f64> {
        match self {
            Self::Size | Self::OwnSize | Self::EarlyLongShots => Some(2.0),
            _ => None,
        }
    }
}

/// What is known of an owner on an event beside what it bought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Circumstances<'a> {
    /// Of the event.
    pub category: Option<Category>,
    /// Mean price paid, dollars a share.
    pub price: f64,
    /// Whether it had bought on no other event before.
    pub is_first_event: bool,
    /// The wallet's life.
    pub life: &'a Life,
    /// Up to when its acts are known; `None` where they are not.
    pub known_until: Option<DateTime<Utc>>,
    /// When the event was over, if it is.
    pub event_end: Option<DateTime<Utc>>,
    /// What is said of its account.
    pub account: Option<&'a Account>,
}

/// An owner on an event, with what it is matched by and what is found of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Who.
    pub owner: OwnerIx,
    /// On what.
    pub event: EventIx,
    /// Of the event.
    pub category: Option<Category>,
    /// See [`crate::whales::price_band`], of the mean price paid.
    pub price_band: usize,
    /// Digits of the dollars before the point, less one: ⌊log₁₀ dollars⌋, at most 9.
    pub decade: usize,
    /// In the order of [`Signal::ALL`]; `None` unknown.
    pub found: [Option<bool>; Signal::ALL.len()],
}

impl Facts {
    /// What is found of a scored pair: its live signals by their deviations, its life, its account.
    pub fn of(scored: &Scored, about: Circumstances<'_>) -> Self {
        let seen = &scored.observation;
        let deviates = |signal: Signal, z: Option<f64>| Some(z? >= signal.from_deviations()?);
        let dollars = seen.ln_dollars / std::f64::consts::LN_10 + 1e-9;
        Self {
            owner: seen.owner,
            event: seen.event,
            category: about.category,
            price_band: price_band(about.price),
            decade: (1..10).filter(|decade| dollars >= f64::from(*decade)).count(),
            found: [
                deviates(Signal::Size, scored.s1_size),
                deviates(Signal::OwnSize, scored.s2_own_size),
                deviates(Signal::EarlyLongShots, scored.s4_early_long_shots),
                Some(seen.direction >= ONE_SIDED),
                about.life.made_for(seen.began_at, about.is_first_event),
                about
                    .event_end
                    .zip(about.known_until)
                    .and_then(|(end, known_until)| about.life.dormant_after(end, known_until)),
                about.life.funded_in_cluster(),
                match about.account {
                    Some(Account::Unusual(_)) => Some(true),
                    Some(Account::Usual(_)) => Some(false),
                    Some(Account::TooFew { .. } | Account::NotCorrected(_)) | None => None,
                },
            ],
        }
    }

    /// Whether a signal is found; `None` unknown.
    pub fn has(&self, signal: Signal) -> Option<bool> {
        let place = Signal::ALL.into_iter().position(|one| one == signal)?;
        self.found.get(place).copied().flatten()
    }

    fn is_like(&self, other: &Self) -> bool {
        self.owner != other.owner
            && self.category.is_some()
            && self.category == other.category
            && self.price_band == other.price_band
            && self.decade == other.decade
    }
}

/// One signal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// The signal.
    pub signal: Signal,
    /// Whether it is found; `None` unknown.
    pub found: Option<bool>,
    /// How often it is found among the controls of whom it is known, with a 95 % interval; `None` without
    /// any. One found in one control of two says nothing, whoever has it.
    pub among_controls: Option<Proportion>,
    /// Controls in which it is found.
    pub controls_with: usize,
    /// Controls of whom it is known.
    pub controls: usize,
}

/// The evidence table: one row a signal, in the order of [`Signal::ALL`]. Rows are not multiplied and not added
/// up: they depend on each other in ways nobody has measured.
///
/// Controls are owners of the same category, price band and decade of dollars. An owner counts once, with its
/// first event: who trades often is one control, and legs of an event are one.
pub fn table(subject: &Facts, pool: &[Facts]) -> Vec<Row> {
    let like = controls(subject, pool);
    let row = |signal: Signal| {
        let known: Vec<bool> = like.iter().filter_map(|other| other.has(signal)).collect();
        let with = known.iter().filter(|found| **found).count();
        Row {
            signal,
            found: subject.has(signal),
            among_controls: Proportion::wilson(with, known.len()),
            controls_with: with,
            controls: known.len(),
        }
    };
    Signal::ALL.into_iter().map(row).collect()
}

/// Those of a pool that are like a subject, each owner once.
fn controls<'a>(subject: &Facts, pool: &'a [Facts]) -> Vec<&'a Facts> {
    let mut like: Vec<&Facts> = pool.iter().filter(|other| subject.is_like(other)).collect();
    like.sort_by_key(|other| (other.owner, other.event));
    let mut owners = BTreeSet::new();
    like.retain(|other| owners.insert(other.owner));
    like
}

/// What rows are ordered by: what is known of most, and when it happens. Of an owner's own habit nothing is known of
/// whoever is new; what it does later is later; and its account is another layer.
const TOGETHER: [Signal; 4] =
    [Signal::Size, Signal::EarlyLongShots, Signal::Direction, Signal::MadeFor];

/// In how many controls everything is found at once that is found of a subject. Counted and not computed from the single
/// rates, so that it needs no word on how these depend on each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Together {
    /// What is found of the subject: of size, long shots, direction and "made for it".
    pub signals: Vec<Signal>,
    /// Controls in which all of that is found.
    pub controls_with: usize,
    /// Controls of whom all of that is known.
    pub controls: usize,
}

/// Counts them; controls are those of [`table`].
pub fn together(subject: &Facts, pool: &[Facts]) -> Together {
    let is_found = |signal: &Signal| subject.has(*signal) == Some(true);
    let signals: Vec<Signal> = TOGETHER.into_iter().filter(is_found).collect();
    let has_all = |other: &&Facts| {
        let found = signals.iter().map(|signal| other.has(*signal));
        found.collect::<Option<Vec<bool>>>().map(|found| found.into_iter().all(|one| one))
    };
    let known: Vec<bool> = controls(subject, pool).iter().filter_map(has_all).collect();
    let controls_with = known.iter().filter(|all| **all).count();
    Together { controls_with, controls: known.len(), signals }
}

impl Together {
    /// The part of controls that have as much, (½ + k) / (1 + n): one half without any.
    pub fn tail(&self) -> f64 {
        (0.5 + self.controls_with as f64) / (1.0 + self.controls as f64)
    }

    /// The deviations of a normal value that is as rare as this is among `looks` (Šidák 1967): so many pairs of the owner
    /// were looked at, and of whoever is on many events one is rare by chance. 0 where it is no rarer than chance would
    /// have it or there are no controls, and no more than their number can show.
    pub fn deviations(&self, looks: usize) -> f64 {
        let none_by_chance = (looks.max(1) as f64 * (-self.tail()).ln_1p()).exp();
        normal_quantile(none_by_chance.max(0.5))
    }
}
