//! A market as the exchange knows it.

use super::book::Book;
use super::units::{GroupIx, Millis, Outcome, PIPS, Pips, Shares, Side, Usdc};

/// A wider book is shown by its last trade, not its middle.
const WIDEST_SHOWN_SPREAD: Pips = 1_000;

/// What takers pay: `shares × rate × p(1 − p)`, to the nearest millionth of a USDC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FeeRate {
    /// In hundredths of a percent: 500 is 0.05.
    pub(crate) basis_points: i64,
}

impl FeeRate {
    pub(crate) const FREE: Self = Self { basis_points: 0 };

    /// The rate that upstream writes as `rate`, such as 0.05.
    pub(crate) fn of(rate: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "rates are a few percent")]
        let basis_points = (rate * 10_000.0).round() as i64;
        Self { basis_points }
    }

    /// The fee for `shares` at `price`.
    pub(crate) fn fee(self, shares: Shares, price: Pips) -> Usdc {
        let (pips, price) = (i128::from(PIPS), i128::from(price));
        let scaled = i128::from(shares) * i128::from(self.basis_points) * price * (pips - price);
        let unit = 10_000 * pips * pips;
        i64::try_from((scaled + unit / 2).div_euclid(unit)).unwrap_or(i64::MAX)
    }
}

/// The rules a market trades by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) tick: Pips,
    pub(crate) fee: FeeRate,
    /// Its neg-risk group.
    pub(crate) group: Option<GroupIx>,
}

/// The last trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Last {
    pub(crate) at_ms: Millis,
    /// Side and token of the taker, and the price of that token.
    pub(crate) outcome: Outcome,
    pub(crate) side: Side,
    pub(crate) price: Pips,
}

/// Displayed price of the first outcome and volume so far, from one moment until the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) at_ms: Millis,
    pub(crate) shown: Pips,
    /// What takers paid or got so far, USDC.
    pub(crate) volume: Usdc,
    /// Shares takers bought or sold so far.
    pub(crate) shares: Shares,
}

/// A market on the exchange.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    pub(crate) terms: Terms,
    pub(crate) listed_ms: Millis,
    /// Orders are taken.
    pub(crate) accepting: bool,
    pub(crate) book: Book,
    /// When the book was last published; the listing before that.
    pub(crate) published_ms: Millis,
    pub(crate) last: Option<Last>,
    /// What a share of each outcome pays, once resolved.
    pub(crate) payouts: Option<[Usdc; 2]>,
    pub(crate) resolved_ms: Option<Millis>,
    /// Shares of each outcome in existence.
    pub(crate) supply: [Shares; 2],
    /// Whenever the displayed price or the volume changed, oldest first; never empty.
    pub(crate) series: Vec<Point>,
}

impl Listing {
    /// The composite that the site shows for `outcome` and history keeps: the middle of a book no wider than
    /// 0.10, otherwise the last trade.
    pub(crate) fn shown(&self, outcome: Outcome) -> Pips {
        let shown = self.series.last().map_or(PIPS / 2, |point| point.shown);
        super::book::mirrored(outcome, shown)
    }

    /// The same, from the book as it is now.
    pub(crate) fn composite(&self) -> Pips {
        if let Some([first, _]) = self.payouts {
            return i32::try_from(first / 100).unwrap_or(PIPS);
        }
        let book = &self.book;
        match (book.best_bid(Outcome::First), book.best_ask(Outcome::First)) {
            (Some(bid), Some(ask)) if ask - bid <= WIDEST_SHOWN_SPREAD => i32::midpoint(bid, ask),
            _ => self.last.map_or_else(
                || self.shown(Outcome::First),
                |last| super::book::mirrored(last.outcome, last.price),
            ),
        }
    }

    /// What was shown and had been traded at a moment; `None` before the listing.
    pub(crate) fn point_at(&self, at_ms: Millis) -> Option<&Point> {
        let later = self.series.partition_point(|point| point.at_ms <= at_ms);
        later.checked_sub(1).map(|index| &self.series[index])
    }

    /// What takers paid or got so far.
    pub(crate) fn volume(&self) -> Usdc {
        self.series.last().map_or(0, |point| point.volume)
    }

    /// Adds a point when the displayed price or the volume has changed.
    pub(crate) fn note(&mut self, at_ms: Millis, usdc: Usdc, shares: Shares) {
        let shown = self.composite();
        let Some(last) = self.series.last().copied() else { return };
        let next = Point { at_ms, shown, volume: last.volume + usdc, shares: last.shares + shares };
        if (next.shown, next.volume, next.shares) == (last.shown, last.volume, last.shares) {
            return;
        }
        // Quotes that move without a trade are kept once a minute.
        let before = self.series.len().checked_sub(2).map(|index| self.series[index]);
        let is_quote =
            next.volume == last.volume && before.is_some_and(|before| before.volume == last.volume);
        let replaces = last.at_ms == at_ms || is_quote && minute(last.at_ms) == minute(at_ms);
        match self.series.last_mut() {
            Some(last) if replaces => *last = next,
            _ => self.series.push(next),
        }
    }

    /// Of the quotes before `until_ms` that moved without a trade, keeps one in `spacing_ms`. What is
    /// shown now, such as a payout, stays.
    pub(crate) fn thin(&mut self, until_ms: Millis, spacing_ms: Millis) {
        let mut kept: Option<Point> = None;
        let latest_ms = self.series.last().map(|latest| latest.at_ms);
        self.series.retain(|point| {
            let keep = point.at_ms >= until_ms
                || Some(point.at_ms) == latest_ms
                || kept.is_none_or(|kept| {
                    kept.volume != point.volume
                        || kept.at_ms.div_euclid(spacing_ms) != point.at_ms.div_euclid(spacing_ms)
                });
            if keep {
                kept = Some(*point);
            }
            keep
        });
    }
}

fn minute(at_ms: Millis) -> i64 {
    at_ms.div_euclid(60_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::units::MICRO;

    #[test]
    fn fees_follow_the_documented_formula() {
        // A recorded trade: 22.84 shares at 0.52 and a rate of 0.05 cost 11.8768 and 0.28504 more, which
        // the feed rounds to 12.16184.
        let rate = FeeRate { basis_points: 500 };
        let fee = rate.fee(22_840_000, 5_200);
        assert_eq!(fee, 285_043);
        assert_eq!(rate.fee(MICRO, PIPS), 0);
        assert_eq!(FeeRate::FREE.fee(MICRO, 5_000), 0);
    }
}
