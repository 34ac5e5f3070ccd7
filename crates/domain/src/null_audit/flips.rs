//! Reversals of a side in a market by itself, read from bare fills: written a second time on purpose, so that what the
//! books say can be held against something that shares no code with them.

use std::collections::BTreeMap;

/// Shares that a wallet came by.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken<W, M> {
    /// Whose.
    pub wallet: W,
    /// Of which market.
    pub market: M,
    /// When, in seconds.
    pub at: i64,
    /// Shares toward the first outcome: bought of it or sold of the other above 0, the reverse below.
    pub shares: f64,
}

/// A reversal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reversal<W, M> {
    /// Whose.
    pub wallet: W,
    /// In which market.
    pub market: M,
    /// When, in seconds.
    pub at: i64,
}

/// From the largest position since the last reversal to the other side, by at least half of that in one go, and to at
/// least this part of it.
const LEAST_SWING: f64 = 0.05;
const LEAST_FALL: f64 = 0.5;

/// A position, and the way it came from.
#[derive(Default)]
struct Course {
    net: f64,
    /// The net position when it was largest since the last reversal.
    peak: f64,
    /// Net by peak when it last grew.
    from: f64,
}

impl Course {
    /// Whether this turns it.
    fn take(&mut self, shares: f64) -> bool {
        let before = if self.peak == 0.0 { 0.0 } else { self.net / self.peak };
        self.net += shares;
        if self.peak == 0.0 || self.net / self.peak > 1.0 {
            (self.peak, self.from) = (self.net, 1.0);
            return false;
        }
        let now = self.net / self.peak;
        if now > before {
            self.from = now;
        }
        let is_turned = now <= -LEAST_SWING && self.from - now >= LEAST_FALL;
        if is_turned {
            (self.peak, self.from) = (self.net, 1.0);
        }
        is_turned
    }
}

/// All reversals in fills that are given in the order of time. Fills of one wallet, market and second are one.
pub fn reversals<W: Ord + Clone, M: Ord + Clone>(fills: &[Taken<W, M>]) -> Vec<Reversal<W, M>> {
    let mut together: BTreeMap<(W, M), Vec<(i64, f64)>> = BTreeMap::new();
    for fill in fills {
        let course = together.entry((fill.wallet.clone(), fill.market.clone())).or_default();
        match course.last_mut() {
            Some((at, shares)) if *at == fill.at => *shares += fill.shares,
            _ => course.push((fill.at, fill.shares)),
        }
    }
    let mut found = Vec::new();
    for ((wallet, market), steps) in together {
        let mut course = Course::default();
        for (at, shares) in steps {
            if course.take(shares) {
                found.push(Reversal { wallet: wallet.clone(), market: market.clone(), at });
            }
        }
    }
    found
}
