//! Wallets that enter in the same second, and how often they would by accident.

use std::collections::btree_map;
use std::collections::{BTreeMap, BTreeSet};

use super::WalletIx;
use super::evidence::{CAP, Entry, Kind, Link, Pair, SHARED_ENTRY, pairs};
use crate::ledger::{EventIx, MarketIx};

/// Wallets in one second beyond which it is a crowd, and says nothing of any two of them.
pub(super) const CROWD: usize = 12;

/// Seconds to both sides within which others are counted: what comes in seconds, in minutes and in an hour.
const AROUND_S: [i64; 4] = [5, 30, 300, 1_800];
/// Seconds of the world in a second of the record: the chain has a block about every two.
const BLOCK_S: f64 = 2.0;
/// Trades a second that a market has at least, however quiet it was: one an hour.
const QUIETEST: f64 = 1.0 / 3_600.0;
/// Whoever is followed came at most so many seconds earlier.
const LED_S: i64 = 60;
/// Occasions on which somebody came before from which on both may have followed.
const LED_OFTEN: usize = 2;

/// Two wallets in the same second.
#[derive(Debug, Clone)]
pub(super) struct Met {
    market: MarketIx,
    toward: u8,
    at_s: i64,
    /// The evidence.
    pub(super) link: Link,
}

/// Who met whom, and by event the occasion that says most.
pub(super) type Together = BTreeMap<Pair, BTreeMap<EventIx, Met>>;

/// Everybody who was somewhere in the same second, but for those who both follow somebody else. `entries` by market
/// and time.
pub(super) fn together(entries: &[Entry]) -> Together {
    let mut together = Together::new();
    for market in entries.chunk_by(|one, next| one.market == next.market) {
        let is_same =
            |one: &Entry, next: &Entry| (one.at_s, one.toward) == (next.at_s, next.toward);
        for second in market.chunk_by(is_same) {
            if (2..=CROWD).contains(&second.len()) {
                meet(&mut together, market, second);
            }
        }
    }
    let led: Vec<Pair> = together
        .iter()
        .filter(|(pair, occasions)| is_led(entries, &together, **pair, occasions))
        .map(|(pair, _)| *pair)
        .collect();
    for pair in led {
        together.remove(&pair);
    }
    together
}

fn meet(together: &mut Together, market: &[Entry], second: &[Entry]) {
    let Some(first) = second.first() else { return };
    let by_chance = BLOCK_S * rate(market, first.at_s);
    let llr = (SHARED_ENTRY / by_chance).ln().min(CAP);
    if llr <= 0.0 {
        return;
    }
    let records: BTreeMap<_, _> = second.iter().map(|entry| (entry.wallet, entry.id)).collect();
    for pair in pairs(&records.keys().copied().collect()) {
        let record = |wallet| records.get(&wallet).copied();
        let records = [record(pair.0), record(pair.1)].into_iter().flatten().collect();
        let link = Link { pair, kind: Kind::SameSecond, llr, records };
        let met = Met { market: first.market, toward: first.toward, at_s: first.at_s, link };
        match together.entry(pair).or_default().entry(first.event) {
            btree_map::Entry::Occupied(mut held) if llr > held.get().link.llr => {
                held.insert(met);
            }
            btree_map::Entry::Occupied(_) => {}
            btree_map::Entry::Vacant(free) => {
                free.insert(met);
            }
        }
    }
}

/// Entries a second around a second of a market, those within it not counted; where they are densest.
fn rate(market: &[Entry], at_s: i64) -> f64 {
    let until = |at_s: i64| market.partition_point(|entry| entry.at_s < at_s);
    let within = until(at_s + 1) - until(at_s);
    let rates = AROUND_S.iter().map(|around| {
        let others = until(at_s + around + 1) - until(at_s - around) - within;
        others as f64 / (2 * around) as f64
    });
    rates.fold(QUIETEST, f64::max)
}

/// Whether somebody who is never in the same second with either came shortly before them time and again.
fn is_led(
    entries: &[Entry],
    together: &Together,
    pair: Pair,
    occasions: &BTreeMap<EventIx, Met>,
) -> bool {
    if occasions.len() < LED_OFTEN {
        return false;
    }
    let mut came_before: BTreeMap<WalletIx, usize> = BTreeMap::new();
    for met in occasions.values() {
        let from =
            |at_s| entries.partition_point(|entry| (entry.market, entry.at_s) < (met.market, at_s));
        let before = entries.get(from(met.at_s - LED_S)..from(met.at_s)).unwrap_or_default();
        let leaders: BTreeSet<WalletIx> = before
            .iter()
            .filter(|entry| entry.toward == met.toward)
            .map(|entry| entry.wallet)
            .collect();
        for leader in leaders {
            *came_before.entry(leader).or_default() += 1;
        }
    }
    let meets = |one: WalletIx, other: WalletIx| {
        one == other || together.contains_key(&(one.min(other), one.max(other)))
    };
    came_before.into_iter().any(|(leader, times)| {
        let is_outside = !meets(leader, pair.0) && !meets(leader, pair.1);
        is_outside && times >= LED_OFTEN && 2 * times >= occasions.len()
    })
}

/// What speaks against: events that the less active of two entered without the other.
pub(super) fn apart(entries: &[Entry], together: &Together) -> Vec<Link> {
    let mut events: BTreeMap<WalletIx, BTreeSet<EventIx>> = BTreeMap::new();
    for (one, other) in together.keys() {
        events.entry(*one).or_default();
        events.entry(*other).or_default();
    }
    for entry in entries {
        if let Some(events) = events.get_mut(&entry.wallet) {
            events.insert(entry.event);
        }
    }
    let count = |wallet| events.get(&wallet).map_or(0, BTreeSet::len);
    let apart = together.iter().filter_map(|(pair, occasions)| {
        let missed = count(pair.0).min(count(pair.1)).saturating_sub(occasions.len());
        let llr = missed as f64 * (1.0 - SHARED_ENTRY).ln();
        (missed > 0).then(|| Link { pair: *pair, kind: Kind::Apart, llr, records: Vec::new() })
    });
    apart.collect()
}
