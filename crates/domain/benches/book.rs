//! What one core can do with the changes of books: `cargo bench -p domain --bench book`.
//!
//! Budget: 1,000,000 changes a second through the whole of [`Keeper::delta`].

#![expect(clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use chrono::DateTime;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use domain::{
    Book, Keeper, Level, Pips, Side,
    book::{Announced, BookMeta, BookSource, BookState, LevelChange},
};

const CHANGES: u64 = 100_000;
const LEVELS: u16 = 100;

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

/// A deep book on a tenth-of-a-cent grid, around 0.50.
fn deep_book() -> Book {
    let level = |price| Level { price: Pips::new(price).unwrap(), size: 100_000_000 };
    Book::of(
        (1..=LEVELS).map(|step| level(5_000 - 10 * step)),
        (1..=LEVELS).map(|step| level(5_000 + 10 * step)),
    )
}

/// A change and the best prices after it, as the feed announces them.
type Message = (LevelChange, Announced);

/// Changes as books have them: mostly near the best price, one in four emptying a level.
fn messages() -> Vec<Message> {
    let (mut numbers, mut book) = (Numbers(7), deep_book());
    let mut next = || {
        let side = if numbers.below(2) == 0 { Side::Buy } else { Side::Sell };
        let near = numbers.below(u64::from(LEVELS)).min(numbers.below(u64::from(LEVELS)));
        let step = 10 * u16::try_from(near + 1).unwrap();
        let price = if side == Side::Buy { 5_000 - step } else { 5_000 + step };
        let size = if numbers.below(4) == 0 { 0 } else { 1 + numbers.below(1_000_000_000) };
        let change = LevelChange { side, price: Pips::new(price).unwrap(), size };
        book.set(side, change.price, size);
        let announced = Announced {
            bid: Some(book.best_bid().unwrap_or(Pips::ZERO)),
            ask: Some(book.best_ask().unwrap_or(Pips::ONE)),
        };
        (change, announced)
    };
    (0..CHANGES).map(|_| next()).collect()
}

fn changes(criterion: &mut Criterion) {
    let messages = messages();
    let received = DateTime::from_timestamp(1_757_908_892, 0).unwrap();
    let mut group = criterion.benchmark_group("book");
    group.throughput(Throughput::Elements(CHANGES));

    group.bench_function("set", |bencher| {
        bencher.iter_batched_ref(
            deep_book,
            |book| {
                for (change, _) in &messages {
                    book.set(change.side, change.price, change.size);
                }
                black_box(book.best_bid())
            },
            BatchSize::LargeInput,
        );
    });

    let live = || {
        let mut keeper = Keeper::new();
        keeper.snapshot(deep_book(), 0, received, BookSource::Stream, BookMeta::default());
        keeper
    };
    group.bench_function("keeper", |bencher| {
        bencher.iter_batched_ref(
            live,
            |keeper| {
                for (at_ms, (change, announced)) in (1..).zip(&messages) {
                    let changes = std::slice::from_ref(change);
                    black_box(keeper.delta(changes, *announced, at_ms, received));
                }
                assert_eq!(keeper.state(), BookState::Live);
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group!(benches, changes);
criterion_main!(benches);
