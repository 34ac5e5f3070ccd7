//! The research layer of an owner on an event: with the outcome known. For finding out whether the live layer
//! is worth anything, never for a warning.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::live::{Observation, Purchase};
use super::moments::Moments;
use crate::clusters::OwnerIx;
use crate::ledger::{EventIx, MICRO, MicroUsdc, Slot};

/// What became of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The event.
    pub event: EventIx,
    /// What a share of each token paid, in millionths.
    pub payouts: BTreeMap<Slot, MicroUsdc>,
    /// When the winner's price made its largest jump; `None` where prices were not recorded.
    pub jump_at: Option<DateTime<Utc>>,
}

/// An owner on an event, looked back at.
#[derive(Debug, Clone, PartialEq)]
pub struct Retrospect {
    /// What could be seen at the time.
    pub observation: Observation,
    /// S3: what the purchases paid on what they cost, less 1; `None` where a payout is not known.
    pub profit: Option<f64>,
    /// S4: the part of the dollars that was put on the winner before its largest jump, of all put on the
    /// winner; `None` without a jump or a winner.
    pub before_jump: Option<f64>,
}

/// Looks back at an owner's purchases; held to the end, whatever was sold in between.
pub fn retrospect(
    observation: Observation,
    purchases: &[Purchase],
    outcome: &Outcome,
) -> Option<Retrospect> {
    if observation.event != outcome.event {
        return None;
    }
    let mut seen = BTreeSet::new();
    let purchases: Vec<&Purchase> =
        purchases.iter().filter(|purchase| seen.insert(purchase.id)).collect();
    let payout = |purchase: &Purchase| outcome.payouts.get(&purchase.slot).copied();
    let paid: Option<f64> = purchases
        .iter()
        .map(|purchase| {
            let shares = purchase.usdc as f64 / purchase.price;
            Some(shares * payout(purchase)? as f64 / MICRO as f64).filter(|paid| paid.is_finite())
        })
        .sum();
    let spent: MicroUsdc = purchases.iter().map(|purchase| purchase.usdc).sum();
    let won = purchases.iter().filter(|purchase| payout(purchase) == Some(MICRO));
    let on_winner: MicroUsdc = won.clone().map(|purchase| purchase.usdc).sum();
    let before_jump = outcome.jump_at.filter(|_| on_winner > 0).map(|jump_at| {
        let before = won.filter(|purchase| purchase.at < jump_at);
        before.map(|purchase| purchase.usdc).sum::<MicroUsdc>() as f64 / on_winner as f64
    });
    let profit = paid.filter(|_| spent > 0).map(|paid| paid / spent as f64 - 1.0);
    Some(Retrospect { observation, profit, before_jump })
}

/// All five signals in deviations of the cross-section, and their sum.
#[derive(Debug, Clone, PartialEq)]
pub struct Composite {
    /// Who.
    pub owner: OwnerIx,
    /// On what.
    pub event: EventIx,
    /// S1, S2, S3, S4, S5; `None` where not defined.
    pub signals: [Option<f64>; 5],
    /// Their sum; `None` unless all are defined.
    pub sum: Option<f64>,
}

/// The published composite: z of each signal over all pairs, S2 within the owner. Each owner counts once on
/// an event.
pub fn composites(pairs: &[Retrospect]) -> Vec<Composite> {
    let mut pairs: Vec<&Retrospect> = pairs.iter().collect();
    pairs.sort_by_key(|pair| (pair.observation.owner, pair.observation.event));
    pairs.dedup_by_key(|pair| (pair.observation.owner, pair.observation.event));
    let mut all = [Moments::default(); 4];
    let mut own: BTreeMap<OwnerIx, Moments> = BTreeMap::new();
    for pair in &pairs {
        for (moments, value) in all.iter_mut().zip(cross_section(pair)) {
            if let Some(value) = value {
                moments.add(value);
            }
        }
        own.entry(pair.observation.owner).or_default().add(pair.observation.ln_dollars);
    }
    let composite = |pair: &&Retrospect| {
        let seen = &pair.observation;
        let values = all.iter().zip(cross_section(pair));
        let mut z = values.map(|(moments, value)| moments.z(value?, super::live::FEWEST_PAIRS));
        let mut next = || z.next().flatten();
        let (s1, s3, s4, s5) = (next(), next(), next(), next());
        let own = own.get(&seen.owner);
        let s2 = own.and_then(|own| own.z(seen.ln_dollars, super::live::FEWEST_OWN));
        let signals = [s1, s2, s3, s4, s5];
        let sum = signals.iter().copied().sum();
        Composite { owner: seen.owner, event: seen.event, signals, sum }
    };
    pairs.iter().map(composite).collect()
}

fn cross_section(pair: &Retrospect) -> [Option<f64>; 4] {
    let seen = &pair.observation;
    [Some(seen.ln_dollars), pair.profit, pair.before_jump, Some(seen.direction)]
}
