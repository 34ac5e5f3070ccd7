use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

use super::*;
use crate::Usdc;

mod keeper;

const SHARE: u64 = 1_000_000;

fn pips(count: u16) -> Pips {
    Pips::new(count).unwrap()
}

fn level(price: u16, shares: u64) -> Level {
    Level { price: pips(price), size: shares * SHARE }
}

fn book(bids: &[(u16, u64)], asks: &[(u16, u64)]) -> Book {
    let levels = |side: &[(u16, u64)]| -> Vec<Level> {
        side.iter().map(|(price, shares)| level(*price, *shares)).collect()
    };
    Book::of(levels(bids), levels(asks))
}

fn change(side: Side, price: u16, shares: u64) -> LevelChange {
    LevelChange { side, price: pips(price), size: shares * SHARE }
}

fn near(value: Option<f64>, expected: f64) -> bool {
    value.is_some_and(|value| (value - expected).abs() < 1e-9)
}

#[test]
fn levels_come_best_first_whatever_their_order_on_the_wire() {
    let worst_first =
        book(&[(4_800, 30), (4_900, 20), (5_000, 15)], &[(5_400, 10), (5_300, 60), (5_200, 25)]);
    let prices = |side| worst_first.levels(side).map(|l| l.price.get()).collect::<Vec<_>>();
    assert_eq!(prices(Side::Buy), [5_000, 4_900, 4_800]);
    assert_eq!(prices(Side::Sell), [5_200, 5_300, 5_400]);
    assert_eq!(worst_first.best_bid(), Some(pips(5_000)));
    assert_eq!(worst_first.best_ask(), Some(pips(5_200)));
    assert_eq!(worst_first.mid().unwrap().decimal(), dec!(0.51));
    assert_eq!(worst_first.spread().unwrap().decimal(), dec!(0.02));
    assert!(near(worst_first.spread_bps(), 0.02 / 0.51 * 10_000.0));
    assert!(!worst_first.is_crossed());
}

#[test]
fn a_price_has_one_level_and_an_empty_level_is_none() {
    let twice = book(&[(5_000, 15), (4_900, 0), (5_000, 7)], &[]);
    assert_eq!(twice.bids().collect::<Vec<_>>(), [level(5_000, 7)]);
}

#[test]
fn an_empty_side_leaves_unknown_what_needs_both() {
    for one_sided in [book(&[], &[]), book(&[(5_000, 1)], &[]), book(&[], &[(5_000, 1)])] {
        assert_eq!(one_sided.mid(), None);
        assert_eq!(one_sided.spread(), None);
        assert_eq!(one_sided.spread_bps(), None);
        assert_eq!(one_sided.depth_within(5), None);
        assert_eq!(one_sided.imbalance(5), None);
        assert!(!one_sided.is_crossed());
        assert!(!one_sided.suspected_ghost());
    }
}

#[test]
fn depth_counts_dollars_near_the_mid() {
    // Mid 0.5105: the cent reaches from 0.5005 to 0.5205.
    let tight =
        book(&[(5_100, 100), (5_005, 10), (5_004, 1_000)], &[(5_110, 50), (5_205, 20), (5_206, 9)]);
    let depth = tight.depth_within(1).unwrap();
    assert_eq!(depth.bid, Usdc::new(dec!(56.005)).unwrap());
    assert_eq!(depth.ask, Usdc::new(dec!(35.96)).unwrap());
    assert!(near(tight.imbalance(1), (110.0 - 70.0) / 180.0));
    // Wider than the reach: nothing rests near the mid, and imbalance has nothing to weigh.
    let wide = book(&[(4_000, 100)], &[(6_000, 100)]);
    assert_eq!(wide.depth_within(1), Some(Depth { bid: Usdc::ZERO, ask: Usdc::ZERO }));
    assert_eq!(wide.imbalance(1), None);
    assert!(near(wide.imbalance(10), 0.0));
}

#[test]
fn a_ladder_sums_from_the_best_price_on() {
    let book = book(&[], &[(5_200, 10), (5_000, 100), (5_100, 20)]);
    let rungs: Vec<_> = book
        .ladder(Side::Sell)
        .map(|rung| {
            (rung.level.price.get(), rung.total_shares.decimal(), rung.total_usdc.decimal())
        })
        .collect();
    assert_eq!(
        rungs,
        [
            (5_000, dec!(100), dec!(50)),
            (5_100, dec!(120), dec!(60.2)),
            (5_200, dec!(130), dec!(65.4))
        ]
    );
    assert_eq!(book.ladder(Side::Buy).count(), 0);
}

#[test]
fn levels_of_the_wire_lie_on_the_grid() {
    let level = |price, shares| Level::of(Price::new(price).unwrap(), Shares::new(shares).unwrap());
    let one = level(dec!(0.485), dec!(219.217767)).unwrap();
    assert_eq!((one.price.get(), one.size), (4_850, 219_217_767));
    assert_eq!(one.shares().decimal(), dec!(219.217767));
    assert_eq!(level(dec!(0.48505), dec!(1)), None);
    assert_eq!(level(dec!(0.485), dec!(20000000000000)), None, "beyond u64");
}

#[test]
fn crossed_locked_and_ghost_books_are_told_apart() {
    assert!(book(&[(5_100, 1)], &[(5_000, 1)]).is_crossed());
    assert_eq!(book(&[(5_100, 1)], &[(5_000, 1)]).mid(), None);
    assert_eq!(
        book(&[(5_100, 1)], &[(5_000, 1)]).spread().map(PriceChange::decimal),
        Some(dec!(-0.01))
    );
    assert!(book(&[(5_000, 1)], &[(5_000, 1)]).is_crossed(), "locked");
    assert_eq!(book(&[(5_000, 1)], &[(5_000, 1)]).mid().map(Price::decimal), Some(dec!(0.5)));
    assert!(book(&[(100, 9)], &[(9_900, 9)]).suspected_ghost());
    assert!(book(&[(10, 9)], &[(9_990, 9)]).suspected_ghost());
    assert!(!book(&[(100, 9)], &[(200, 9)]).suspected_ghost());
    assert!(!book(&[(500, 9)], &[(9_500, 9)]).suspected_ghost(), "90 cents are not more than 90");
}

#[test]
fn sizes_beyond_any_real_book_are_no_depth() {
    let size = u64::MAX;
    let levels = |range: std::ops::Range<u16>| range.map(move |p| Level { price: pips(p), size });
    let huge = Book::of(levels(4_990..5_000), levels(5_001..5_011));
    assert_eq!(huge.depth_within(1).map(|depth| depth.bid > Usdc::ZERO), Some(true));
    let larger = Book::of(levels(4_900..5_000), levels(5_001..5_011));
    assert_eq!(larger.depth_within(5), None);
}

/// The same book, kept the obvious way.
#[derive(Debug, Clone, Default, PartialEq)]
struct Model(BTreeMap<(Side, u16), u64>);

impl Model {
    fn set(&mut self, change: LevelChange) {
        let key = (change.side, change.price.get());
        if change.size == 0 {
            self.0.remove(&key);
        } else {
            self.0.insert(key, change.size);
        }
    }

    fn side(&self, of: Side) -> impl DoubleEndedIterator<Item = Level> {
        self.0
            .iter()
            .filter(move |((side, _), _)| *side == of)
            .map(|((_, price), size)| Level { price: Pips::new(*price).unwrap(), size: *size })
    }

    fn book(&self) -> Book {
        Book::of(self.side(Side::Buy), self.side(Side::Sell))
    }

    fn announced(&self) -> Announced {
        Announced {
            bid: Some(self.side(Side::Buy).next_back().map_or(Pips::ZERO, |level| level.price)),
            ask: Some(self.side(Side::Sell).next().map_or(Pips::ONE, |level| level.price)),
        }
    }
}

fn any_side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Buy), Just(Side::Sell)]
}

proptest! {
    #[test]
    fn a_book_is_what_a_map_of_its_levels_is(
        changes in prop::collection::vec(
            (any_side(), 0u16..=20, 0u64..4).prop_map(|(s, p, n)| change(s, p * 500, n)), 0..60),
    ) {
        let (mut kept, mut model) = (Book::default(), Model::default());
        for change in changes {
            kept.set(change.side, change.price, change.size);
            model.set(change);
            prop_assert!(kept.bids().eq(model.side(Side::Buy).rev()));
            prop_assert!(kept.asks().eq(model.side(Side::Sell)));
            prop_assert_eq!(&kept, &model.book());
            prop_assert_eq!(&kept.mirrored().mirrored(), &kept);
            prop_assert_eq!(kept.mirrored().is_crossed(), kept.is_crossed());
            let sum = kept.mid().zip(kept.mirrored().mid());
            prop_assert!(sum.is_none_or(|(a, b)| a.decimal() + b.decimal() == Decimal::ONE));
            match (kept.imbalance(50), kept.mirrored().imbalance(50)) {
                (Some(one), Some(other)) => prop_assert!((one + other).abs() < 1e-12),
                (one, other) => prop_assert_eq!(one, other),
            }
        }
    }
}
