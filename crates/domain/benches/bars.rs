//! What one core can do with trades: `cargo bench -p domain --bench bars`.
//!
//! Budget: 1,000,000 trades a second from rows to minute bars.

#![expect(clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use chrono::DateTime;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use domain::{
    Address, ConditionId, Interval, MarketId, Price, Shares, Side, TokenId, Trade, TransactionHash,
    bars::{aggregate, minute_bars},
};
use rust_decimal::Decimal;

const TRADES: u64 = 100_000;

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

/// A busy market's trades, newest first as upstream lists them: four a second, half of them of outcome
/// 1, one in three in the same transaction as the one before.
fn trades() -> Vec<Trade> {
    let mut numbers = Numbers(7);
    let mut transaction = 0;
    let mut trades: Vec<Trade> = (0..TRADES)
        .map(|number| {
            if numbers.below(3) > 0 {
                transaction = numbers.below(u64::MAX);
            }
            let outcome_index = usize::try_from(numbers.below(2)).unwrap();
            let thousandths = i64::try_from(450 + numbers.below(100)).unwrap();
            let second = i64::try_from(number / 4).unwrap();
            Trade {
                market_id: MarketId::parse("253573").unwrap(),
                condition_id: ConditionId::parse(&"a".repeat(64)).unwrap(),
                token_id: TokenId::parse(&format!("{}{outcome_index}", "7".repeat(76))).unwrap(),
                outcome_index,
                side: if numbers.below(2) == 0 { Side::Buy } else { Side::Sell },
                price: Price::new(Decimal::new(thousandths, 3)).unwrap(),
                shares: Shares::from_micro(1 + numbers.below(1_000_000_000)),
                traded_at: DateTime::from_timestamp(1_757_908_892 + second, 0).unwrap(),
                transaction_hash: TransactionHash::parse(&format!("0x{transaction:064x}")).ok(),
                wallet: Address::parse(&format!("0x{:040x}", numbers.below(1_000))).ok(),
            }
        })
        .collect();
    trades.reverse();
    trades
}

fn bars(criterion: &mut Criterion) {
    let trades = trades();
    let build = || {
        let prints = trades.iter().filter_map(|trade| trade.print(0)).collect();
        minute_bars(prints, Vec::new())
    };
    let minutes = build();
    assert_eq!(minutes.len(), 418, "seven hours");

    let mut group = criterion.benchmark_group("bars");
    group.throughput(Throughput::Elements(TRADES));
    group.bench_function("minutes", |bencher| bencher.iter(|| black_box(build())));
    group.throughput(Throughput::Elements(418));
    group.bench_function("hours", |bencher| {
        bencher.iter(|| black_box(aggregate(&minutes, Interval::Hour)));
    });
    group.finish();
}

criterion_group!(benches, bars);
criterion_main!(benches);
