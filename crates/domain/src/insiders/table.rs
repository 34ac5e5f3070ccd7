//! What is found, beside how often it is found among those who are like them otherwise.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::gates::Life;
use super::history::Account;
use super::live::Scored;

use crate::Category;
use crate::clusters::OwnerIx;
use crate::ledger::EventIx;
use crate::stats::Proportion;
use crate::whales::price_band;

/// What can be found of an owner on an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// S1 of two deviations or more.
    Size,
    /// S2 of two deviations or more.
    OwnSize,
    /// S4′ of two deviations or more.
    EarlyLongShots,
    /// S5 of one deviation or more.
    Direction,
    /// The wallet was made within a week before.
    MadeFor,
    /// It did nothing for a month after.
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
            Self::Direction => Some(1.0),
            _ => None,
        }
    }
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
    /// What is found of a scored pair: its live signals by their deviations, its life, its account. `price` is
    /// the mean price paid; `event_end` when the event was over, if it is.
    pub fn of(
        scored: &Scored,
        (category, price): (Option<Category>, f64),
        (life, event_end): (&Life, Option<DateTime<Utc>>),
        account: Option<&Account>,
        now: DateTime<Utc>,
    ) -> Self {
        let seen = &scored.observation;
        let deviates = |signal: Signal, z: Option<f64>| Some(z? >= signal.from_deviations()?);
        let dollars = seen.ln_dollars / std::f64::consts::LN_10 + 1e-9;
        Self {
            owner: seen.owner,
            event: seen.event,
            category,
            price_band: price_band(price),
            decade: (1..10).filter(|decade| dollars >= f64::from(*decade)).count(),
            found: [
                deviates(Signal::Size, scored.s1_size),
                deviates(Signal::OwnSize, scored.s2_own_size),
                deviates(Signal::EarlyLongShots, scored.s4_early_long_shots),
                deviates(Signal::Direction, scored.s5_direction),
                life.made_for(seen.at),
                event_end.and_then(|end| life.dormant_after(end, now)),
                life.funded_in_cluster(),
                match account {
                    Some(Account::Unusual(_)) => Some(true),
                    Some(Account::Usual(_)) => Some(false),
                    Some(Account::TooFew { .. } | Account::NotCorrected(_)) | None => None,
                },
            ],
        }
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
    let mut like: Vec<&Facts> = pool.iter().filter(|other| subject.is_like(other)).collect();
    like.sort_by_key(|other| (other.owner, other.event));
    let mut owners = BTreeSet::new();
    like.retain(|other| owners.insert(other.owner));
    let row = |(place, signal): (usize, Signal)| {
        let of = |facts: &Facts| facts.found.get(place).copied().flatten();
        let known: Vec<bool> = like.iter().filter_map(|other| of(other)).collect();
        let with = known.iter().filter(|found| **found).count();
        Row {
            signal,
            found: of(subject),
            among_controls: Proportion::wilson(with, known.len()),
            controls_with: with,
            controls: known.len(),
        }
    };
    Signal::ALL.into_iter().enumerate().map(row).collect()
}
