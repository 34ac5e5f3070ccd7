//! What one core can do with a wallet's history: `cargo bench -p domain --bench ledger`.
//!
//! Budgets: 2,000,000 entries folded a second; a wallet of 100,000 entries recomputed with all its figures
//! within 150 ms.

#![expect(clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use chrono::{DateTime, TimeDelta, Utc};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use domain::ledger::{
    Change, Coverage, Entry, Fill, Ledger, Mark, MarketIx, Markets, Micro, Payouts, Place, Role,
    Slot, Terms,
};
use domain::performance::{Performance, exposures};
use domain::{Category, ConditionId, EventId};

const ENTRIES: u64 = 100_000;
const MARKETS: u64 = 5_000;
/// Markets an event has.
const MEMBERS: u64 = 4;

/// A small generator of the same numbers everywhere (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % bound
    }
}

fn second(number: u64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_757_908_892 + i64::try_from(number).unwrap(), 0).unwrap()
}

fn micro(millionths: u64) -> Micro {
    Micro::new(i64::try_from(millionths).unwrap()).unwrap()
}

/// Markets of which four in five are resolved, a quarter of them in each of four categories.
fn markets() -> (Markets, Vec<MarketIx>) {
    let mut markets = Markets::new();
    let all = (0..MARKETS).map(|number| {
        let category = usize::try_from(number % 4).unwrap();
        markets.set(Terms {
            event_id: EventId::parse(&format!("e{}", number / MEMBERS)).ok(),
            neg_risk: number % 8 < MEMBERS,
            category: Some(Category::ALL[category]),
            payouts: (number % 5 > 0).then(|| Payouts::winner(u8::from(number % 3 > 0))),
            resolved_at: (number % 5 > 0).then(|| second(2 * ENTRIES + number * 600)),
            ..Terms::unknown(ConditionId::parse(&format!("{number:064x}")).unwrap())
        })
    });
    let all = all.collect();
    (markets, all)
}

/// A history as a busy wallet's: mostly purchases, a third sales of what is held, some sets made and
/// given back; newest first, as upstream lists it.
fn entries(all: &[MarketIx]) -> Vec<Entry> {
    let mut numbers = Numbers(7);
    let mut held = vec![[0u64; 2]; all.len()];
    let mut entries: Vec<Entry> = (0..ENTRIES)
        .map(|number| {
            let place = usize::try_from(numbers.below(MARKETS)).unwrap();
            let outcome = usize::try_from(numbers.below(2)).unwrap();
            let market = all[place];
            let slot = Slot { market, outcome: u8::try_from(outcome).unwrap() };
            let price = 20_000 + numbers.below(960_000);
            let fill = |shares: u64| Fill {
                slot,
                shares: micro(shares),
                usdc: micro(
                    u64::try_from(u128::from(shares) * u128::from(price) / 1_000_000).unwrap(),
                ),
                fee: Some(micro(shares / 100)),
                role: if price.is_multiple_of(3) { Role::Maker } else { Role::Taker },
            };
            let pairs = held[place][0].min(held[place][1]);
            let change = match numbers.below(20) {
                0 => {
                    held[place].iter_mut().for_each(|shares| *shares += 5_000_000);
                    Change::Split { market, shares: micro(5_000_000) }
                }
                1 if pairs > 0 => {
                    held[place].iter_mut().for_each(|shares| *shares -= pairs);
                    Change::Merge { market, shares: micro(pairs) }
                }
                2..8 if held[place][outcome] > 0 => {
                    let shares = 1 + numbers.below(held[place][outcome]);
                    held[place][outcome] -= shares;
                    Change::Sell(fill(shares))
                }
                _ => {
                    let shares = 1_000_000 + numbers.below(500_000_000);
                    held[place][outcome] += shares;
                    Change::Buy(fill(shares))
                }
            };
            let place = Place { transaction: numbers.below(u64::MAX), ..Place::at(second(number)) };
            Entry { place, change }
        })
        .collect();
    entries.reverse();
    entries
}

fn ledger(criterion: &mut Criterion) {
    let (markets, all) = markets();
    let listed = entries(&all);
    let mut sorted = listed.clone();
    domain::ledger::sort(&mut sorted);
    let now = second(2 * ENTRIES + MARKETS * 600) + TimeDelta::days(1);

    let mut group = criterion.benchmark_group("ledger");
    group.throughput(Throughput::Elements(ENTRIES));
    group.bench_function("fold", |bencher| {
        bencher.iter(|| {
            let mut ledger = Ledger::new(Coverage::full());
            for entry in &sorted {
                ledger.apply(&markets, entry).unwrap();
            }
            black_box(ledger)
        });
    });
    group.sample_size(20);
    group.bench_function("recompute", |bencher| {
        let recompute = |mut entries: Vec<Entry>| {
            let ledger = Ledger::fold(&markets, Coverage::full(), &mut entries);
            let books = ledger.value(&markets, |_| Mark::Bid(500_000));
            let exposure = exposures(&books.positions, &markets);
            let performance = Performance::of(now, &entries, &books, &markets);
            assert!(performance.calibration.known().flatten().is_some());
            black_box((exposure, books))
        };
        bencher.iter_batched(|| listed.clone(), recompute, BatchSize::LargeInput);
    });
    group.finish();
}

criterion_group!(benches, ledger);
criterion_main!(benches);
