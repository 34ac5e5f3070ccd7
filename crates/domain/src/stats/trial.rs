//! What one event says of whoever bet on it.
//!
//! The event is the unit of inference: trades of it, its markets and the variants of its question say the
//! same thing many times. A [`Trial`] is an event as a count of bets that came true, with the chance of each
//! count if prices are right.

use std::collections::BTreeMap;

use super::dice::Dice;

/// Which answer of a market a share pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Answer {
    /// The first outcome.
    Yes,
    /// The other.
    No,
}

/// A purchase in an event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bet {
    /// Which market of the event; any number that tells them apart.
    pub market: usize,
    /// On what.
    pub on: Answer,
    /// The chance of it coming true if it has no edge, between 0 and 1: the recalibrated price with the fee.
    pub chance: f64,
    /// How many shares, more than 0.
    pub shares: f64,
}

impl Bet {
    /// The chance of the first outcome.
    fn yes(&self) -> f64 {
        if self.on == Answer::Yes { self.chance } else { 1.0 - self.chance }
    }
}

/// How the markets of an event hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// In no way that is known; they may well say the same thing.
    Correlated,
    /// At most one answers Yes (neg-risk).
    Exclusive {
        /// The bets are on every answer that the event can have, so that exactly one answers Yes.
        is_complete: bool,
    },
}

/// An event as a count of bets that came true, and the chance of each count if prices are right.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    chances: Chances,
    count: usize,
}

#[derive(Debug, Clone, PartialEq)]
enum Chances {
    /// Of the one bet.
    One(f64),
    /// Of counts from 0 up; together 1.
    Counts(Vec<f64>),
}

impl Trial {
    /// One bet; `None` unless its chance is between 0 and 1. What costs all or nothing is no bet.
    pub fn single(chance: f64, came_true: bool) -> Option<Self> {
        let is_bet = chance > 0.0 && chance < 1.0;
        is_bet.then(|| Self { chances: Chances::One(chance), count: usize::from(came_true) })
    }

    /// All bets on one event, one answer at most for each market.
    ///
    /// Within a market opposite sides are netted, and what is left has the mean chance of its side, weighted
    /// by shares. Of markets that may say the same thing the one with the largest stake stands for the
    /// event: whatever the dependence, the test stays exact, which no mean over unequal markets would be;
    /// identical ones change nothing. Of markets of which at most one answers Yes all bets count together:
    /// the event's answer is drawn by their prices (normalised where they are complete), and each answer has
    /// its count. That distribution has few points, so it is exact and nothing is simulated. Prices of
    /// incomplete answers that reach one together cannot be chances of one question, bought as they were at
    /// different times; there the largest stake stands for the event too.
    ///
    /// `None` where nothing is left, where it could not come out otherwise, where a market of what is left
    /// has no answer (unresolved or cancelled, which is a push), where a bet is impossible, or where answers
    /// contradict the relation.
    pub fn of_event(
        bets: &[Bet],
        relation: Relation,
        answer: impl Fn(usize) -> Option<Answer>,
    ) -> Option<Self> {
        let held = net(bets)?;
        match relation {
            Relation::Exclusive { is_complete }
                if held.len() > 1
                    && (is_complete || held.iter().map(Bet::yes).sum::<f64>() < 1.0) =>
            {
                Self::exclusive(&held, is_complete, answer)
            }
            _ => {
                let stake = |bet: &Bet| bet.shares * bet.chance;
                // The first of equals, so that the order of bets does not matter.
                let largest =
                    held.iter().rev().max_by(|one, other| stake(one).total_cmp(&stake(other)))?;
                Self::single(largest.chance, answer(largest.market)? == largest.on)
            }
        }
    }

    fn exclusive(
        held: &[Bet],
        is_complete: bool,
        answer: impl Fn(usize) -> Option<Answer>,
    ) -> Option<Self> {
        let sum: f64 = held.iter().map(Bet::yes).sum();
        let scale = if is_complete { 1.0 / sum } else { 1.0 };
        let against = held.iter().filter(|bet| bet.on == Answer::No).count();
        // The market that answers Yes pays those who bet on it, and everybody who bet against another.
        let count_if = |bet: &Bet| match bet.on {
            Answer::Yes => against + 1,
            Answer::No => against - 1,
        };
        let mut chances = vec![0.0; against + 2];
        for bet in held {
            *chances.get_mut(count_if(bet))? += bet.yes() * scale;
        }
        if !is_complete {
            *chances.get_mut(against)? += 1.0 - sum;
        }
        if chances.iter().filter(|chance| **chance > 0.0).count() < 2 {
            return None;
        }

        let answers = held.iter().map(|bet| answer(bet.market)).collect::<Option<Vec<Answer>>>()?;
        let winners = answers.iter().filter(|answer| **answer == Answer::Yes).count();
        if winners > 1 || (is_complete && winners == 0) {
            return None;
        }
        let count = held.iter().zip(&answers).filter(|(bet, answer)| bet.on == **answer).count();
        Some(Self { chances: Chances::Counts(chances), count })
    }

    /// How many bets came true.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// How many are expected to if prices are right.
    pub fn expected(&self) -> f64 {
        match &self.chances {
            Chances::One(chance) => *chance,
            Chances::Counts(chances) => {
                counted(chances).map(|(count, chance)| count * chance).sum()
            }
        }
    }

    /// The variance of the count if prices are right.
    pub fn variance(&self) -> f64 {
        match &self.chances {
            Chances::One(chance) => chance * (1.0 - chance),
            Chances::Counts(chances) => {
                let mean = self.expected();
                counted(chances).map(|(count, chance)| (count - mean).powi(2) * chance).sum()
            }
        }
    }

    /// The furthest that the count can be from what is expected: max(π, 1 − π) of one bet.
    pub fn reach(&self) -> f64 {
        let mean = self.expected();
        match &self.chances {
            Chances::One(_) => mean.max(1.0 - mean),
            Chances::Counts(chances) => counted(chances)
                .filter(|(_, chance)| *chance > 0.0)
                .map(|(count, _)| (count - mean).abs())
                .fold(0.0, f64::max),
        }
    }

    /// A count drawn as if prices were right.
    pub fn draw(&self, dice: &mut Dice) -> usize {
        let drawn = dice.unit();
        match &self.chances {
            Chances::One(chance) => usize::from(drawn < *chance),
            Chances::Counts(chances) => {
                let mut below = 0.0;
                let place = chances.iter().position(|chance| {
                    below += chance;
                    drawn < below
                });
                place.unwrap_or(chances.len() - 1)
            }
        }
    }

    /// The chances of counts from 0 up.
    pub(crate) fn with_chances<T>(&self, read: impl FnOnce(&[f64]) -> T) -> T {
        match &self.chances {
            Chances::One(chance) => read(&[1.0 - chance, *chance]),
            Chances::Counts(chances) => read(chances),
        }
    }
}

fn counted(chances: &[f64]) -> impl Iterator<Item = (f64, f64)> {
    chances.iter().enumerate().map(|(count, chance)| (count as f64, *chance))
}

/// One bet for each market, opposite sides netted, in the order of markets; `None` where a bet is impossible.
fn net(bets: &[Bet]) -> Option<Vec<Bet>> {
    /// Shares, and shares × chance, on Yes and on No.
    type Sides = [(f64, f64); 2];
    let mut markets: BTreeMap<usize, Sides> = BTreeMap::new();
    for bet in bets {
        let is_bet = bet.chance > 0.0 && bet.chance < 1.0 && bet.shares > 0.0;
        if !(is_bet && bet.shares.is_finite()) {
            return None;
        }
        let [yes, no] = markets.entry(bet.market).or_default();
        let side = if bet.on == Answer::Yes { yes } else { no };
        side.0 += bet.shares;
        side.1 += bet.shares * bet.chance;
    }
    let left = markets.into_iter().filter_map(|(market, [yes, no])| {
        let (on, (side, weighted), other) =
            if yes.0 > no.0 { (Answer::Yes, yes, no.0) } else { (Answer::No, no, yes.0) };
        let shares = side - other;
        (shares > 0.0).then(|| Bet { market, on, chance: weighted / side, shares })
    });
    Some(left.collect())
}
