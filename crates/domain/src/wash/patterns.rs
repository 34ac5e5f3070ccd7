//! What one owner does with a market, whoever is on the other side.

use std::collections::{BTreeMap, VecDeque};

use super::counterparties;
use crate::clusters::OwnerIx;
use crate::evidence::{Basis, EvidenceId, Span};
use crate::ledger::{MarketIx, MicroShares};

/// Seconds within which what was opened and closed again counts.
pub const OPEN_CLOSE_S: i64 = 180;
/// Lengths of position-neutral windows in seconds: an hour, a day, a week.
pub const WINDOWS_S: [i64; 3] = [3_600, 86_400, 7 * 86_400];
/// A window is neutral where |net| ≤ this part of gross.
pub const EPSILON: f64 = 0.01;

/// A fill, as far as washing is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fill {
    /// The record.
    pub id: EvidenceId,
    /// The market.
    pub market: MarketIx,
    /// Who; of the feed, the taker.
    pub owner: OwnerIx,
    /// Who was on the other side; `None` where the source does not say.
    pub other: Option<OwnerIx>,
    /// Toward the first outcome: it was bought, or the second one sold.
    pub toward_first: bool,
    /// Shares.
    pub shares: MicroShares,
    /// Seconds of the epoch.
    pub at_s: i64,
    /// Whether the owner is maker-like; `None` unknown.
    pub is_maker_like: Option<bool>,
}

/// A way to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// An owner opened and closed within [`OPEN_CLOSE_S`]; where counterparties are known, with the same one.
    /// A lower bound.
    OpenAndClose,
    /// An owner was neutral over an hour.
    NeutralHour,
    /// Over a day.
    NeutralDay,
    /// Over a week. Whoever trades in and out within a week is in it: an upper bound.
    NeutralWeek,
    /// Owners that trade only among each other and end where they began. Only where counterparties are known.
    ClosedCluster,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 5] = [
        Self::OpenAndClose,
        Self::NeutralHour,
        Self::NeutralDay,
        Self::NeutralWeek,
        Self::ClosedCluster,
    ];

    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::OpenAndClose => "open_and_close",
            Self::NeutralHour => "neutral_1h",
            Self::NeutralDay => "neutral_24h",
            Self::NeutralWeek => "neutral_7d",
            Self::ClosedCluster => "closed_cluster",
        }
    }
}

/// What one method finds.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// The method.
    pub method: Method,
    /// The part of all shares traded: from without to with whoever may be a maker. `None` where the method
    /// cannot be used.
    pub share: Option<Span>,
    /// Owners in it, whoever may be a maker included.
    pub owners: usize,
    /// Fills in it, the same.
    pub fills: usize,
}

/// All methods on one market.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// Each of [`Method::ALL`].
    pub measures: Vec<Measure>,
    /// From the least to the most that any method finds; `None` without a fill.
    pub band: Option<Span>,
    /// Shares traded: what the parts are of.
    pub shares: MicroShares,
    /// What it was read from.
    pub basis: Basis,
}

/// Measures the fills of one market, in any order. Known makers are left out of what is found, not of what it is
/// a part of.
pub fn measures(fills: &[Fill], basis: Basis) -> Band {
    let mut fills: Vec<&Fill> = fills.iter().collect();
    fills.sort_by_key(|fill| (fill.at_s, fill.id));
    fills.dedup_by_key(|fill| fill.id);
    let shares: MicroShares = fills.iter().map(|fill| fill.shares).sum();
    let mut measures = vec![found(Method::OpenAndClose, &open_and_close(&fills), shares)];
    let windows = [Method::NeutralHour, Method::NeutralDay, Method::NeutralWeek];
    for (method, length_s) in windows.into_iter().zip(WINDOWS_S) {
        measures.push(found(method, &neutral(&fills, length_s), shares));
    }
    let rings = counterparties::ring_volume(&fills, basis);
    measures.push(match rings {
        Some(rings) => found(Method::ClosedCluster, &rings, shares),
        None => Measure { method: Method::ClosedCluster, share: None, owners: 0, fills: 0 },
    });
    let spans = || measures.iter().filter_map(|measure| measure.share);
    let low = spans().map(|span| span.low).reduce(f64::min);
    let high = spans().map(|span| span.high).reduce(f64::max);
    let band = low.zip(high).map(|(low, high)| Span { low, high });
    Band { measures, band, shares, basis }
}

/// Shares of a fill that a method counts.
pub(super) type Counted<'a> = (&'a Fill, MicroShares);

fn found(method: Method, counted: &[Counted<'_>], all: MicroShares) -> Measure {
    let possible = || counted.iter().filter(|(fill, _)| fill.is_maker_like != Some(true));
    let sum = |certain: bool| -> MicroShares {
        let counts = |fill: &Fill| !certain || fill.is_maker_like == Some(false);
        possible().filter(|(fill, _)| counts(fill)).map(|(_, shares)| *shares).sum()
    };
    let mut owners: Vec<OwnerIx> = possible().map(|(fill, _)| fill.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    let part = |shares: MicroShares| shares as f64 / all as f64;
    Measure {
        method,
        share: (all > 0).then(|| Span { low: part(sum(true)), high: part(sum(false)) }),
        owners: owners.len(),
        fills: possible().count(),
    }
}

/// Shares opened and closed again within the time, first in first out, by owner; against the same counterparty
/// where it is known. Both the opening and the closing count.
fn open_and_close<'a>(fills: &[&'a Fill]) -> Vec<Counted<'a>> {
    let mut open: BTreeMap<(OwnerIx, Option<OwnerIx>), VecDeque<Counted<'_>>> = BTreeMap::new();
    let mut counted: BTreeMap<(i64, EvidenceId), Counted<'a>> = BTreeMap::new();
    for fill in fills.iter().copied() {
        let queue = open.entry((fill.owner, fill.other)).or_default();
        while queue.front().is_some_and(|(first, _)| fill.at_s - first.at_s > OPEN_CLOSE_S) {
            queue.pop_front();
        }
        let mut left = fill.shares;
        while let Some((first, shares)) = queue.front_mut() {
            if first.toward_first == fill.toward_first || left == 0 {
                break;
            }
            let closed = left.min(*shares);
            for part in [*first, fill] {
                counted.entry((part.at_s, part.id)).or_insert((part, 0)).1 += closed;
            }
            left -= closed;
            *shares -= closed;
            if *shares == 0 {
                queue.pop_front();
            }
        }
        if left > 0 {
            queue.push_back((fill, left));
        }
    }
    counted.into_values().collect()
}

/// Fills of owners that were neutral over a window. Windows begin at multiples
/// of their length.
fn neutral<'a>(fills: &[&'a Fill], length_s: i64) -> Vec<Counted<'a>> {
    let mut windows: BTreeMap<(OwnerIx, i64), Vec<&'a Fill>> = BTreeMap::new();
    for fill in fills.iter().copied() {
        let window = fill.at_s.div_euclid(length_s);
        windows.entry((fill.owner, window)).or_default().push(fill);
    }
    let is_neutral = |fills: &[&Fill]| {
        let signed = |fill: &Fill| if fill.toward_first { fill.shares } else { -fill.shares };
        let net: MicroShares = fills.iter().map(|fill| signed(fill)).sum();
        let gross: MicroShares = fills.iter().map(|fill| fill.shares).sum();
        net.abs() as f64 <= EPSILON * gross as f64
    };
    let neutral = windows.into_values().filter(|fills| is_neutral(fills));
    neutral.flatten().map(|fill| (fill, fill.shares)).collect()
}
