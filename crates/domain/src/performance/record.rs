//! How a set of settled events went.

use crate::ledger::{MICRO, Mark, MicroUsdc, Position};
use crate::stats::{Clustered, Proportion, Weighted};

use super::observation::Settled;

/// How a set of settled events went. Amounts are millionths of a dollar after fees.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// How many.
    pub events: usize,
    /// Of them with a profit.
    pub wins: usize,
    /// Of them with a loss.
    pub losses: usize,
    /// Of them with neither: cancelled, or sold at cost.
    pub pushes: usize,
    /// Wins of wins and losses; `None` where there is neither.
    pub win_rate: Option<Proportion>,
    /// Together.
    pub profit: MicroUsdc,
    /// What was put in.
    pub invested: MicroUsdc,
    /// Profit on what was put in; `None` where nothing was.
    pub roi: Option<f64>,
    /// Gains over losses; `None` without a loss.
    pub profit_factor: Option<f64>,
    /// What a dollar staked came to more than the price paid: Σ s·(y − c)/c / Σ s, with c the cost a share
    /// including the fee, s the dollars and y what a share paid. `None` without a stake in a resolved market.
    pub edge: Option<Clustered>,
}

impl Record {
    pub(crate) fn of<'a>(
        settled: impl Iterator<Item = (&'a Settled, &'a [&'a Position])> + Clone,
    ) -> Self {
        let (mut wins, mut losses, mut pushes) = (0, 0, 0);
        let (mut gained, mut lost, mut invested) = (0i64, 0i64, 0i64);
        for (observed, _) in settled.clone() {
            invested += observed.invested;
            match observed.profit {
                0 => pushes += 1,
                1.. => {
                    wins += 1;
                    gained += observed.profit;
                }
                _ => {
                    losses += 1;
                    lost -= observed.profit;
                }
            }
        }
        let profit = gained - lost;
        Self {
            events: wins + losses + pushes,
            wins,
            losses,
            pushes,
            win_rate: Proportion::wilson(wins, wins + losses),
            profit,
            invested,
            roi: (invested > 0).then(|| profit as f64 / invested as f64),
            profit_factor: (lost > 0).then(|| gained as f64 / lost as f64),
            edge: edge(settled.flat_map(|(_, positions)| positions.iter().copied())),
        }
    }
}

/// What a dollar staked came to more than the price paid: Σ s·(y − c)/c / Σ s, of what was bought in markets
/// that are resolved, with c the cost a share including the fee, s the dollars and y what a share paid. What
/// became of the shares before does not matter: it is about the choice, not the exit. Positions of an event
/// stand together.
pub(crate) fn edge<'a>(positions: impl Iterator<Item = &'a Position>) -> Option<Clustered> {
    let observed = positions.filter_map(|position| {
        let Mark::Payout(payout) = position.mark else { return None };
        let stake = position.entered.usdc + position.entered.fees;
        let paid = position.entered.shares as f64 * (payout as f64 / MICRO as f64);
        (stake > 0).then_some(Weighted {
            cluster: position.event,
            sum: paid - stake as f64,
            weight: stake as f64,
        })
    });
    Clustered::mean(&observed.collect::<Vec<_>>())
}
