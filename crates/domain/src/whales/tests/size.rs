use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

use crate::Usdc;
use crate::ledger::{Figure, Reason};
use crate::stats::Robust;
use crate::whales::{LiquidityTier, MarketSize, is_whale, relative_size};

fn usdc(dollars: u64) -> Usdc {
    Usdc::new(Decimal::from(dollars)).unwrap()
}

fn known() -> MarketSize {
    MarketSize {
        sizes: Some(Robust { count: 100, median: 50f64.ln(), deviation: 1.0 }),
        volume_24h: Some(usdc(100_000)),
        depth_2c: Some(usdc(20_000)),
        liquidity_quantile: Some(0.95),
        tier_floor: Some(usdc(500)),
    }
}

#[test]
fn three_measures_stand_beside_each_other() {
    let size = relative_size(usdc(5_000), &known());
    assert!((size.z.unwrap() - 100f64.ln()).abs() < 1e-9);
    assert_eq!((size.of_volume, size.of_depth), (Some(0.05), Some(0.25)));
    assert_eq!(
        (size.tier, size.above_floor, size.is_large),
        (Some(LiquidityTier::Deep), Some(true), Some(true))
    );
    let one_measure =
        MarketSize { volume_24h: Some(usdc(9_000_000)), depth_2c: Some(usdc(900_000)), ..known() };
    let size = relative_size(usdc(5_000), &one_measure);
    assert!(size.z.unwrap() > 3.0 && size.is_large == Some(false), "by one of three measures");
    let usual = relative_size(usdc(400), &known());
    assert_eq!(usual.is_large, Some(false));
}

#[test]
fn what_cannot_be_measured_is_unknown_and_not_nothing() {
    let size = relative_size(usdc(5_000), &MarketSize::default());
    assert_eq!((size.z, size.of_volume, size.of_depth, size.is_large), (None, None, None, None));
    let empty = MarketSize {
        sizes: Some(Robust { count: 100, median: 50f64.ln(), deviation: 0.0 }),
        volume_24h: Some(usdc(0)),
        depth_2c: Some(usdc(0)),
        ..known()
    };
    let size = relative_size(usdc(5_000), &empty);
    assert_eq!((size.z, size.of_volume, size.of_depth, size.is_large), (None, None, None, None));
    assert_eq!(relative_size(usdc(0), &known()).z, None);
    assert_eq!(LiquidityTier::of(1.5), None);
    assert_eq!(LiquidityTier::of(f64::NAN), None);
}

#[test]
fn a_position_of_more_than_ten_thousand_is_a_whales() {
    let dollars = |count: i64| count * 1_000_000;
    let of = |cost, value| is_whale(cost, value).is_whale;
    assert_eq!(of(Figure::Known(dollars(10_000)), Some(dollars(9_000))), Some(false));
    assert_eq!(of(Figure::Known(dollars(10_000) + 1), None), Some(true));
    assert_eq!(of(Figure::Known(dollars(9_000)), None), None, "it may be worth more");
    assert_eq!(of(Figure::Withheld(Reason::Gap), Some(dollars(20_000))), Some(true));
    assert_eq!(of(Figure::Withheld(Reason::Gap), Some(dollars(20))), None);
    assert!(crate::whales::WHALE_POSITION == dec!(10000));
}

proptest! {
    #[test]
    fn leaving_something_out_never_turns_the_answer_round(
        dollars in 1u64..50_000, hidden in 0u8..32,
    ) {
        let all = relative_size(usdc(dollars), &known());
        let hide = |bit: u8| hidden >> bit & 1 == 1;
        let mut market = known();
        if hide(0) { market.sizes = None; }
        if hide(1) { market.volume_24h = None; }
        if hide(2) { market.depth_2c = None; }
        if hide(3) { market.tier_floor = None; }
        if hide(4) { market.liquidity_quantile = None; }
        let less = relative_size(usdc(dollars), &market);
        prop_assert!(less.is_large.is_none() || less.is_large == all.is_large);
        prop_assert!(less.z.is_none() || less.z == all.z);
    }

    #[test]
    fn more_is_not_less(dollars in 1u64..50_000, more in 0u64..50_000) {
        let (one, other) = (relative_size(usdc(dollars), &known()), relative_size(usdc(dollars + more), &known()));
        prop_assert!(one.z <= other.z && one.of_depth <= other.of_depth && one.is_large <= other.is_large);
    }
}
