use proptest::prelude::*;
use rust_decimal::dec;

use super::*;

fn level(pips: u16, micro_shares: u64) -> Level {
    Level { price: Pips::new(pips).unwrap(), size: micro_shares }
}

fn shares(value: Decimal) -> OrderSize {
    OrderSize::Shares(Shares::new(value).unwrap())
}

fn dollars(value: Decimal) -> OrderSize {
    OrderSize::Usdc(Usdc::new(value).unwrap())
}

/// 100 shares at 0.50, 200 at 0.52, 300 at 0.60 asked; 100 at 0.48, 50 at 0.40 bid.
fn thin_book() -> Book {
    Book::of(
        [level(4_000, 50_000_000), level(4_800, 100_000_000)],
        [level(6_000, 300_000_000), level(5_200, 200_000_000), level(5_000, 100_000_000)],
    )
}

#[test]
fn an_order_walks_the_book_best_first() {
    // Side, size; filled shares and dollars, levels, average, worst; complete.
    let cases = [
        (Side::Buy, shares(dec!(50)), dec!(50), dec!(25), 1, dec!(0.5), dec!(0.5), true),
        (Side::Buy, shares(dec!(200)), dec!(200), dec!(102), 2, dec!(0.51), dec!(0.52), true),
        (Side::Buy, dollars(dec!(102)), dec!(200), dec!(102), 2, dec!(0.51), dec!(0.52), true),
        (Side::Buy, shares(dec!(700)), dec!(600), dec!(334), 3, dec!(0.55666667), dec!(0.6), false),
        (
            Side::Buy,
            dollars(dec!(1000)),
            dec!(600),
            dec!(334),
            3,
            dec!(0.55666667),
            dec!(0.6),
            false,
        ),
        (Side::Sell, shares(dec!(150)), dec!(150), dec!(68), 2, dec!(0.45333333), dec!(0.4), true),
        (Side::Sell, dollars(dec!(48)), dec!(100), dec!(48), 1, dec!(0.48), dec!(0.48), true),
    ];
    for (side, size, filled, value, levels, average, worst, complete) in cases {
        let got = slippage(&thin_book(), side, size, None);
        let case = format!("{side} {size:?}: {got:?}");
        assert_eq!(got.filled_shares.decimal(), filled, "{case}");
        assert_eq!(got.filled_usdc.decimal(), value, "{case}");
        assert_eq!(got.levels, levels, "{case}");
        assert_eq!(got.average_price.map(Price::decimal), Some(average), "{case}");
        assert_eq!(got.worst_price.map(Price::decimal), Some(worst), "{case}");
        assert_eq!(got.complete, complete, "{case}");
        assert_eq!((got.fee_usdc, got.total_usdc), (None, None), "unknown, not free");
    }
}

#[test]
fn what_does_not_rest_is_said() {
    let short = slippage(&thin_book(), Side::Buy, shares(dec!(700)), None);
    assert_eq!(short.unfilled_shares.map(Shares::decimal), Some(dec!(100)));
    assert_eq!(short.unfilled_usdc, None, "what the missing shares would cost is unknown");
    let short = slippage(&thin_book(), Side::Buy, dollars(dec!(1000)), None);
    assert_eq!(short.unfilled_usdc.map(Usdc::decimal), Some(dec!(666)));
    assert_eq!(short.unfilled_shares, None);
    let empty = slippage(&Book::default(), Side::Sell, shares(dec!(1)), Some(FeeSchedule::FREE));
    assert_eq!((empty.average_price, empty.best_price, empty.worst_price), (None, None, None));
    assert_eq!((empty.impact_cents, empty.impact_bps), (None, None));
    assert_eq!(empty.total_usdc, Some(Usdc::ZERO));
    assert!(!empty.complete);
    let nothing = slippage(&thin_book(), Side::Buy, dollars(dec!(0)), None);
    assert!(nothing.complete);
    assert_eq!(nothing.best_price.map(Price::decimal), Some(dec!(0.5)));
}

#[test]
fn fees_are_those_of_each_level_and_go_against_the_taker() {
    let fee = FeeSchedule::new(dec!(0.05), Decimal::ONE);
    let bought = slippage(&thin_book(), Side::Buy, shares(dec!(200)), fee);
    // 100 × 0.05 × 0.25 and 100 × 0.05 × 0.2496.
    assert_eq!(bought.fee_usdc.map(Usdc::decimal), Some(dec!(2.498)));
    assert_eq!(bought.total_usdc.map(Usdc::decimal), Some(dec!(104.498)));
    let sold = slippage(&thin_book(), Side::Sell, shares(dec!(100)), fee);
    assert_eq!(sold.fee_usdc.map(Usdc::decimal), Some(dec!(1.248)));
    assert_eq!(sold.total_usdc.map(Usdc::decimal), Some(dec!(46.752)));
}

#[test]
fn impact_is_the_average_against_the_best() {
    let bought = slippage(&thin_book(), Side::Buy, shares(dec!(200)), None);
    assert!(bought.impact_cents.is_some_and(|cents| (cents - 1.0).abs() < 1e-9));
    assert!(bought.impact_bps.is_some_and(|bps| (bps - 200.0).abs() < 1e-9));
    let sold = slippage(&thin_book(), Side::Sell, shares(dec!(100)), None);
    assert!(sold.impact_cents.is_some_and(|cents| cents.abs() < 1e-12));
}

#[test]
fn a_book_beyond_counting_is_not_counted_wrongly() {
    let book = Book::of([], (1..=20).map(|pips| level(pips, u64::MAX)));
    let got = slippage(&book, Side::Buy, dollars(dec!(99999999999999)), None);
    assert_eq!(got.filled_shares.micro(), 10u128.pow(20) - 1);
    assert!(!got.complete);
}

fn any_book() -> impl Strategy<Value = Book> {
    let side = || prop::collection::vec((1u16..5_000, 1u64..2_000_000_000), 0..8);
    (side(), side()).prop_map(|(bids, asks)| {
        Book::of(
            bids.into_iter().map(|(step, size)| level(5_000 - step, size)),
            asks.into_iter().map(|(step, size)| level(5_000 + step, size)),
        )
    })
}

fn any_side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Buy), Just(Side::Sell)]
}

proptest! {
    /// The same walk with decimals, a share of a share at a time.
    #[test]
    fn a_walk_is_what_it_is_by_hand(book in any_book(), side in any_side(), micro in 0u64..9_000_000_000) {
        let wanted = Shares::from_micro(micro);
        let got = slippage(&book, side, OrderSize::Shares(wanted), Some(FeeSchedule::FREE));
        let (mut left, mut value) = (wanted.decimal(), Decimal::ZERO);
        for level in book.levels(side.opposite()) {
            let taken = left.min(Shares::from_micro(level.size).decimal());
            left -= taken;
            value += taken * level.price.price().decimal();
        }
        prop_assert_eq!(got.unfilled_shares.map(Shares::decimal), Some(left));
        prop_assert_eq!(got.filled_shares.decimal(), wanted.decimal() - left);
        prop_assert_eq!(Ok(got.filled_usdc), Usdc::new(value));
        prop_assert_eq!(got.complete, left.is_zero());
        prop_assert_eq!(got.total_usdc, Some(got.filled_usdc));
    }

    #[test]
    fn dollars_are_never_overspent_and_buy_what_so_many_shares_cost(
        book in any_book(), side in any_side(), micro in 0u64..9_000_000_000,
    ) {
        let wanted = Usdc::new(Decimal::new(i64::try_from(micro).unwrap(), 6)).unwrap();
        let got = slippage(&book, side, OrderSize::Usdc(wanted), None);
        prop_assert!(got.filled_usdc <= wanted);
        let rest = wanted.decimal() - got.filled_usdc.decimal();
        prop_assert_eq!(got.complete, rest <= dec!(0.000001) || got.unfilled_usdc == Some(Usdc::ZERO));
        if !got.complete {
            // Rounded once each.
            let unfilled = got.unfilled_usdc.map_or(Decimal::ZERO, Usdc::decimal);
            prop_assert!((rest - unfilled).abs() <= dec!(0.000001));
        }
        let again = slippage(&book, side, OrderSize::Shares(got.filled_shares), None);
        prop_assert_eq!(again.filled_usdc, got.filled_usdc);
        prop_assert_eq!(again.average_price, got.average_price);
    }

    #[test]
    fn larger_orders_do_not_get_better_prices(
        book in any_book(), side in any_side(), small in 1u64..4_000_000_000, more in 0u64..4_000_000_000,
    ) {
        let order = |micro| slippage(&book, side, OrderSize::Shares(Shares::from_micro(micro)), None);
        let (small, large) = (order(small), order(small + more));
        if let (Some(few), Some(many), Some(best), Some(worst)) =
            (small.average_price, large.average_price, large.best_price, large.worst_price)
        {
            let (cheap, dear) = if side == Side::Buy { (few, many) } else { (many, few) };
            prop_assert!(cheap <= dear);
            prop_assert!(best.min(worst) <= many && many <= best.max(worst));
            prop_assert!(large.impact_cents >= small.impact_cents);
        }
    }

    #[test]
    fn buying_one_outcome_is_selling_the_other(
        book in any_book(), micro in 1u64..9_000_000_000,
    ) {
        let size = OrderSize::Shares(Shares::from_micro(micro));
        let fee = FeeSchedule::new(dec!(0.07), Decimal::ONE);
        let bought = slippage(&book, Side::Buy, size, fee);
        let sold = slippage(&book.mirrored(), Side::Sell, size, fee);
        prop_assert_eq!(bought.filled_shares, sold.filled_shares);
        prop_assert_eq!(bought.fee_usdc, sold.fee_usdc);
        prop_assert_eq!(bought.worst_price, sold.worst_price.map(Price::complement));
        // What one side pays and the other receives is a dollar a share.
        let together = bought.filled_usdc.decimal() + sold.filled_usdc.decimal();
        prop_assert!((together - bought.filled_shares.decimal()).abs() <= dec!(0.000001));
    }
}
