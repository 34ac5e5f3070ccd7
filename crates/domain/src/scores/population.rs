//! What is learned from all wallets together, without which no single one can be judged.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::baseline::{Baseline, SettledBet};
use super::{Posterior, ScoreKind};
use crate::evidence::Span;
use crate::stats::multiplicity::{benjamini_hochberg, benjamini_yekutieli, local_fdr, null_share};
use crate::stats::{PriceNull, PriceTest, Spread, Trial, tilt};

/// The declared false discovery rate: of those who are called skilled, as many may not be.
pub const FALSE_DISCOVERY_RATE: f64 = 0.1;
/// Events that were settled within so many days are recent.
pub const RECENT_DAYS: i64 = 90;
/// Storey's λ.
const LAMBDA: f64 = 0.5;

/// What a wallet's bets say of its skill, before it is held against others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tested {
    /// The exact test against prices; `None` without bets.
    pub test: Option<PriceTest>,
    /// Of all bets.
    all: tilt::Score,
    /// Of those settled within [`RECENT_DAYS`].
    recent: tilt::Score,
    recent_events: usize,
}

impl Tested {
    /// Of a wallet's bets; those that were not settled before `as_of` are ignored.
    pub fn of(bets: &[SettledBet], baseline: &Baseline, as_of: DateTime<Utc>) -> Self {
        let since = as_of - TimeDelta::days(RECENT_DAYS);
        let trials: Vec<(Trial, bool)> = bets
            .iter()
            .filter(|bet| bet.closed_at < as_of)
            .filter_map(|bet| {
                let trial = Trial::single(baseline.chance(bet), bet.came_true)?;
                Some((trial, bet.closed_at >= since))
            })
            .collect();
        let weighted = |only_recent: bool| {
            let weight = move |is_recent: &bool| f64::from(u8::from(*is_recent || !only_recent));
            tilt::Score::discounted(trials.iter().map(|(trial, recent)| (trial, weight(recent))))
        };
        Self {
            test: PriceNull::of(trials.iter().map(|(trial, _)| trial)).test(),
            all: weighted(false),
            recent: weighted(true),
            recent_events: trials.iter().filter(|(_, is_recent)| *is_recent).count(),
        }
    }

    /// Events.
    pub fn events(&self) -> usize {
        self.test.map_or(0, |test| test.events)
    }

    /// The p-value and the score with which it is in the register; `None` with too few events to be tested.
    pub fn registered(&self) -> Option<Registered> {
        let test = self.test.filter(|test| test.events >= ScoreKind::Smart.fewest())?;
        Some(Registered { p: test.p, score: self.all })
    }
}

/// A wallet in the register of all that were ever tested.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Registered {
    /// Its exact p-value against prices.
    pub p: f64,
    /// Its excess and information.
    pub score: tilt::Score,
}

/// What was learned from all wallets together, as of an instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Population {
    /// The instant.
    pub as_of: DateTime<Utc>,
    /// How prices came out.
    pub baseline: Baseline,
    /// How skills are spread; nobody has any where nobody was tested.
    pub spread: Spread,
    /// τ², the variance of skills; `None` where nobody was tested.
    pub tau2: Option<f64>,
    /// π₀, the part of the tested that has no skill; errs upwards. `None` where nobody was tested.
    pub pi0: Option<f64>,
    /// Wallets that were ever tested.
    pub register: usize,
    /// Of these, those whose bets are not there any more. They count as not skilled.
    pub lost: usize,
    /// Wallets below the declared false discovery rate (Benjamini and Hochberg).
    pub discoveries: usize,
    /// As many as there are whatever the dependence between wallets (Benjamini and Yekutieli).
    pub discoveries_by: usize,
    /// The largest p-value among the discoveries; `None` without one.
    pub threshold: Option<f64>,
    /// The local false discovery rate by steps: up to such a p-value, so much.
    pub local_fdr: Vec<(f64, f64)>,
}

impl Population {
    /// From the register. `lost` wallets were tested once and cannot be any more.
    pub fn of(
        baseline: Baseline,
        register: &[Registered],
        lost: usize,
        as_of: DateTime<Utc>,
    ) -> Self {
        let mut p: Vec<f64> = register.iter().map(|one| one.p).collect();
        p.sort_by(f64::total_cmp);
        p.extend(std::iter::repeat_n(1.0, lost));
        let scores: Vec<tilt::Score> = register.iter().map(|one| one.score).collect();
        let pi0 = null_share(&p, LAMBDA);
        let below = |adjusted: Vec<f64>| {
            adjusted.iter().filter(|rate| **rate <= FALSE_DISCOVERY_RATE).count()
        };
        let discoveries = below(benjamini_hochberg(&p));
        let spread = Spread::by_likelihood(&scores);
        Self {
            as_of,
            baseline,
            tau2: spread.as_ref().map(Spread::variance),
            spread: spread.unwrap_or_default(),
            pi0,
            register: p.len(),
            lost,
            discoveries,
            discoveries_by: below(benjamini_yekutieli(&p)),
            threshold: discoveries.checked_sub(1).and_then(|last| p.get(last)).copied(),
            local_fdr: pi0.map_or_else(Vec::new, |pi0| steps(&p, pi0)),
        }
    }

    /// The chance that a wallet with this p-value has no skill; `None` where nobody was tested.
    pub fn local_fdr(&self, p: f64) -> Option<f64> {
        let place = self.local_fdr.partition_point(|(until, _)| *until < p);
        let step = self.local_fdr.get(place);
        self.local_fdr.last().map(|_| step.map_or(1.0, |(_, rate)| *rate))
    }

    /// Whether a wallet is below the declared false discovery rate; `None` with too few events.
    pub fn is_discovery(&self, tested: &Tested) -> Option<bool> {
        let registered = tested.registered()?;
        Some(self.threshold.is_some_and(|threshold| registered.p <= threshold))
    }

    /// The posterior of a wallet's tilt over all events, and over recent ones, where there are none the prior.
    pub fn posteriors(&self, tested: &Tested) -> (tilt::Posterior, tilt::Posterior) {
        (self.spread.posterior(tested.all), self.spread.posterior(tested.recent))
    }
}

impl Tested {
    /// The posteriors in the form in which [`super::smart()`] takes them: of all events, and of recent ones.
    pub fn tilts(&self, population: &Population) -> [Posterior; 2] {
        let (all, recent) = population.posteriors(self);
        let told = |one: tilt::Posterior, events| Posterior {
            tilt: one.mean,
            span: Span { low: one.low, high: one.high },
            events,
        };
        [told(all, self.events()), told(recent, self.recent_events)]
    }
}

/// Steps of the local false discovery rate over p-values in order.
fn steps(p: &[f64], pi0: f64) -> Vec<(f64, f64)> {
    let mut steps: Vec<(f64, f64)> = Vec::new();
    for (p, rate) in p.iter().zip(local_fdr(p, pi0)) {
        match steps.last_mut() {
            Some((until, held)) if held.total_cmp(&rate).is_eq() => *until = *p,
            _ => steps.push((*p, rate)),
        }
    }
    steps
}
