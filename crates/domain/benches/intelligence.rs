//! What one core can do with whales, clusters and signals: `cargo bench -p domain --bench intelligence`.
//!
//! Budgets: one trade rescored (its stance, accumulation, flow and the consensus of its market) within 5 ms.

#![expect(clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use chrono::DateTime;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use domain::clusters::{Activity, OwnerIx, POSTERIOR, WalletIx, clusters, links, threshold};
use domain::evidence::{Basis, EvidenceId};
use domain::ledger::{
    Change, Completeness, Entry, Fill, MarketIx, Markets, Micro, Place, Role, Slot, Terms,
};
use domain::signals::{PastBet, Voice, consensus};
use domain::whales::{Accumulation, Class, Exposures, Flow, Question, Questions};
use domain::{ConditionId, EventId};

const ENTRIES: u64 = 100_000;
const MARKETS: u64 = 2_000;
const OWNERS: u64 = 5_000;
/// Markets an event has.
const MEMBERS: u64 = 8;
const VOICES: u32 = 300;
const PAST: usize = 200;

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

fn micro(millionths: u64) -> Micro {
    Micro::new(i64::try_from(millionths).unwrap()).unwrap()
}

fn markets() -> (Markets, Vec<MarketIx>) {
    let mut markets = Markets::new();
    let all = (0..MARKETS).map(|number| {
        markets.set(Terms {
            event_id: EventId::parse(&format!("e{}", number / MEMBERS)).ok(),
            neg_risk: number % 16 < MEMBERS,
            ..Terms::unknown(ConditionId::parse(&format!("{number:064x}")).unwrap())
        })
    });
    let all = all.collect();
    (markets, all)
}

fn entries(all: &[MarketIx]) -> Vec<(OwnerIx, Entry, EvidenceId)> {
    let mut numbers = Numbers(11);
    (0..ENTRIES)
        .map(|number| {
            let owner = OwnerIx(u32::try_from(numbers.below(OWNERS)).unwrap());
            let market = all[usize::try_from(numbers.below(MARKETS)).unwrap()];
            let shares = 1_000_000 + numbers.below(1_000_000_000);
            let fill = Fill {
                slot: Slot { market, outcome: u8::try_from(numbers.below(2)).unwrap() },
                shares: micro(shares),
                usdc: micro(shares / 2),
                fee: None,
                role: Role::Unknown,
            };
            let change = if numbers.below(3) > 0 { Change::Buy(fill) } else { Change::Sell(fill) };
            let second = 1_790_000_000 + i64::try_from(number / 3).unwrap();
            let place = Place::at(DateTime::from_timestamp(second, 0).unwrap());
            (owner, Entry { place, change }, EvidenceId(u128::from(number)))
        })
        .collect()
}

fn voices(markets: &Markets, all: &[MarketIx]) -> Vec<Voice> {
    let mut numbers = Numbers(5);
    (0..VOICES)
        .map(|owner| {
            let past = (0..PAST).map(|_| {
                let market = all[usize::try_from(numbers.below(MARKETS)).unwrap()];
                PastBet { event: markets.event_of(market), on: Slot { market, outcome: 0 } }
            });
            let mut past: Vec<PastBet> = past.collect();
            past.sort_unstable();
            past.dedup();
            let edge = Some(numbers.below(100) as f64 / 1_000.0);
            let exposure = numbers.below(4_000) as f64 - 2_000.0;
            Voice { owner: OwnerIx(owner), edge, exposure, past }
        })
        .collect()
}

fn intelligence(criterion: &mut Criterion) {
    let (markets, all) = markets();
    let questions = Questions::of(&markets);
    let entries = entries(&all);
    let books = (&markets, &questions);
    let known = (Basis::Activity, Completeness::Full);
    let voices = voices(&markets, &all);

    let mut group = criterion.benchmark_group("intelligence");
    group.sample_size(20);
    group.throughput(Throughput::Elements(ENTRIES));
    group.bench_function("exposures", |bencher| {
        bencher.iter(|| {
            let mut exposures = Exposures::new();
            let mut flips = 0usize;
            for (owner, entry, id) in &entries {
                flips += usize::from(exposures.apply(books, *owner, known, entry, *id).is_some());
            }
            black_box((exposures, flips))
        });
    });
    group.bench_function("clusters", |bencher| {
        let fills: Vec<Activity> = entries
            .iter()
            .map(|(owner, entry, id)| activity(&markets, *owner, entry, *id))
            .collect();
        bencher.iter(|| {
            let found = links(&fills);
            black_box(clusters(&found, threshold(usize::try_from(OWNERS).unwrap(), POSTERIOR)))
        });
    });
    group.throughput(Throughput::Elements(1));
    group.bench_function("rescore_one_trade", |bencher| {
        let (owner, entry, id) = &entries[0];
        let question = Question::of_change(&markets, &entry.change).unwrap();
        let answers = questions.answers(&markets, question);
        let mut exposures = Exposures::new();
        let accumulation = Accumulation::new(question, answers, 1_000_000_000_000);
        let mut flow = Flow::new(question, answers, Basis::Activity);
        for (other, entry, id) in &entries {
            exposures.apply(books, *other, known, entry, *id);
            flow.apply(&markets, *other, Class::Other, &entry.change);
        }
        let state = (exposures, flow);
        bencher.iter_batched_ref(
            || (state.clone(), accumulation.clone()),
            |((exposures, flow), accumulation)| {
                let flip = exposures.apply(books, *owner, known, entry, *id);
                accumulation.apply(&markets, entry, *id);
                flow.apply(&markets, *owner, Class::Whale, &entry.change);
                let windows = accumulation.windows(&markets, entry.place.at);
                let said = consensus(&voices, Some(1_000.0), Basis::Activity);
                black_box((flip, windows, flow.by_class(), said))
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

fn activity(markets: &Markets, owner: OwnerIx, entry: &Entry, id: EvidenceId) -> Activity {
    let (fill, buys) = match &entry.change {
        Change::Buy(fill) => (fill, true),
        Change::Sell(fill) => (fill, false),
        other => unreachable!("{other:?}"),
    };
    Activity {
        id,
        wallet: WalletIx(owner.0),
        event: markets.event_of(fill.slot.market),
        market: fill.slot.market,
        toward: if buys { fill.slot.outcome } else { 1 - fill.slot.outcome },
        at_s: entry.place.at.timestamp(),
        shares: fill.shares.get(),
        usdc: fill.usdc.get(),
    }
}

criterion_group!(benches, intelligence);
criterion_main!(benches);
