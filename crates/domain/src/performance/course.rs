//! Drawdowns and streaks: what depends on the order of events, and on how many there are.

use crate::ledger::MicroUsdc;

use super::observation::Settled;

/// Lengths at which wallets are compared. A drawdown grows with the number of events, so those of unequal
/// lengths say nothing beside each other.
pub const LENGTHS: [usize; 3] = [20, 50, 100];

/// How a run of settled events went, in the order in which they ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// How many events.
    pub events: usize,
    /// The largest fall of the profit summed up from its highest point, which is at least the start.
    pub drawdown: MicroUsdc,
    /// Most profits in a row.
    pub longest_wins: usize,
    /// Most losses in a row.
    pub longest_losses: usize,
    /// Profits in a row at the end, losses when negative.
    pub current: i64,
}

impl Course {
    /// Of events in the order in which they ended; an event with neither profit nor loss ends no row.
    pub(crate) fn of<'a>(settled: impl Iterator<Item = &'a Settled>) -> Self {
        let (mut sum, mut peak) = (0, 0);
        let mut course =
            Self { events: 0, drawdown: 0, longest_wins: 0, longest_losses: 0, current: 0 };
        for observed in settled {
            course.events += 1;
            sum += observed.profit;
            peak = sum.max(peak);
            course.drawdown = course.drawdown.max(peak - sum);
            course.current = match observed.profit.signum() {
                0 => course.current,
                sign if sign == course.current.signum() => course.current + sign,
                sign => sign,
            };
            let row = usize::try_from(course.current.unsigned_abs()).unwrap_or(usize::MAX);
            if course.current > 0 {
                course.longest_wins = course.longest_wins.max(row);
            } else {
                course.longest_losses = course.longest_losses.max(row);
            }
        }
        course
    }

    /// Of the last so many; `None` where there are fewer.
    pub(crate) fn of_last(settled: &[&Settled], length: usize) -> Option<Self> {
        let start = settled.len().checked_sub(length)?;
        Some(Self::of(settled.get(start..)?.iter().copied()))
    }
}
