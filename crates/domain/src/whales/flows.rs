//! Whose money went where in an interval.

use std::collections::BTreeMap;

use super::class::Class;
use super::stance::{Question, Stance};
use crate::clusters::OwnerIx;
use crate::evidence::Basis;
use crate::ledger::{Change, MarketIx, Markets, MicroShares, MicroUsdc};

/// What an owner did on a question in an interval.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnerFlow {
    /// Of the owner, when it last traded.
    pub class: Class,
    /// The change of its stance.
    pub stance: Stance,
    /// Dollars that changed hands, millionths, without netting.
    pub gross: MicroUsdc,
    /// Fills.
    pub trades: u32,
}

/// What a class did in one market of a question in an interval. All signed: towards the market's first
/// outcome is positive, so that buying Yes and selling No are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassFlow {
    /// The class.
    pub class: Class,
    /// The market.
    pub market: MarketIx,
    /// Shares of its first outcome that the owners' stances changed by, each owner netted over its wallets and
    /// over the question's markets. Millionths.
    pub net_shares: MicroShares,
    /// What the owners can lose by it at most, signed as the shares, divided over a group's markets as
    /// [`Stance::risk_by_market`] does. Millionths of a dollar; `None` where one of them got shares of unknown cost.
    pub net_usdc: Option<MicroUsdc>,
    /// Owners whose stance changed toward it.
    pub buyers: u32,
    /// Owners whose stance changed away from it.
    pub sellers: u32,
}

/// Flows of one question in one interval. Taking one more fill touches its owner alone.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    question: Question,
    answers: u32,
    basis: Basis,
    owners: BTreeMap<OwnerIx, OwnerFlow>,
}

impl Flow {
    /// Nothing yet. On [`Basis::Feed`] it is what takers did: whoever rested took the other side, unnamed.
    pub fn new(question: Question, answers: u32, basis: Basis) -> Self {
        Self { question, answers, basis, owners: BTreeMap::new() }
    }

    /// What it was read from.
    pub fn basis(&self) -> Basis {
        self.basis
    }

    /// One more thing an owner of a class did. Redemptions are no flow.
    pub fn apply(&mut self, markets: &Markets, owner: OwnerIx, class: Class, change: &Change) {
        if Question::of_change(markets, change) != Some(self.question)
            || matches!(change, Change::Redeem { .. })
        {
            return;
        }
        let (question, answers) = (self.question, self.answers);
        let flow = self.owners.entry(owner).or_insert_with(|| OwnerFlow {
            class,
            stance: Stance::new(question, answers),
            gross: 0,
            trades: 0,
        });
        flow.class = class;
        flow.stance.apply(markets, change);
        if let Change::Buy(fill) | Change::Sell(fill) = change {
            flow.gross += fill.usdc.get();
            flow.trades += 1;
        }
    }

    /// What each owner did.
    pub fn owners(&self) -> impl Iterator<Item = (OwnerIx, &OwnerFlow)> {
        self.owners.iter().map(|(owner, flow)| (*owner, flow))
    }

    /// What each class did in each market, by class and market; only where something did.
    pub fn by_class(&self) -> Vec<ClassFlow> {
        let mut lines: BTreeMap<(Class, MarketIx), ClassFlow> = BTreeMap::new();
        for flow in self.owners.values() {
            let mut risks = flow.stance.risk_by_market().map(Vec::into_iter);
            for (market, shares) in flow.stance.on_first() {
                let line = lines.entry((flow.class, market)).or_insert(ClassFlow {
                    class: flow.class,
                    market,
                    net_shares: 0,
                    net_usdc: Some(0),
                    buyers: 0,
                    sellers: 0,
                });
                line.net_shares += shares;
                *if shares > 0 { &mut line.buyers } else { &mut line.sellers } += 1;
                let risk = risks.as_mut().and_then(Iterator::next).map(|(_, usdc)| usdc);
                line.net_usdc = line.net_usdc.zip(risk).map(|(sum, usdc)| sum + usdc);
            }
        }
        lines.into_values().collect()
    }

    /// Dollars that changed hands by class, without netting.
    pub fn gross(&self) -> Vec<(Class, MicroUsdc, u32)> {
        let mut sums: BTreeMap<Class, (MicroUsdc, u32)> = BTreeMap::new();
        for flow in self.owners.values() {
            let sum = sums.entry(flow.class).or_default();
            sum.0 += flow.gross;
            sum.1 += flow.trades;
        }
        sums.into_iter().map(|(class, (usdc, trades))| (class, usdc, trades)).collect()
    }
}
