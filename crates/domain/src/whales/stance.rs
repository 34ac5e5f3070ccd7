//! Where somebody stands on a question: what each answer would pay.

use std::collections::BTreeMap;

use crate::Price;
use crate::ledger::{Change, EventIx, MICRO, MarketIx, Markets, MicroShares, MicroUsdc, Slot};

/// What is answered at once: the markets of a neg-risk event, of which one pays Yes; or a market by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// The neg-risk markets of an event.
    Group(EventIx),
    /// One market.
    Market(MarketIx),
}

impl Question {
    /// The question that a market is, or is a part of.
    pub fn of(markets: &Markets, market: MarketIx) -> Self {
        let terms = markets.terms(market);
        if terms.neg_risk && terms.event_id.is_some() {
            Self::Group(markets.event_of(market))
        } else {
            Self::Market(market)
        }
    }

    /// The question that something is about; `None` for what is about none.
    pub fn of_change(markets: &Markets, change: &Change) -> Option<Self> {
        let market = match change {
            Change::Buy(fill) | Change::Sell(fill) => fill.slot.market,
            Change::Split { market, .. }
            | Change::Merge { market, .. }
            | Change::Redeem { market, .. }
            | Change::Unreadable { market: Some(market) } => *market,
            Change::TransferIn { slot, .. } | Change::TransferOut { slot, .. } => slot.market,
            Change::Convert(conversion) => *conversion.members.first()?,
            _ => return None,
        };
        Some(Self::of(markets, market))
    }
}

/// How many answers each question has. Made anew when markets are added.
#[derive(Debug, Clone, Default)]
pub struct Questions {
    members: Vec<u32>,
}

impl Questions {
    /// Of all markets that are known.
    pub fn of(markets: &Markets) -> Self {
        let mut members = vec![0; markets.event_count()];
        for (market, _) in markets.iter() {
            if let Question::Group(event) = Question::of(markets, market)
                && let Some(count) = members.get_mut(event.index())
            {
                *count += 1;
            }
        }
        Self { members }
    }

    /// The answers of a question: the outcomes of a market, or the markets of a group and, unless the group
    /// is known to be exhaustive, "none of these".
    pub fn answers(&self, markets: &Markets, question: Question) -> u32 {
        match question {
            Question::Market(market) => u32::from(markets.terms(market).outcomes).max(2),
            Question::Group(event) => {
                let members = self.members.get(event.index()).copied().unwrap_or(0);
                (members + u32::from(!markets.is_exhaustive(event))).max(2)
            }
        }
    }
}

/// What a stance wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lean {
    /// The answer that pays most; `None` where nothing depends on it, or what pays most has no name: whoever is
    /// only against something is for everything else.
    pub toward: Option<Slot>,
    /// The answer that pays least, with the same reserve.
    pub against: Option<Slot>,
}

/// What each answer to a question would pay its holder, and what that cost.
///
/// An answer is named by the token that pays for it: of a group's market its Yes. What is paid whatever
/// happens is kept apart, so that only differences are left: one Yes more and one No less of a market are the
/// same, complete sets are nothing, and No of a group's market is what all its other answers pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stance {
    question: Question,
    answers: u32,
    /// Paid if the answer comes true, beyond `base`; answers that are missing: 0.
    payoffs: BTreeMap<Slot, MicroShares>,
    /// Paid whatever comes true.
    base: MicroUsdc,
    /// Money put in less money taken out.
    paid: MicroUsdc,
    is_cost_known: bool,
    is_over: bool,
}

impl Stance {
    /// None: nothing is held. `answers` as [`Questions::answers`] counts them.
    pub fn new(question: Question, answers: u32) -> Self {
        Self {
            question,
            answers,
            payoffs: BTreeMap::new(),
            base: 0,
            paid: 0,
            is_cost_known: true,
            is_over: false,
        }
    }

    /// The question.
    pub fn question(&self) -> Question {
        self.question
    }

    /// The question has so many answers now: groups grow.
    pub fn set_answers(&mut self, answers: u32) {
        self.answers = answers;
    }

    /// What somebody did. Of other questions nothing is taken.
    ///
    /// * Buying and selling move what the answers pay, and money.
    /// * A split or a merge is money against the same money whatever happens. So is a conversion: k No become
    ///   Yes of the others and k − 1 dollars, which pays the same in every market of the group. Which No were
    ///   given need not be known.
    /// * A redemption ends the market; of a group its answer is not one any more.
    /// * Transfers move what the answers pay; what that cost is not known from then on.
    pub fn apply(&mut self, markets: &Markets, change: &Change) {
        if self.is_over || Question::of_change(markets, change) != Some(self.question) {
            return;
        }
        match change {
            Change::Buy(fill) => {
                self.hold(fill.slot, fill.shares.get());
                self.paid += fill.usdc.get() + fill.fee.map_or(0, crate::ledger::Micro::get);
            }
            Change::Sell(fill) => {
                self.hold(fill.slot, -fill.shares.get());
                self.paid -= fill.usdc.get() - fill.fee.map_or(0, crate::ledger::Micro::get);
            }
            Change::Split { shares, .. } => self.lock(shares.get()),
            Change::Merge { shares, .. } => self.lock(-shares.get()),
            Change::Convert(conversion) => self.lock(-conversion.usdc.get()),
            Change::Redeem { market, usdc } => {
                // Paid more than every answer pays: it was for the one that came true, known or not.
                self.is_over |= self.base < usdc.get();
                self.lock(-usdc.get());
                self.end(markets, *market);
            }
            Change::TransferIn { slot, shares } => {
                self.is_cost_known = false;
                self.hold(*slot, shares.get());
            }
            Change::TransferOut { slot, shares } => {
                self.is_cost_known = false;
                self.hold(*slot, -shares.get());
            }
            _ => {}
        }
    }

    /// A market of the question is decided: nothing depends on it any more. A market by itself, and a market
    /// of a group that came true, end the question, and what is redeemed of it afterwards is not taken.
    pub fn end(&mut self, markets: &Markets, market: MarketIx) {
        let came_true =
            markets.terms(market).payouts.as_ref().is_some_and(|payouts| payouts.of(0) > 0);
        self.is_over |= self.question == Question::Market(market) || came_true;
        if self.is_over {
            self.payoffs.clear();
            self.base = 0;
            self.paid = 0;
        } else {
            self.payoffs.remove(&Slot { market, outcome: 0 });
        }
    }

    /// Adds what somebody else holds who is the same owner.
    pub fn join(&mut self, other: &Self) {
        for (slot, shares) in &other.payoffs {
            self.shift(*slot, *shares);
        }
        self.base += other.base;
        self.paid += other.paid;
        self.is_cost_known &= other.is_cost_known;
        self.is_over |= other.is_over;
    }

    fn hold(&mut self, slot: Slot, shares: MicroShares) {
        match (self.question, slot.outcome) {
            (Question::Group(_), 1) => {
                self.base += shares;
                self.shift(Slot { outcome: 0, ..slot }, -shares);
            }
            _ => self.shift(slot, shares),
        }
    }

    fn shift(&mut self, slot: Slot, shares: MicroShares) {
        let payoff = self.payoffs.entry(slot).or_default();
        *payoff += shares;
        if *payoff == 0 {
            self.payoffs.remove(&slot);
        }
    }

    /// Money against the same money whatever happens.
    fn lock(&mut self, usdc: MicroUsdc) {
        self.base += usdc;
        self.paid += usdc;
    }

    /// The answers that have a name here: all outcomes of a market; of a group those that pay anything.
    fn named(&self) -> Vec<(Slot, MicroShares)> {
        let mut named: BTreeMap<Slot, MicroShares> = self.payoffs.clone();
        if let Question::Market(market) = self.question {
            for outcome in 0..u8::try_from(self.answers).unwrap_or(u8::MAX) {
                named.entry(Slot { market, outcome }).or_default();
            }
        }
        named.into_iter().collect()
    }

    /// How many answers pay nothing beyond the base.
    fn silent(&self) -> usize {
        (self.answers as usize).saturating_sub(self.payoffs.len())
    }

    /// The least and the most that the answers pay beyond the base.
    fn ends(&self) -> (MicroShares, MicroShares) {
        let silent = (self.silent() > 0).then_some(0);
        let least = self.payoffs.values().copied().chain(silent).min().unwrap_or(0);
        let most = self.payoffs.values().copied().chain(silent).max().unwrap_or(0);
        (least, most)
    }

    /// How much depends on the answer: the most it can pay less the least, in millionths of a dollar.
    pub fn swing(&self) -> MicroUsdc {
        let (least, most) = self.ends();
        most - least
    }

    /// Whether nothing depends on the answer.
    pub fn is_neutral(&self) -> bool {
        self.swing() == 0
    }

    /// What can be lost at most: money put in less the least that comes back. For shares bought that is what
    /// they cost; for a hedge, a complete set or a conversion it is what they cost beyond what they are sure
    /// to bring. Below zero where a profit is sure. `None` where shares of unknown cost came or went.
    pub fn at_risk(&self) -> Option<MicroUsdc> {
        self.is_cost_known.then(|| self.paid - self.base - self.ends().0)
    }

    /// Whether somebody can hold this: every answer pays something or nothing. If not, shares were sold whose
    /// purchase was not seen.
    pub fn is_possible(&self) -> bool {
        self.base + self.ends().0 >= 0
    }

    /// The same stance without what is sure: each answer less the middle one (the lower of two), which leaves the
    /// fewest shares. Positive: long the answer; negative: short of it. Only what is not 0, in order. Of a
    /// market it is always long. Where a group has answers that nothing was done about, these are the measure,
    /// because what is taken from the others would have to be said of them, and they have no name here.
    pub fn netted(&self) -> Vec<(Slot, MicroShares)> {
        let named = self.named();
        let mut all: Vec<MicroShares> = named.iter().map(|(_, payoff)| *payoff).collect();
        all.sort_unstable();
        let lower = all.get(all.len().saturating_sub(1) / 2).copied().unwrap_or(0);
        let middle = if named.len() < self.answers as usize { 0 } else { lower };
        let net = named.into_iter().map(|(slot, payoff)| (slot, payoff - middle));
        net.filter(|(_, shares)| *shares != 0).collect()
    }

    /// What can be lost at most, divided over markets by the shares that the netted stance has of each, and
    /// signed: for a market's first outcome positive, against it negative. Nothing where nothing can be lost;
    /// `None` where shares of unknown cost came or went.
    pub fn risk_by_market(&self) -> Option<Vec<(MarketIx, MicroUsdc)>> {
        let at_risk = i128::from(self.at_risk()?.max(0));
        let net = self.on_first();
        let all: i128 = net.iter().map(|(_, shares)| i128::from(shares.abs())).sum();
        let part = |shares: MicroShares| {
            let part = at_risk * i128::from(shares) / all.max(1);
            MicroUsdc::try_from(part).unwrap_or(MicroUsdc::MAX)
        };
        Some(net.into_iter().map(|(market, shares)| (market, part(shares))).collect())
    }

    /// What the netted stance on a market is worth at its price, in dollars: shares of the first outcome at
    /// `price`, or against it, negative, at 1 − `price`. The exposure of a vote; unlike what can be lost, it
    /// does not shrink when a part was sold with a profit.
    pub fn worth_on(&self, market: MarketIx, price: Price) -> f64 {
        let net = self.on_first().into_iter().find(|(of, _)| *of == market);
        let shares = net.map_or(0, |(_, shares)| shares) as f64 / MICRO as f64;
        let price = if shares > 0.0 { price } else { price.complement() };
        shares * price.to_f64()
    }

    /// The netted stance as shares of each market's first outcome.
    pub fn on_first(&self) -> Vec<(MarketIx, MicroShares)> {
        let mut markets: BTreeMap<MarketIx, MicroShares> = BTreeMap::new();
        for (slot, shares) in self.netted() {
            *markets.entry(slot.market).or_default() +=
                if slot.outcome == 0 { shares } else { -shares };
        }
        markets.into_iter().collect()
    }

    /// The token that says most of it: the largest part of the netted stance, of an answer that it is short of the other
    /// outcome. `None` where nothing depends on the answer.
    pub fn side(&self) -> Option<Slot> {
        let net = self.netted();
        // The first of equals.
        let largest = net.iter().rev().max_by_key(|(_, shares)| shares.unsigned_abs())?;
        let (slot, shares) = *largest;
        let other = Slot { outcome: 1 - slot.outcome.min(1), ..slot };
        Some(if shares > 0 { slot } else { other })
    }

    /// What it wants.
    pub fn lean(&self) -> Lean {
        let (least, most) = self.ends();
        Lean { toward: self.only(most), against: self.only(least) }
    }

    fn only(&self, payoff: MicroShares) -> Option<Slot> {
        let named = self.named();
        let has_silent = named.len() < self.answers as usize;
        if self.is_neutral() || (payoff == 0 && has_silent) {
            return None;
        }
        named.into_iter().find(|(_, other)| *other == payoff).map(|(slot, _)| slot)
    }

    /// n·Σ vₖrₖ − Σ vₖ·Σ rₖ over the n answers, which is n times the product of both stances, each less its
    /// mean: positive where they want the same, negative where the opposite. Exact.
    pub(super) fn product(&self, other: &Self) -> i128 {
        let sum = |of: &Self| of.payoffs.values().map(|payoff| i128::from(*payoff)).sum::<i128>();
        let common: i128 = self
            .payoffs
            .iter()
            .filter_map(|(slot, one)| {
                Some(i128::from(*one) * i128::from(*other.payoffs.get(slot)?))
            })
            .sum();
        i128::from(self.answers) * common - sum(self) * sum(other)
    }
}
