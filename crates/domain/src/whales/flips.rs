//! Who turned round: stances by owner and question, and their changes of sign.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::stance::{Lean, Question, Questions, Stance};
use crate::clusters::OwnerIx;
use crate::evidence::{Basis, EvidenceId};
use crate::ledger::{Change, Completeness, Entry, MarketIx, Markets, MicroUsdc, Slot};

/// A turn counts from this part of the largest exposure.
pub const FLIP_SHARE: f64 = 0.5;
/// What stands on the other side afterwards is at least this part of it: who sells everything and a crumb
/// more has closed, not turned.
pub const FLIP_DUST: f64 = 0.05;

/// Trades named by one flip at most; the rest is counted.
const NAMED: usize = 64;

/// Somebody turned round: was for one answer, and is against it.
#[derive(Debug, Clone, PartialEq)]
pub struct Flip {
    /// Who.
    pub owner: OwnerIx,
    /// On what.
    pub question: Question,
    /// When the trade was made that did it.
    pub at: DateTime<Utc>,
    /// What the owner wanted at the peak.
    pub from: Lean,
    /// What it wants now.
    pub to: Lean,
    /// The tokens that say most of both ([`Stance::side`]).
    pub sides: [Option<Slot>; 2],
    /// How much depended on the answer at the peak, in millionths of a dollar.
    pub peak: MicroUsdc,
    /// How much did when the owner last added to the old side.
    pub before: MicroUsdc,
    /// How much depends on it now.
    pub now: MicroUsdc,
    /// The change along the direction of the peak, as a part of the peak; 2 for a full turn.
    pub change: f64,
    /// The trades since the owner last added to the old side, the one that did it last; at most 64, the
    /// last ones.
    pub trades: Vec<EvidenceId>,
    /// Trades before those.
    pub unnamed: usize,
    /// What it was read from.
    pub basis: Basis,
    /// Whether the owner's whole history on the question was seen. If not, the exposure is counted from the
    /// first trade seen, and what was held before may undo the turn.
    pub is_whole: bool,
}

/// Where somebody stands on a question, and stood when most depended on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    stance: Stance,
    /// The stance at the largest exposure since the last turn.
    peak: Option<Stance>,
    /// The exposure along the peak, as a part of it, when it last grew.
    last_high: f64,
    /// How much depended on the answer then.
    before: MicroUsdc,
    /// The exposure along the peak now.
    along: f64,
    turning: Vec<EvidenceId>,
    unnamed: usize,
    basis: Basis,
    is_whole: bool,
}

impl Track {
    /// Nothing held. `completeness` of what is known of the owner's history.
    pub fn new(question: Question, answers: u32, basis: Basis, completeness: Completeness) -> Self {
        Self {
            stance: Stance::new(question, answers),
            peak: None,
            last_high: 0.0,
            before: 0,
            along: 0.0,
            turning: Vec::new(),
            unnamed: 0,
            basis,
            is_whole: basis.sees_resting_fills() && completeness == Completeness::Full,
        }
    }

    /// Where the owner stands.
    pub fn stance(&self) -> &Stance {
        &self.stance
    }

    /// Whether the stance is all there is, as far as can be seen.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// One more thing the owner did; in order of time.
    fn apply(&mut self, markets: &Markets, entry: &Entry, id: EvidenceId) -> Option<Turn> {
        self.stance.apply(markets, &entry.change);
        self.is_whole &=
            self.stance.is_possible() && !matches!(entry.change, Change::Unreadable { .. });
        if matches!(entry.change, Change::Redeem { .. }) {
            // What was decided is no reference for what is open.
            self.begin();
            return None;
        }
        self.measure(id)
    }

    fn measure(&mut self, id: EvidenceId) -> Option<Turn> {
        let Some(peak) = &self.peak else {
            self.begin();
            return None;
        };
        let own = peak.product(peak);
        let along = self.stance.product(peak) as f64 / own as f64;
        if along > self.along {
            self.last_high = along;
            self.before = self.stance.swing();
            self.turning.clear();
            self.unnamed = 0;
        } else if along < self.along {
            self.turning.push(id);
            if self.turning.len() > NAMED {
                self.turning.remove(0);
                self.unnamed += 1;
            }
        }
        self.along = along;
        let (before, now) = (peak.swing(), self.stance.swing());
        let change = self.last_high - along;
        if along < 0.0 && change >= FLIP_SHARE && now as f64 >= FLIP_DUST * before as f64 {
            let turn = Turn {
                from: peak.lean(),
                side: peak.side(),
                peak: before,
                before: self.before,
                change,
                trades: std::mem::take(&mut self.turning),
                unnamed: self.unnamed,
            };
            self.begin();
            return Some(turn);
        }
        if along > 0.0 && now >= before {
            self.begin();
        }
        None
    }

    /// The present stance is the reference from now on.
    fn begin(&mut self) {
        self.peak = (!self.stance.is_neutral()).then(|| self.stance.clone());
        let along = if self.peak.is_some() { 1.0 } else { 0.0 };
        (self.last_high, self.along) = (along, along);
        self.before = self.stance.swing();
        self.turning.clear();
        self.unnamed = 0;
    }
}

/// What a track knows of a flip.
struct Turn {
    from: Lean,
    side: Option<Slot>,
    peak: MicroUsdc,
    before: MicroUsdc,
    change: f64,
    trades: Vec<EvidenceId>,
    unnamed: usize,
}

/// Where everybody stands on everything, by question. One entry touches the one track of its owner and question; taking
/// one more entry is the same as taking all anew.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exposures {
    tracks: HashMap<Question, HashMap<OwnerIx, Track>>,
}

impl Exposures {
    /// Nobody anywhere.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more thing an owner did, in order of time, with the wallets of an owner in one order. `basis` and
    /// `completeness` are of the owner's records.
    pub fn apply(
        &mut self,
        (markets, questions): (&Markets, &Questions),
        owner: OwnerIx,
        (basis, completeness): (Basis, Completeness),
        entry: &Entry,
        id: EvidenceId,
    ) -> Option<Flip> {
        let question = Question::of_change(markets, &entry.change)?;
        let answers = questions.answers(markets, question);
        let track = self
            .tracks
            .entry(question)
            .or_default()
            .entry(owner)
            .or_insert_with(|| Track::new(question, answers, basis, completeness));
        track.stance.set_answers(answers);
        track.basis = track.basis.and(basis);
        track.is_whole &= completeness == Completeness::Full && basis.sees_resting_fills();
        let turn = track.apply(markets, entry, id)?;
        Some(Flip {
            owner,
            question,
            at: entry.place.at,
            from: turn.from,
            to: track.stance.lean(),
            sides: [turn.side, track.stance.side()],
            peak: turn.peak,
            before: turn.before,
            now: track.stance.swing(),
            change: turn.change,
            trades: turn.trades,
            unnamed: turn.unnamed,
            basis: track.basis,
            is_whole: track.is_whole,
        })
    }

    /// Where an owner stands on a question; `None` where nothing was seen.
    pub fn of(&self, owner: OwnerIx, question: Question) -> Option<&Track> {
        self.tracks.get(&question)?.get(&owner)
    }

    /// A market is decided: nothing depends on it any more, redeemed or not.
    pub fn end(&mut self, markets: &Markets, market: MarketIx) {
        let on = self.tracks.get_mut(&Question::of(markets, market));
        for track in on.into_iter().flat_map(HashMap::values_mut) {
            track.stance.end(markets, market);
            track.begin();
        }
    }

    /// Forgets an owner: its wallets were found to be others', and their entries are taken anew under their
    /// new owners. Flips depend on the order in which all of an owner's trades came.
    pub fn forget(&mut self, owner: OwnerIx) {
        self.tracks.retain(|_, on| {
            on.remove(&owner);
            !on.is_empty()
        });
    }

    /// All tracks of a question, in no order.
    pub fn on(&self, question: Question) -> impl Iterator<Item = (OwnerIx, &Track)> {
        let on = self.tracks.get(&question).into_iter().flatten();
        on.map(|(owner, track)| (*owner, track))
    }
}
