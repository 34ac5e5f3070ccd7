//! Cases computed by hand from the venue's rules.

use rust_decimal::{Decimal, dec};

use super::kit::*;
use crate::ledger::*;
use crate::{Shares, Side, Usdc};

fn reported(side: Side, shares: Decimal, usdc: Decimal, price: Decimal) -> Fill {
    let slot = Slot { market: Story::default().market(), outcome: YES };
    let (shares, usdc) = (Shares::new(shares).unwrap(), Usdc::new(usdc).unwrap());
    Fill::reported(slot, side, shares, usdc, price, Role::Unknown).unwrap()
}

#[test]
fn fees_are_what_moved_beyond_the_price() {
    // Recorded, Data v2: the fee of 22.84 × 0.05 × 0.52 × 0.48 is in the 12.16184.
    let on_top = reported(Side::Buy, dec!(22.84), dec!(12.16184), dec!(0.52));
    assert_eq!((on_top.usdc, on_top.fee), (micro(11_876_800), Some(micro(285_040))));
    // Recorded, Data v1, crypto: 24 shares at 0.12, of which 22.47936 arrived.
    let in_shares = reported(Side::Buy, dec!(22.47936), dec!(2.88), dec!(0.12));
    assert_eq!((in_shares.usdc, in_shares.fee), (micro(2_697_523), Some(micro(182_477))));
    // Recorded, Data v1: 86.41 × 0.12 less the fee.
    let taken_off = reported(Side::Sell, dec!(86.41), dec!(9.71221), dec!(0.12));
    assert_eq!((taken_off.usdc, taken_off.fee), (micro(10_369_200), Some(micro(656_990))));
    let rounded = reported(Side::Buy, dec!(8.584904), dec!(4.034905), dec!(0.47000001));
    assert_eq!((rounded.usdc, rounded.fee), (micro(4_034_905), Some(Micro::ZERO)));
    let impossible = reported(Side::Buy, dec!(10), dec!(4), dec!(0.5));
    assert_eq!((impossible.usdc, impossible.fee), (micro(4_000_000), None));
}

/// The worked example of `docs/pnl.md`.
#[test]
fn a_sale_takes_its_part_of_the_cost() {
    let mut story = Story::default();
    let yes = (story.market(), YES);
    story.buy(yes, cents(10_000), cents(4_000));
    story.then(Change::Buy(fill(yes, cents(5_000), cents(3_500), cents(50))));
    story.then(Change::Sell(fill(yes, cents(6_000), cents(5_400), cents(30))));
    let books = story.ledger().value(&story.markets, |_| Mark::Bid(800_000));
    let held = position(&books, yes);
    assert_eq!(held.shares, 90_000_000);
    assert_eq!(held.average_price, Figure::Known(Some(0.5)));
    assert_eq!((held.bought, held.spent), (150_000_000, 75_000_000));
    assert_eq!(held.average, Figure::Known(Basis { cost: 45_000_000, realised: 24_000_000 }));
    assert_eq!(held.fifo, Figure::Known(Basis { cost: 51_000_000, realised: 30_000_000 }));
    assert_eq!(held.value, Some(72_000_000));
    assert_eq!(held.unrealised, Figure::Known(27_000_000));
    assert_eq!(held.total, Figure::Known(51_000_000));
    assert_eq!(books.total, Figure::Known(50_200_000));
    assert_eq!(books.cash.traded(), -21_800_000);
    assert_eq!(held.standing, Standing::Open);
    // The 60 were bought in the first second and sold in the third.
    assert_eq!(held.mean_hold.unwrap().num_seconds(), 2);
    for (winner, total) in [(YES, 68_200_000), (NO, -21_800_000)] {
        let mut ended = story.clone();
        ended.resolve(yes.0, Payouts::winner(winner));
        assert_eq!(ended.books().total, Figure::Known(total));
    }
    story.entries.remove(0);
    let torn = story.books();
    assert_eq!(torn.total, Figure::Withheld(Reason::Gap));
    assert_eq!(
        (torn.identity.unwrap().realised, torn.unexplained.oversold),
        (10_000_000, 9_000_000)
    );
}

#[test]
fn a_recorded_winner_is_rebuilt() {
    // Recorded, Data v2: 449.7 shares at 0.374897 redeemed at 1 made 281.1088, fees of 5.20126 apart.
    let mut story = Story::default();
    let yes = (story.market(), YES);
    let bought = fill(yes, micro(449_700_000), micro(168_591_181), micro(5_201_260));
    story.then(Change::Buy(bought));
    story.resolve(yes.0, Payouts::winner(YES));
    story.redeem(yes.0, micro(449_700_000));
    let books = story.books();
    let closed = position(&books, yes);
    assert_eq!(closed.standing, Standing::Closed);
    assert_eq!(average(&books, yes), Basis { cost: 0, realised: 281_108_819 });
    let price = closed.average_price.known().unwrap().unwrap();
    assert!((price - 0.374_897).abs() < 1e-6, "stays when all is gone: {price}");
    assert_eq!(closed.total, Figure::Known(281_108_819), "the venue's, before fees");
    assert_eq!(closed.net, Figure::Known(275_907_559));
    assert_eq!(books.total, Figure::Known(275_907_559));
    assert_eq!(books.fees, Figure::Known(5_201_260));
}

#[test]
fn sets_are_bought_and_sold_at_one_half() {
    let mut story = Story::default();
    let market = story.market();
    story.split(market, micro(5)).merge(market, micro(3));
    let books = story.books();
    assert_eq!(average(&books, (market, YES)).cost + average(&books, (market, NO)).cost, 2);
    assert_eq!(books.realised, Figure::Known(0));
    assert_eq!(books.cash.balance(), -2);
    assert_eq!(position(&books, (market, NO)).bought, 5, "a split counts as bought");
    assert_eq!(position(&books, (market, NO)).entered, Entered::default(), "but not as entered");
}

#[test]
fn what_was_lost_is_lost_before_anybody_redeems_it() {
    let mut story = Story::default();
    let (lost, won, open) = (story.market(), story.market(), story.market());
    story.buy((lost, YES), cents(1_000), cents(600)).buy((won, NO), cents(1_000), cents(700));
    story.resolve(lost, Payouts::winner(NO));
    story.resolve(won, Payouts::winner(NO));
    let books = story.books();
    assert_eq!(position(&books, (lost, YES)).standing, Standing::Lost);
    assert_eq!(position(&books, (lost, YES)).total, Figure::Known(-6_000_000));
    assert_eq!(position(&books, (lost, YES)).closed_at, story.markets.terms(lost).resolved_at);
    assert_eq!(position(&books, (won, NO)).standing, Standing::Redeemable);
    assert_eq!(books.total, Figure::Known(-3_000_000));
    // Redeemed, nothing changes but where it stands.
    story.redeem(lost, Micro::ZERO).redeem(won, cents(1_000));
    let redeemed = story.books();
    assert_eq!(redeemed.total, Figure::Known(-3_000_000));
    assert_eq!(redeemed.realised, Figure::Known(-3_000_000));
    // What is open has no price that anybody knows, so nor has the total.
    story.buy((open, YES), cents(100), cents(50));
    let books = story.books();
    assert_eq!(books.total, Figure::Withheld(Reason::NoMark));
    assert_eq!(books.realised, Figure::Known(-3_000_000));
    assert_eq!(books.identity, None);
}

#[test]
fn a_cancelled_market_pays_half() {
    let mut story = Story::default();
    let market = story.market();
    story.buy((market, YES), micro(10_000_001), cents(600)).buy(
        (market, NO),
        cents(400),
        cents(100),
    );
    story.resolve(market, Payouts::halves());
    assert_eq!(story.books().total, Figure::Known(0), "5 and 2 for 7; half a millionth is cut");
    story.redeem(market, micro(7_000_000));
    assert_eq!(story.books().total, Figure::Known(0));
    assert_eq!(average(&story.books(), (market, YES)).realised, -1_000_000);
    assert_eq!(story.books().completeness, Completeness::Full);
}

#[test]
fn equal_shares_of_both_outcomes_are_paid_whoever_won() {
    let mut story = Story::default();
    let market = story.market();
    story.split(market, cents(1_000));
    story.resolve(market, Payouts::winner(NO));
    story.redeem(market, cents(1_000));
    let books = story.books();
    assert_eq!((books.completeness, books.total), (Completeness::Full, Figure::Known(0)));
}

/// Converts 100 No of each of the first `k` of `members` markets, bought at `price` hundredths.
fn converted(members: usize, k: usize, price: i64) -> (Story, Vec<MarketIx>) {
    let mut story = Story::default();
    let group = story.group(members);
    for &market in group.iter().take(k) {
        story.buy((market, NO), cents(10_000), cents(100 * price));
    }
    story.then(Change::Convert(Box::new(Conversion {
        members: group.clone().into(),
        given: Given::All(group.iter().copied().take(k).collect()),
        shares: cents(10_000),
        usdc: cents(10_000 * i64::try_from(k - 1).unwrap()),
    })));
    (story, group)
}

#[test]
fn a_conversion_passes_the_cost_on() {
    // y = (P̄no·k − (k − 1)) / (Q − k)
    for (members, k, price, yes) in
        [(5, 3, 75, 0.125), (6, 1, 73, 0.146), (4, 2, 40, -0.1), (3, 1, 90, 0.45)]
    {
        let (story, group) = converted(members, k, price);
        let books = story.books();
        assert_eq!(books.completeness, Completeness::Full);
        assert_eq!(books.realised, Figure::Known(0), "it makes and loses nothing");
        for &market in &group[..k] {
            assert_eq!(position(&books, (market, NO)).shares, 0);
        }
        for &market in &group[k..] {
            let made = position(&books, (market, YES));
            assert_eq!(made.shares, 100_000_000);
            let price = made.average_price.known().unwrap().unwrap();
            assert!((price - yes).abs() < 1e-9, "{price} is not {yes}");
        }
    }
}

#[test]
fn a_conversion_of_all_is_paid_out() {
    let (story, group) = converted(3, 3, 60);
    let books = story.books();
    assert_eq!(books.realised, Figure::Known(20_000_000), "200 for what cost 180");
    assert_eq!(average(&books, (group[0], NO)).realised, 20_000_000);
}

#[test]
fn what_was_converted_is_found_where_one_answer_is_left() {
    let (mut story, group) = converted(5, 3, 75);
    let Some(Change::Convert(conversion)) = story.entries.last_mut().map(|e| &mut e.change) else {
        unreachable!()
    };
    conversion.given = Given::Unsaid;
    let found = story.books();
    assert_eq!(found.completeness, Completeness::Full);
    assert_eq!(position(&found, (group[4], YES)).shares, 100_000_000);
    // With as many No of a fourth market nobody knows which three went.
    let mut ambiguous = story.clone();
    ambiguous.entries.clear();
    ambiguous.wait(-10);
    ambiguous.buy((group[3], NO), cents(10_000), cents(5_000));
    ambiguous.entries.extend(story.entries.clone());
    let books = ambiguous.books();
    assert_eq!(books.completeness, Completeness::Gap);
    assert!(books.doubts.has(Doubt::UnknownConversion));
    assert_eq!(books.total, Figure::Withheld(Reason::Gap));
    let one = position(&books, (group[0], NO));
    assert_eq!(one.total, Figure::Withheld(Reason::ConversionCost));
    assert_eq!(books.unexplained.converted, 200_000_000);
}

#[test]
fn what_is_sold_later_proves_what_was_converted() {
    // 100 No of each of four, of which three went, and nobody says which.
    let (mut story, group) = converted(5, 3, 75);
    let mut all = story.clone();
    all.entries.clear();
    all.wait(-10);
    all.buy((group[3], NO), cents(10_000), cents(5_000));
    all.entries.append(&mut story.entries);
    let truth = all.clone();
    let Some(Change::Convert(conversion)) = all.entries.last_mut().map(|entry| &mut entry.change)
    else {
        unreachable!()
    };
    conversion.given = Given::Including(group[0]);
    let prove = |story: &Story, positions: &[ReportedPosition]| {
        let mut story = story.clone();
        let report = Report { positions, tolerance: 0, is_complete: false };
        let proved =
            prove_conversions(&story.markets, &Coverage::full(), &mut story.entries, &report);
        (proved, story)
    };
    let (proved, told) = prove(&all, &[]);
    assert_eq!((proved, &told.entries), (0, &all.entries), "either of three may have stayed");
    // The venue says that none of the second and the third is left.
    let none =
        |market| ReportedPosition { slot: Slot { market, outcome: NO }, shares: 0, bought: None };
    assert_eq!(prove(&all, &[none(group[1])]).0, 0);
    let reported = [none(group[1]), none(group[2])];
    let (proved, told) = prove(&all, &reported);
    assert_eq!((proved, &told.entries), (1, &truth.entries));
    // Or they need not say it: the fourth's No are sold afterwards.
    let mut sold = all.clone();
    sold.wait(20);
    sold.sell((group[3], NO), cents(10_000), cents(5_000));
    let (proved, told) = prove(&sold, &[]);
    assert_eq!((proved, told.books().completeness), (1, Completeness::Full));
    // Where the venue's list cannot be, nothing is concluded.
    let reported = [none(group[1]), none(group[2]), none(group[3])];
    let (proved, told) = prove(&all, &reported);
    assert_eq!((proved, &told.entries), (0, &all.entries));
}

#[test]
fn a_conversion_of_one_is_the_one_that_is_named() {
    let (mut story, group) = converted(6, 1, 73);
    let Some(Change::Convert(conversion)) = story.entries.last_mut().map(|e| &mut e.change) else {
        unreachable!()
    };
    conversion.given = Given::Including(group[0]);
    // As many No of another market are no doubt then.
    let mut named = story.clone();
    named.wait(-10);
    named.buy((group[3], NO), cents(10_000), cents(5_000));
    let books = named.books();
    assert_eq!(books.completeness, Completeness::Full);
    assert_eq!(position(&books, (group[0], NO)).shares, 0);
    assert_eq!(position(&books, (group[3], NO)).shares, 100_000_000);
    assert_eq!(position(&books, (group[3], YES)).shares, 100_000_000);
    // A market that is no member names nothing.
    let stranger = story.market();
    let Some(Change::Convert(conversion)) = story.entries.last_mut().map(|e| &mut e.change) else {
        unreachable!()
    };
    conversion.given = Given::Including(stranger);
    assert!(story.books().doubts.has(Doubt::UnknownConversion));
}

#[test]
fn income_is_apart_from_trading() {
    let mut story = Story::default();
    let yes = (story.market(), YES);
    story.then(Change::Deposit { usdc: cents(10_000) });
    story.buy(yes, cents(100), cents(40)).sell(yes, cents(100), cents(50));
    story.then(Change::Income { kind: IncomeKind::Reward, usdc: cents(7) });
    story.then(Change::Income { kind: IncomeKind::MakerRebate, usdc: cents(3) });
    story.then(Change::Fee { usdc: cents(2) });
    story.then(Change::Withdrawal { usdc: cents(1_000) });
    let books = story.books();
    assert_eq!(books.trading, Figure::Known(80_000));
    assert_eq!(books.income, Figure::Known(100_000));
    assert_eq!(books.total, Figure::Known(180_000));
    assert_eq!(books.cash.income_of(IncomeKind::MakerRebate), 30_000);
    assert_eq!(books.cash.balance(), 90_180_000);
    assert_eq!(books.roi(), Figure::Known(Some(0.45)));
    assert_eq!(books.identity.unwrap().remainder(), 0);
}

#[test]
fn a_fee_that_nobody_tells_apart_is_in_the_cost() {
    let mut story = Story::default();
    let yes = (story.market(), YES);
    let slot = Slot { market: yes.0, outcome: yes.1 };
    let (shares, usdc) = (cents(1_000), cents(520));
    story.then(Change::Buy(Fill { slot, shares, usdc, fee: None, role: Role::Unknown }));
    story.sell(yes, cents(1_000), cents(700));
    let books = story.books();
    assert_eq!(books.fees, Figure::Withheld(Reason::NoFee));
    assert_eq!(position(&books, yes).fees, Figure::Withheld(Reason::NoFee));
    assert_eq!(books.total, Figure::Known(1_800_000), "what was made does not depend on it");
    assert_eq!(books.completeness, Completeness::Full);
}
