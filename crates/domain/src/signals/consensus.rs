//! The smart-money imbalance: where owners with an edge stand, one vote each.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::independence::{Vote, effective};
use crate::clusters::OwnerIx;
use crate::evidence::{Basis, Span};
use crate::ledger::{EventIx, Slot};

/// Independent voices below which nothing is said.
pub const FEWEST_VOICES: f64 = 3.0;
/// An exposure from this part of the market's liquidity on is a whole vote.
pub const CAP_SHARE: f64 = 0.02;
/// The largest edge that counts, in dollars on a dollar: nobody's vote is worth more, and nobody's whom nobody
/// tested can be.
pub const MOST_EDGE: f64 = 0.25;

/// Dollars of exposure that are a whole vote in a market; `None` where its liquidity is unknown or nothing.
pub fn cap(liquidity: Option<f64>) -> Option<f64> {
    liquidity.map(|dollars| dollars * CAP_SHARE).filter(|cap| cap.is_finite() && *cap > 0.0)
}

/// A bet made before, for finding out who says the same as whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PastBet {
    /// The event.
    pub event: EventIx,
    /// The answer it was on.
    pub on: Slot,
}

/// An owner's stance on a market.
#[derive(Debug, Clone, PartialEq)]
pub struct Voice {
    /// Who. Makers and bots are left out before.
    pub owner: OwnerIx,
    /// Posterior edge after shrinkage, in dollars on a dollar; 0 where the owner is not below the declared
    /// false discovery rate. `None` where nobody tested the owner.
    pub edge: Option<f64>,
    /// Dollars of exposure ([`crate::whales::Stance::worth_on`]): toward outcome 0 positive, away from it
    /// negative.
    pub exposure: f64,
    /// Earlier bets, in order, each once.
    pub past: Vec<PastBet>,
}

/// What the voices say together.
#[derive(Debug, Clone, PartialEq)]
pub enum Opinion {
    /// The imbalance, −100 all on outcome 1 to 100 all on outcome 0.
    Imbalance(f64),
    /// Fewer than [`FEWEST_VOICES`] independent voices.
    TooFew,
    /// No cap, and so no votes: the market's liquidity is not known.
    NoScale,
}

impl Opinion {
    /// The imbalance, where there is one.
    pub fn imbalance(&self) -> Option<f64> {
        match self {
            Self::Imbalance(value) => Some(*value),
            Self::TooFew | Self::NoScale => None,
        }
    }
}

/// Where smart money stands on a market.
#[derive(Debug, Clone, PartialEq)]
pub struct Consensus {
    /// What is said.
    pub opinion: Opinion,
    /// What it would be if the owners whom nobody tested had no edge, or [`MOST_EDGE`], whichever is less for
    /// outcome 0, and whichever is more; `None` where nothing is said.
    pub span: Option<Span>,
    /// Votes for outcome 0: Σ edge · min(1, exposure / cap).
    pub toward: f64,
    /// Votes for outcome 1.
    pub away: f64,
    /// Independent voices: (Σ v)² / ΣΣ vᵢvⱼρᵢⱼ with ρ the overlap of earlier bets; with the largest of the
    /// untested at [`MOST_EDGE`], if that makes fewer.
    pub n_eff: f64,
    /// Owners with a vote.
    pub voices: usize,
    /// Owners whom nobody tested.
    pub untested: usize,
    /// What the exposures were read from.
    pub basis: Basis,
}

impl Consensus {
    /// The market told on its other outcome.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        let opinion = match self.opinion {
            Opinion::Imbalance(value) => Opinion::Imbalance(-value),
            ref other => other.clone(),
        };
        let span = self.span.map(|span| Span { low: -span.high, high: -span.low });
        Self { opinion, span, toward: self.away, away: self.toward, ..self.clone() }
    }
}

/// SII = 100·(S₀ − S₁)/(S₀ + S₁), S = Σ over owners of ŵ·min(1, exposure/cap).
///
/// One vote an owner: voices of the same owner are added up first. An edge below 0 is no vote, neither for nor
/// against.
pub fn consensus(voices: &[Voice], cap: Option<f64>, basis: Basis) -> Consensus {
    let owners = by_owner(voices);
    let Some(cap) = cap.filter(|cap| *cap > 0.0) else {
        return silent(Opinion::NoScale, &owners, basis);
    };
    let reach = |voice: &Merged<'_>| (voice.exposure / cap).clamp(-1.0, 1.0);
    let votes: Vec<Vote<'_>> = owners
        .iter()
        .filter_map(|voice| {
            Some((voice.past.as_ref(), voice.edge?.clamp(0.0, MOST_EDGE) * reach(voice)))
        })
        .filter(|(_, vote)| *vote != 0.0)
        .collect();
    let sum = |sign: f64| votes.iter().map(|(_, vote)| (vote * sign).max(0.0)).sum::<f64>();
    let (toward, away) = (sum(1.0), sum(-1.0));
    let untested: Vec<Vote<'_>> = owners
        .iter()
        .filter(|voice| voice.edge.is_none())
        .map(|voice| (voice.past.as_ref(), MOST_EDGE * reach(voice)))
        .collect();
    let may = |sign: f64| untested.iter().map(|(_, vote)| (vote * sign).max(0.0)).sum::<f64>();
    let n_eff = effective(&votes, &untested);
    // The quotient first: it is at most 1 however it is rounded.
    let imbalance = |toward: f64, away: f64| 100.0 * ((toward - away) / (toward + away));
    // Below this the sum of squares rounds: three alike are three.
    let enough = n_eff >= FEWEST_VOICES - 1e-9;
    let opinion =
        if enough { Opinion::Imbalance(imbalance(toward, away)) } else { Opinion::TooFew };
    let span = enough.then(|| Span {
        low: imbalance(toward, away + may(-1.0)),
        high: imbalance(toward + may(1.0), away),
    });
    Consensus {
        opinion,
        span,
        toward,
        away,
        n_eff,
        voices: votes.len(),
        untested: untested.len(),
        basis,
    }
}

/// All voices of an owner.
struct Merged<'a> {
    edge: Option<f64>,
    exposure: f64,
    past: Cow<'a, [PastBet]>,
}

fn by_owner(voices: &[Voice]) -> Vec<Merged<'_>> {
    let mut owners: BTreeMap<OwnerIx, Merged<'_>> = BTreeMap::new();
    for voice in voices {
        match owners.entry(voice.owner) {
            Entry::Vacant(free) => {
                let past = Cow::Borrowed(voice.past.as_slice());
                free.insert(Merged { edge: voice.edge, exposure: voice.exposure, past });
            }
            Entry::Occupied(mut held) => {
                let merged = held.get_mut();
                merged.exposure += voice.exposure;
                // What is said of an owner twice and not alike is not known better than the lesser.
                merged.edge = merged.edge.zip(voice.edge).map(|(one, other)| one.min(other));
                let past = merged.past.to_mut();
                past.extend_from_slice(&voice.past);
                past.sort_unstable();
                past.dedup();
            }
        }
    }
    owners.into_values().collect()
}

fn silent(opinion: Opinion, owners: &[Merged<'_>], basis: Basis) -> Consensus {
    Consensus {
        opinion,
        span: None,
        toward: 0.0,
        away: 0.0,
        n_eff: 0.0,
        voices: 0,
        untested: owners.iter().filter(|voice| voice.edge.is_none()).count(),
        basis,
    }
}
