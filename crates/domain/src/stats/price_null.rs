//! The exact test of skill against prices.
//!
//! Who has no skill wins as often as prices say: the number W of bets that come true over events with chances
//! π is Poisson-binomial. Under a tilt θ of all chances on the scale of log-odds the likelihood is
//! proportional to e^{θW}, so a test on W is the most powerful one against skill of any size.

use super::dice::Dice;
use super::special::normal_quantile;
use super::tilt::Score;
use super::trial::Trial;

/// Chances below this are dropped: they change no digit, and numbers without a leading bit are slow.
const NEGLIGIBLE: f64 = 1e-300;

/// The distribution of W if prices are right, by convolution, one event after the other.
///
/// An event of one bet costs n multiplications with n events before it, so a wallet is rescored after a
/// resolution without looking at its history again. All terms are positive, so nothing cancels, and chances
/// down to 1e-300 keep their digits; smaller ones are 0.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceNull {
    /// Of W = `lowest`, `lowest` + 1, …
    chances: Vec<f64>,
    lowest: usize,
    /// Between convolutions of groups; kept for its memory.
    spare: Vec<f64>,
    events: usize,
    observed: usize,
    expected: f64,
    information: f64,
}

/// What the test says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PriceTest {
    /// Events.
    pub events: usize,
    /// W: bets that came true.
    pub observed: usize,
    /// E\[W\] if prices are right: Σπ.
    pub expected: f64,
    /// I = Var\[W\] if prices are right: Σπ(1 − π) of single bets.
    pub information: f64,
    /// The p-value P(W ≥ w): small where more came true than prices said. It is below α with a chance of at most α,
    /// whatever the prices and however few the events. Everything that is claimed of a wallet rests on it.
    pub p: f64,
    /// The mid-p value P(W > w) + ½ P(W = w). Lancaster 1961: of discrete tests the one whose size is nearest to what it
    /// says, which may be a little above it. For ranks and comparisons.
    pub upper: f64,
    /// P(W < w) + ½ P(W = w): small where less came true. The two sum to one.
    pub lower: f64,
}

impl PriceTest {
    /// U = W − E\[W\] and I: what the estimate of θ is made of.
    pub fn score(&self) -> Score {
        Score { excess: self.observed as f64 - self.expected, information: self.information }
    }
}

impl Default for PriceNull {
    fn default() -> Self {
        Self::new()
    }
}

impl PriceNull {
    /// Of no event.
    pub fn new() -> Self {
        Self {
            chances: vec![1.0],
            lowest: 0,
            spare: Vec::new(),
            events: 0,
            observed: 0,
            expected: 0.0,
            information: 0.0,
        }
    }

    /// Of all events of a wallet.
    pub fn of<'a>(trials: impl IntoIterator<Item = &'a Trial>) -> Self {
        let mut null = Self::new();
        for trial in trials {
            null.add(trial);
        }
        null
    }

    /// One event more. Events are independent of each other.
    pub fn add(&mut self, trial: &Trial) {
        self.events += 1;
        self.observed += trial.count();
        self.expected += trial.expected();
        self.information += trial.variance();
        trial.with_chances(|counts| match counts {
            [miss, hit] => self.convolve_one(*miss, *hit),
            _ => self.convolve(counts),
        });
        self.trim();
    }

    /// What the test says of W as observed; `None` without events.
    pub fn test(&self) -> Option<PriceTest> {
        (self.events > 0).then(|| PriceTest {
            events: self.events,
            observed: self.observed,
            expected: self.expected,
            information: self.information,
            p: self.at_least(self.observed),
            upper: self.upper(self.observed),
            lower: self.lower(self.observed),
        })
    }

    /// P(W = w).
    pub fn chance_of(&self, count: usize) -> f64 {
        let place = count.checked_sub(self.lowest);
        place.and_then(|place| self.chances.get(place)).copied().unwrap_or(0.0)
    }

    /// P(W ≥ w).
    pub fn at_least(&self, count: usize) -> f64 {
        // From the far end, so that small numbers are not lost in large ones.
        let from = count.saturating_sub(self.lowest).min(self.chances.len());
        let tail: f64 = self.chances.get(from..).unwrap_or(&[]).iter().rev().sum();
        tail.min(1.0)
    }

    /// P(W > w) + ½ P(W = w).
    pub fn upper(&self, count: usize) -> f64 {
        (self.at_least(count + 1) + 0.5 * self.chance_of(count)).min(1.0)
    }

    /// P(W < w) + ½ P(W = w).
    pub fn lower(&self, count: usize) -> f64 {
        let until = count.saturating_sub(self.lowest).min(self.chances.len());
        let tail: f64 = self.chances.get(..until).unwrap_or(&[]).iter().sum();
        (tail + 0.5 * self.chance_of(count)).min(1.0)
    }

    fn convolve_one(&mut self, miss: f64, hit: f64) {
        let mut before = 0.0;
        for chance in &mut self.chances {
            let now = *chance;
            *chance = now * miss + before * hit;
            before = now;
        }
        self.chances.push(before * hit);
    }

    fn convolve(&mut self, counts: &[f64]) {
        self.spare.clear();
        self.spare.resize(self.chances.len() + counts.len().saturating_sub(1), 0.0);
        for (shift, count) in counts.iter().enumerate() {
            for (sum, chance) in self.spare.iter_mut().skip(shift).zip(&self.chances) {
                *sum += chance * count;
            }
        }
        std::mem::swap(&mut self.chances, &mut self.spare);
    }

    fn trim(&mut self) {
        while self.chances.last().is_some_and(|chance| *chance < NEGLIGIBLE) {
            self.chances.pop();
        }
        let dropped = self.chances.iter().take_while(|chance| **chance < NEGLIGIBLE).count();
        if dropped > 0 {
            self.chances.drain(..dropped);
            self.lowest += dropped;
        }
    }
}

/// The test with stakes as weights, by simulation: the share of `draws` of Σ s(W − E\[W\]) that are above
/// what was observed, ties by half, with the observed counted among them (Davison and Hinkley 1997, 4.2), so
/// that it is never 0. `None` without events or draws.
pub fn stake_weighted(trials: &[(Trial, f64)], draws: usize, dice: &mut Dice) -> Option<f64> {
    if trials.is_empty() || draws == 0 {
        return None;
    }
    let excess =
        |trial: &Trial, stake: f64, count: usize| stake * (count as f64 - trial.expected());
    let observed: f64 = trials.iter().map(|(trial, s)| excess(trial, *s, trial.count())).sum();
    let scale: f64 = trials.iter().map(|(_, stake)| stake.abs()).sum();
    let mut above = 0.0;
    for _ in 0..draws {
        let drawn: f64 = trials.iter().map(|(trial, s)| excess(trial, *s, trial.draw(dice))).sum();
        // Equal but for the last digits of a sum in the same order.
        if (drawn - observed).abs() <= 1e-12 * scale {
            above += 0.5;
        } else if drawn > observed {
            above += 1.0;
        }
    }
    Some((above + 0.5) / (draws as f64 + 1.0))
}

/// How many events it takes to tell an edge from luck: `(z_α √(p(1 − p)) + z_β √(q(1 − q)))² / (q − p)²`
/// with q = p + edge, one-sided (Fleiss, Levin and Paik 2003, 2.3). `None` where p, q, α or power is not between
/// 0 and 1, or there is no edge.
pub fn events_needed(price: f64, edge: f64, alpha: f64, power: f64) -> Option<f64> {
    let truth = price + edge;
    let is_between = |value: f64| value > 0.0 && value < 1.0;
    if ![price, truth, alpha, power].into_iter().all(is_between) || edge <= 0.0 {
        return None;
    }
    let deviation = |chance: f64| (chance * (1.0 - chance)).sqrt();
    let reach =
        -normal_quantile(alpha) * deviation(price) + normal_quantile(power) * deviation(truth);
    Some((reach / edge).powi(2).ceil())
}
