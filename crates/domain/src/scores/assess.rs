//! Everything that is said of one wallet: the only way from its bets to its scores.

use chrono::{DateTime, Utc};

use super::baseline::SettledBet;
use super::population::{Population, Tested};
use super::{Context, EventSize, Reputation, Score, Smart, reputation, smart, whale};
use crate::evidence::{Basis, Ingredient};
use crate::ledger::Completeness;
use crate::whales::{Classified, Traits};

/// What is known of a wallet beside its bets; `None` is unknown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Record {
    /// Of its history.
    pub completeness: Completeness,
    /// Its books agree with the venue's number.
    pub is_reconciled: Option<bool>,
    /// See [`crate::conduct`].
    pub is_maker_like: Option<bool>,
    /// See [`crate::conduct`].
    pub is_bot_like: Option<bool>,
    /// See [`crate::whales::is_whale`].
    pub is_whale: Option<bool>,
    /// Since its first act, where the history is known to begin there.
    pub first_act: Option<DateTime<Utc>>,
    /// Months with a trade, of all since then.
    pub active_months: Option<f64>,
    /// Wallets that seem to have the same owner, itself among them. One, as far as is known.
    pub owned: u32,
}

/// What is said of a wallet.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// Smart money, then reputation, then whale.
    pub scores: [Score; 3],
    /// Whose money it is.
    pub class: Classified,
}

/// Scores and class of a wallet by its bets, its trades' sizes, and what was learned from all wallets.
pub fn assess<E: Ord + Copy>(
    bets: &[SettledBet],
    sizes: &[EventSize<E>],
    record: &Record,
    population: &Population,
    as_of: DateTime<Utc>,
) -> Assessment {
    let tested = Tested::of(bets, &population.baseline, as_of);
    let [all, recent] = tested.tilts(population);
    let registered = tested.registered();
    let context = |basis| Context { as_of, basis, evidence: Vec::new() };
    let known = Smart {
        all: Some(all),
        recent: Some(recent),
        p: tested.test.map(|test| test.p),
        local_fdr: registered.and_then(|one| population.local_fdr(one.p)),
        completeness: record.completeness,
        is_maker_like: record.is_maker_like,
        is_bot_like: record.is_bot_like,
    };
    let days = record.first_act.map(|first| (as_of - first).num_days() as f64);
    let good = registered.map(|_| population.posteriors(&tested).0.positive);
    let long = Reputation {
        events: tested.events(),
        better_than_prices: good,
        days,
        active_months: record.active_months,
        completeness: record.completeness,
        is_reconciled: record.is_reconciled,
    };
    let scores = [
        smart(&known, context(Basis::Activity)),
        reputation(&long, context(Basis::Activity)),
        // Sizes are of the tape, which takers alone are on, and of books, which know more: the poorer of the two.
        whale(sizes, context(Basis::Feed)),
    ];
    // Too few events to be tested is no skill that is known of, and not unknown for want of records.
    let is_smart = (record.completeness == Completeness::Full)
        .then(|| population.is_discovery(&tested).unwrap_or(false));
    let class = Classified::of(Traits {
        is_maker_like: record.is_maker_like,
        is_bot_like: record.is_bot_like,
        is_smart,
        is_whale: record.is_whale,
        age_days: record.first_act.map(|first| (as_of - first).num_days()),
    });
    Assessment { scores: scores.map(|score| of_owner(score, record.owned)), class }
}

/// Says how many wallets the owner seems to have, where there are several: who reads the score counts them once.
fn of_owner(mut score: Score, owned: u32) -> Score {
    if owned > 1 {
        score.ingredients.push(Ingredient::new("owner_wallets", f64::from(owned)));
    }
    score
}
