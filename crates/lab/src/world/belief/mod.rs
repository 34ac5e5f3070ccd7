//! What is true of an event, and what can be known of it at a time.
//!
//! The truth is drawn when an event opens and does not depend on how often anybody looks. Knowledge
//! of it grows by evidence whose likelihood is known, so a probability here is the exact posterior:
//! it never drifts on average, whatever happened before, and of all things given a chance of 30 %
//! three in ten come true. Traders may err; this does not.
//!
//! * [`rivals`]: facts, and contenders of which one wins; evidence adds to log-odds.
//! * [`moment`]: when something happens, if ever; silence is evidence, too.
//! * [`quantity`]: numbers that come to light bit by bit, and markets on intervals of them.
//! * [`levels`]: prices whose course is public, and markets on where it leads.

mod course;
mod filter;
mod gauss;
mod levels;
mod moment;
mod quantity;
mod rivals;
mod schedule;

#[cfg(test)]
mod tests;

pub(crate) use course::{Course, Toward};
pub(crate) use levels::Reach;

use super::market::Verdict;
use super::stories::{Claim, Draft, Shape};
use crate::exchange::{MICRO, Millis};
use crate::noise::Noise;
use levels::Levels;
use moment::{Deadline, Moment};
use quantity::{Interval, Quantity};
use rivals::{Entry, Rivals};
use schedule::Span;

const CALLED_OFF: u64 = 1;
const NEWS: u64 = 2;
const PARTS: u64 = 3;

/// Without a better reason, most of a number shows in the last fifth of an event's life.
const USUAL_TURN: f64 = 0.8;

/// Where probabilities are written, by market.
type Sink<'a> = &'a mut [f64];

/// A scheduled jump of public knowledge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Announcement {
    /// When it becomes public.
    pub(crate) public_ms: Millis,
    /// How much it tells: the variance it adds to log-odds near even.
    pub(crate) information: f64,
}

/// Something hidden that markets of the event are about.
#[derive(Clone, Debug)]
enum Part {
    Rivals(Rivals),
    Moment(Moment),
    Quantity(Quantity),
    Levels(Levels),
}

impl Part {
    /// Takes in what seeps through between two moments.
    fn learn(&mut self, from_ms: Millis, to_ms: Millis) {
        match self {
            Self::Rivals(rivals) => rivals.learn(from_ms, to_ms),
            Self::Moment(moment) => moment.learn(from_ms, to_ms),
            Self::Quantity(quantity) => quantity.learn(from_ms, to_ms),
            Self::Levels(_) => {}
        }
    }

    /// Takes in an announcement.
    fn hear(&mut self, index: usize, announcement: &Announcement) {
        match self {
            Self::Rivals(rivals) => rivals.hear(index, announcement),
            Self::Moment(moment) => moment.hear(index, announcement),
            Self::Quantity(quantity) => quantity.hear(index),
            Self::Levels(_) => {}
        }
    }

    fn value(&self, at_ms: Millis, sink: Sink) {
        match self {
            Self::Rivals(rivals) => rivals.value(at_ms, sink),
            Self::Moment(moment) => moment.value(at_ms, sink),
            Self::Quantity(quantity) => quantity.value(sink),
            Self::Levels(levels) => levels.value(at_ms, sink),
        }
    }

    fn settle(&self, verdicts: &mut [Verdict], decided_ms: &mut [Option<Millis>]) {
        match self {
            Self::Rivals(rivals) => rivals.settle(verdicts, decided_ms),
            Self::Moment(moment) => moment.settle(verdicts, decided_ms),
            Self::Quantity(quantity) => quantity.settle(verdicts),
            Self::Levels(levels) => levels.settle(verdicts, decided_ms),
        }
    }
}

/// Whether the game takes place: known when it should start.
#[derive(Clone, Copy, Debug)]
struct Staging {
    starts_ms: Millis,
    /// Chance at the opening that it is called off.
    chance: f64,
    called_off: bool,
}

/// What is true of an event, and what is known of it at a time.
#[derive(Clone, Debug)]
pub(crate) struct Belief {
    parts: Vec<Part>,
    staging: Option<Staging>,
    announcements: Vec<Announcement>,
    /// So many of the announcements are public.
    public: usize,
    at_ms: Millis,
    ends_ms: Millis,
    probabilities: Vec<f64>,
    verdicts: Vec<Verdict>,
    decided_ms: Vec<Option<Millis>>,
}

impl Belief {
    /// Draws the truth of an event about to open. `volatility` is the standard deviation of log-odds
    /// over a day in the first half of its life.
    pub(crate) fn new(
        draft: &Draft,
        opens_ms: Millis,
        ends_ms: Millis,
        volatility: f64,
        noise: Noise,
    ) -> Self {
        let starts_ms = draft.starts.map(|starts| starts.timestamp_millis().max(opens_ms));
        let usual_ms = (ends_ms - opens_ms) as f64 * USUAL_TURN;
        let turns_ms = starts_ms.unwrap_or(opens_ms + schedule::millis(usual_ms)).min(ends_ms);
        let span = Span { opens_ms, ends_ms, turns_ms, volatility };
        let expected = draft.category.habits().announcements;
        // In a game the score speaks for itself.
        let until_ms = starts_ms.unwrap_or(ends_ms);
        let announcements = if draft.has_secrets() {
            span.announcements(expected, until_ms, noise.with(NEWS))
        } else {
            Vec::new()
        };
        let staging = starts_ms.filter(|_| draft.called_off > 0.0).map(|starts_ms| Staging {
            starts_ms,
            chance: draft.called_off,
            called_off: gauss::open_unit(noise.with(CALLED_OFF)) < draft.called_off,
        });
        let count = draft.markets.len();
        let mut belief = Self {
            parts: parts(draft, span, &announcements, noise.with(PARTS)),
            staging,
            announcements,
            public: 0,
            at_ms: opens_ms,
            ends_ms,
            probabilities: vec![0.0; count],
            verdicts: vec![Verdict::Second; count],
            decided_ms: vec![None; count],
        };
        belief.settle();
        belief.probabilities = belief.values(&belief.parts);
        belief
    }

    /// Learns what becomes known up to `at_ms`; never goes back. What is learnt between two calls
    /// depends on their times, what is learnt in all does not.
    pub(crate) fn advance(&mut self, at_ms: Millis) {
        if at_ms <= self.at_ms {
            return;
        }
        if at_ms >= self.ends_ms {
            self.public = self.announcements.len();
            self.at_ms = at_ms;
            self.probabilities = self.verdicts.iter().map(|verdict| payout(*verdict)).collect();
            return;
        }
        while let Some(announcement) =
            self.announcements.get(self.public).filter(|next| next.public_ms <= at_ms)
        {
            for part in &mut self.parts {
                part.learn(self.at_ms, announcement.public_ms);
                part.hear(self.public, announcement);
            }
            self.at_ms = announcement.public_ms;
            self.public += 1;
        }
        for part in &mut self.parts {
            part.learn(self.at_ms, at_ms);
        }
        self.at_ms = at_ms;
        let mut probabilities = std::mem::take(&mut self.probabilities);
        self.write(&self.parts, &mut probabilities);
        self.probabilities = probabilities;
    }

    /// What a share of each market's first outcome pays on average, given everything public at the
    /// last advance: its true probability, plus half the chance that it pays half.
    pub(crate) fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// Scheduled jumps of knowledge, oldest first.
    pub(crate) fn announcements(&self) -> &[Announcement] {
        &self.announcements
    }

    /// The probabilities as they would be if the announcement were public now: what an insider knows.
    pub(crate) fn with_announcement(&self, index: usize) -> Vec<f64> {
        match self.announcements.get(index) {
            Some(announcement) if index >= self.public => {
                let mut parts = self.parts.clone();
                for part in &mut parts {
                    part.hear(index, announcement);
                }
                self.values(&parts)
            }
            _ => self.probabilities.clone(),
        }
    }

    /// How each market turns out. Hidden from everybody but the resolver and the truth routes.
    pub(crate) fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// When a market's outcome becomes certain before its scheduled end, per market.
    pub(crate) fn decided_ms(&self) -> &[Option<Millis>] {
        &self.decided_ms
    }

    fn values(&self, parts: &[Part]) -> Vec<f64> {
        let mut values = vec![0.0; self.verdicts.len()];
        self.write(parts, &mut values);
        values
    }

    fn write(&self, parts: &[Part], sink: Sink) {
        for part in parts {
            part.value(self.at_ms, sink);
        }
        let Some(staging) = self.staging else { return };
        let called_off = match staging {
            Staging { starts_ms, chance, .. } if self.at_ms < starts_ms => chance,
            Staging { called_off, .. } => f64::from(u8::from(called_off)),
        };
        for value in sink {
            *value += called_off * (payout(Verdict::Split) - *value);
        }
    }

    fn settle(&mut self) {
        for part in &self.parts {
            part.settle(&mut self.verdicts, &mut self.decided_ms);
        }
        if let Some(staging) = self.staging.filter(|staging| staging.called_off) {
            self.verdicts.fill(Verdict::Split);
            self.decided_ms.fill(Some(staging.starts_ms));
        }
        for decided_ms in &mut self.decided_ms {
            *decided_ms = decided_ms.filter(|decided_ms| *decided_ms < self.ends_ms);
        }
    }
}

/// The hidden things behind a draft's markets.
fn parts(draft: &Draft, span: Span, announcements: &[Announcement], noise: Noise) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut facts = Vec::new();
    let mut deadlines = Vec::new();
    let mut reaches = Vec::new();
    let mut intervals = vec![Vec::new(); draft.quantities.len()];
    for (index, market) in draft.markets.iter().enumerate() {
        match market.claim {
            Claim::Fact { logit } => {
                // Whoever "Other" is, it cannot give up.
                let withdrawal = if market.is_other { 0.0 } else { draft.withdrawals };
                facts.push(Entry { market: index, logit, withdrawal });
            }
            Claim::Happens { logit } => deadlines.push(Deadline {
                market: index,
                at_ms: market.ends_early.map_or(span.ends_ms, |ends| ends.timestamp_millis()),
                chance: 1.0 / (1.0 + (-logit).exp()),
            }),
            Claim::Between { quantity, low, high } => {
                intervals[quantity].push(Interval { market: index, low, high });
            }
            Claim::Price(reach) => reaches.push((index, reach)),
            Claim::Nothing => {}
        }
    }
    match draft.shape {
        Shape::Exclusive { residual } if !facts.is_empty() => {
            parts.push(Part::Rivals(Rivals::new(&facts, residual, span, noise.with(1))));
        }
        _ => parts.extend(facts.iter().map(|fact| {
            let noise = noise.with(2).with(fact.market as u64);
            Part::Rivals(Rivals::alone(fact.market, fact.logit, span, noise))
        })),
    }
    if !deadlines.is_empty() {
        parts.push(Part::Moment(Moment::new(deadlines, span, noise.with(3))));
    }
    for (index, (number, intervals)) in (0_u64..).zip(draft.quantities.iter().zip(intervals)) {
        let noise = noise.with(4).with(index);
        let law = (number.mean, number.sd);
        parts.push(Part::Quantity(Quantity::new(law, intervals, announcements, span, noise)));
    }
    if let Some(course) = draft.price {
        parts.push(Part::Levels(Levels::new(course, &reaches, span)));
    }
    parts
}

/// What a share of the first outcome pays.
fn payout(verdict: Verdict) -> f64 {
    verdict.payouts()[0] as f64 / MICRO as f64
}
