//! How many wallets a rule flags: of those without skill, which is its size, and of the others, its power.

use crate::stats::{Dice, Proportion};

use super::population::{Population, Style, Wallet};
use super::rules::{Rule, Scene};

/// How many of some wallets were flagged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FlagRate {
    /// Flagged.
    pub flagged: usize,
    /// Those of whom the rule says anything.
    pub eligible: usize,
    /// All.
    pub wallets: usize,
}

impl FlagRate {
    /// Flagged of those of whom it says anything; `None` where there are none.
    pub fn of_eligible(&self) -> Option<Proportion> {
        Proportion::wilson(self.flagged, self.eligible)
    }

    /// Flagged of all; `None` where there are none.
    pub fn of_all(&self) -> Option<Proportion> {
        Proportion::wilson(self.flagged, self.wallets)
    }

    fn count(&mut self, verdict: Option<bool>) {
        self.wallets += 1;
        self.eligible += usize::from(verdict.is_some());
        self.flagged += usize::from(verdict == Some(true));
    }
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SizeRow {
    /// To all wallets without skill: each flag is wrong.
    pub all: FlagRate,
    /// To those of each of [`Style::ALL`].
    pub by_style: [FlagRate; Style::ALL.len()],
    /// To those with skill: each flag is right.
    pub skilled: FlagRate,
}

impl SizeRow {
    /// Of anything that judges wallets: `None` says that there is too little to say.
    pub fn of(population: &Population, mut judge: impl FnMut(&Wallet) -> Option<bool>) -> Self {
        let mut row = Self::default();
        for wallet in population.iter() {
            row.count(&wallet, judge(&wallet));
        }
        row
    }

    /// Of all that it flags, the part that has skill; `None` where it flags nobody.
    pub fn precision(&self) -> Option<Proportion> {
        Proportion::wilson(self.skilled.flagged, self.skilled.flagged + self.all.flagged)
    }

    fn count(&mut self, wallet: &Wallet, verdict: Option<bool>) {
        if wallet.is_skilled() {
            return self.skilled.count(verdict);
        }
        self.all.count(verdict);
        for (rate, style) in self.by_style.iter_mut().zip(Style::ALL) {
            if style == wallet.style {
                rate.count(verdict);
            }
        }
    }
}

/// Every rule on the same wallets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SizeTable {
    /// In the order of [`Rule::ALL`].
    pub rows: Vec<(Rule, SizeRow)>,
}

impl SizeTable {
    /// Of a population.
    pub fn of(population: &Population) -> Self {
        let scene = Scene::of(population);
        let mut rows: Vec<(Rule, SizeRow)> =
            Rule::ALL.into_iter().map(|rule| (rule, SizeRow::default())).collect();
        for number in 0..population.wallets {
            let wallet = population.wallet(number);
            let mut dice: Dice = population.dice(number, 9);
            for (rule, row) in &mut rows {
                row.count(&wallet, rule.flags(&wallet, &scene, &mut dice));
            }
        }
        Self { rows }
    }

    /// What one rule does.
    pub fn row(&self, rule: Rule) -> SizeRow {
        let found = self.rows.iter().find(|(other, _)| *other == rule);
        found.map_or_else(SizeRow::default, |(_, row)| *row)
    }
}
