//! Whether who was good stays good: the only claim that matters.

use super::dice::Dice;
use super::interval::Proportion;
use super::robust::quantile;

/// Spearman's rank correlation (1904) with mean ranks of equals, −1 to 1; `None` of fewer than three pairs, or
/// where one side is all the same.
pub fn spearman(pairs: &[(f64, f64)]) -> Option<f64> {
    if pairs.len() < 3 {
        return None;
    }
    let before = ranks(pairs.iter().map(|(before, _)| *before));
    let after = ranks(pairs.iter().map(|(_, after)| *after));
    let middle = (pairs.len() as f64).midpoint(1.0);
    let product = |one: &[f64], other: &[f64]| -> f64 {
        one.iter().zip(other).map(|(a, b)| (a - middle) * (b - middle)).sum()
    };
    let width = product(&before, &before) * product(&after, &after);
    (width > 0.0).then(|| (product(&before, &after) / width.sqrt()).clamp(-1.0, 1.0))
}

/// Ranks from 1, equals sharing the mean of theirs.
fn ranks(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    // Adding 0 makes a negative zero a positive one, which it is equal to.
    let mut sorted: Vec<(usize, f64)> = numbers.map(|number| number + 0.0).enumerate().collect();
    sorted.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    let mut ranks = vec![0.0; sorted.len()];
    let mut before = 0;
    for equals in sorted.chunk_by(|(_, one), (_, other)| one.total_cmp(other).is_eq()) {
        let rank = before as f64 + (equals.len() as f64).midpoint(1.0);
        for (place, _) in equals {
            if let Some(slot) = ranks.get_mut(*place) {
                *slot = rank;
            }
        }
        before += equals.len();
    }
    ranks
}

/// A rank correlation over clusters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Persistence {
    /// Spearman's ρ of the score before and the result after.
    pub correlation: f64,
    /// 95 % interval: the middle of the correlations of resampled clusters.
    pub interval: (f64, f64),
    /// Wallets.
    pub wallets: usize,
    /// Clusters of wallets.
    pub clusters: usize,
}

impl Persistence {
    /// Of pairs (score before, result after) of wallets, by clusters of one owner, with a bootstrap that draws
    /// clusters and not wallets (Field and Welsh 2007). `None` as [`spearman`], of fewer than two clusters,
    /// or without resamples.
    pub fn of(clusters: &[Vec<(f64, f64)>], resamples: usize, dice: &mut Dice) -> Option<Self> {
        if clusters.len() < 2 {
            return None;
        }
        let all: Vec<(f64, f64)> = clusters.iter().flatten().copied().collect();
        let correlation = spearman(&all)?;
        let mut drawn = Vec::with_capacity(all.len());
        let mut resampled: Vec<f64> = (0..resamples)
            .filter_map(|_| {
                drawn.clear();
                for _ in clusters {
                    drawn.extend(clusters.get(dice.below(clusters.len()))?);
                }
                spearman(&drawn)
            })
            .collect();
        resampled.sort_by(f64::total_cmp);
        Some(Self {
            correlation,
            interval: (quantile(&resampled, 0.025)?, quantile(&resampled, 0.975)?),
            wallets: all.len(),
            clusters: clusters.len(),
        })
    }
}

/// How many of each class came to be in which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transitions {
    classes: usize,
    /// By class before, then by class after.
    counts: Vec<usize>,
}

impl Transitions {
    /// Of pairs (class before, class after), each below `classes`; `None` where one is not.
    pub fn of(classes: usize, pairs: impl IntoIterator<Item = (usize, usize)>) -> Option<Self> {
        let mut counts = vec![0; classes * classes];
        for (before, after) in pairs {
            if after >= classes {
                return None;
            }
            *counts.get_mut(before * classes + after)? += 1;
        }
        Some(Self { classes, counts })
    }

    /// Of those who were in one class, the part that came to be in another, or stayed; `None` where nobody
    /// was.
    pub fn share(&self, before: usize, after: usize) -> Option<Proportion> {
        let row = self.counts.chunks(self.classes.max(1)).nth(before)?;
        Proportion::wilson(*row.get(after)?, row.iter().sum())
    }
}
