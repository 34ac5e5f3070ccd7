//! Why our number and the venue's differ.

use super::kit::*;
use crate::ledger::*;

/// 100 made, of which 30 are not realised and 5 went in fees.
fn story() -> (Story, (MarketIx, u8)) {
    let mut story = Story::default();
    let (closed, open) = ((story.market(), YES), (story.market(), YES));
    story.then(Change::Buy(fill(closed, cents(100_000), cents(40_000), cents(500))));
    story.sell(closed, cents(100_000), cents(47_500));
    story.buy(open, cents(10_000), cents(5_000));
    (story, open)
}

fn valued((story, _): &(Story, (MarketIx, u8))) -> Valuation {
    story.ledger().value(&story.markets, |_| Mark::Bid(800_000))
}

fn class(
    ours: &Valuation,
    measure: Measure,
    dollars: i64,
    unrealised: Option<i64>,
) -> ResidualClass {
    let micro = |dollars: i64| dollars * 1_000_000;
    let venue = VenueNumber { measure, usdc: micro(dollars), unrealised: unrealised.map(micro) };
    reconcile(ours, venue).class
}

#[test]
fn every_measure_is_compared_with_its_own() {
    let ours = valued(&story());
    for (measure, dollars) in [
        (Measure::Positions, 105),
        (Measure::Realised, 75),
        (Measure::AfterFees, 100),
        (Measure::Economic, 100),
        (Measure::Settled, 70),
    ] {
        let exactly = VenueNumber { measure, usdc: dollars * 1_000_000, unrealised: None };
        let compared = reconcile(&ours, exactly);
        assert_eq!(compared.residual, Figure::Known(0), "{measure:?}");
        assert!(compared.is_reconciled());
    }
}

#[test]
fn ten_dollars_or_one_percent_are_let_through() {
    let ours = valued(&story());
    assert_eq!(class(&ours, Measure::Economic, 110, None), ResidualClass::None);
    assert_ne!(class(&ours, Measure::Economic, 111, None), ResidualClass::None);
    let large = VenueNumber { measure: Measure::Economic, usdc: 5_000_000_000, unrealised: None };
    assert_eq!(reconcile(&ours, large).tolerance, 50_000_000);
}

#[test]
fn a_residual_has_the_class_that_explains_it() {
    let ours = valued(&story());
    assert_eq!(class(&ours, Measure::Economic, 60, None), ResidualClass::MarkTiming);
    assert_eq!(class(&ours, Measure::Economic, 60, Some(-10)), ResidualClass::MarkTiming);
    assert_eq!(class(&ours, Measure::Economic, 60, Some(30)), ResidualClass::Unclassified);
    assert_eq!(class(&ours, Measure::Realised, 30, None), ResidualClass::Unclassified);
    // A wallet with fees of 25 whose venue number is before fees.
    let mut fees = Story::default();
    let yes = (fees.market(), YES);
    fees.then(Change::Buy(fill(yes, cents(100_000), cents(40_000), cents(2_500))));
    fees.sell(yes, cents(100_000), cents(60_000));
    assert_eq!(class(&fees.books(), Measure::Economic, 200, None), ResidualClass::Method);
    // Realised first in first out.
    let mut methods = Story::default();
    let yes = (methods.market(), YES);
    methods.buy(yes, cents(10_000), cents(2_000)).buy(yes, cents(10_000), cents(8_000));
    methods.sell(yes, cents(10_000), cents(5_000));
    assert_eq!(class(&methods.books(), Measure::Realised, 30, None), ResidualClass::Method);
}

#[test]
fn what_is_withheld_has_its_reason_for_a_class() {
    let (mut moved, open) = story();
    let slot = Slot { market: open.0, outcome: open.1 };
    moved.then(Change::TransferOut { slot, shares: cents(100) });
    let moved = valued(&(moved, open));
    assert_eq!(class(&moved, Measure::Economic, 100, None), ResidualClass::Transfer);
    let (mut oversold, open) = story();
    oversold.sell(open, cents(100_000), cents(1));
    let oversold = valued(&(oversold, open));
    assert_eq!(class(&oversold, Measure::Economic, 100, None), ResidualClass::Gap);
    let unmarked = story().0.books();
    assert_eq!(class(&unmarked, Measure::Economic, 100, None), ResidualClass::MarkTiming);
    assert_eq!(class(&unmarked, Measure::Realised, 75, None), ResidualClass::None);
}

#[test]
fn conversions_are_the_class_where_nothing_else_explains() {
    let mut story = Story::default();
    let group = story.group(3);
    story.buy((group[0], NO), cents(10_000), cents(9_000));
    story.then(Change::Convert(Box::new(Conversion {
        members: group.clone().into(),
        given: Given::All(Box::new([group[0]])),
        shares: cents(10_000),
        usdc: Micro::ZERO,
    })));
    story.sell((group[1], YES), cents(10_000), cents(9_500));
    let books = story.ledger().value(&story.markets, |_| Mark::Bid(1));
    assert_eq!(class(&books, Measure::Realised, 5, None), ResidualClass::NegRisk);
}
