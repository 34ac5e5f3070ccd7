//! Splits, merges, conversions, resolutions, redemptions, and cash from outside.

use super::*;

/// A group of `markets` without fees and a wallet with [`PURSE`].
fn group_of(markets: usize) -> (Exchange, GroupIx, Vec<MarketIx>, WalletIx) {
    let mut exchange = Exchange::default();
    let group = exchange.open_group();
    let terms = Terms { tick: 100, fee: FeeRate::FREE, group: Some(group) };
    let markets = (0..markets).map(|_| exchange.list(NOON, terms, 5_000)).collect();
    let wallet = exchange.open_wallet();
    exchange.deposit(NOON, wallet, PURSE);
    (exchange, group, markets, wallet)
}

fn holding(exchange: &Exchange, wallet: WalletIx, market: MarketIx, outcome: Outcome) -> Holding {
    exchange
        .accounts()
        .position(wallet, market)
        .map_or_else(Holding::default, |position| *position.holding(outcome))
}

#[test]
fn a_split_and_its_merge_gain_nothing() {
    let mut floor = Floor::new(1);
    floor.split(0, 100 * MICRO + 1);
    assert_eq!(floor.cash(0), PURSE - 100 * MICRO - 1);
    let (wallet, market) = (WalletIx(0), floor.market);
    let [yes, no] = Outcome::BOTH.map(|outcome| holding(&floor.exchange, wallet, market, outcome));
    assert_eq!((yes.shares, yes.cost + no.cost), (100 * MICRO + 1, 100 * MICRO + 1));
    floor.exchange.merge(NOON, wallet, market, 100 * MICRO + 1).unwrap();
    assert_eq!(floor.cash(0), PURSE);
    for outcome in Outcome::BOTH {
        let left = holding(&floor.exchange, wallet, market, outcome);
        assert_eq!((left.shares, left.cost, left.realized), (0, 0, 0));
    }
    let too_many = floor.exchange.merge(NOON, wallet, market, 1);
    assert_eq!(too_many, Err(Refused::NotCovered));
    let too_dear = floor.exchange.split(NOON, wallet, market, PURSE + 1);
    assert_eq!(too_dear, Err(Refused::NotCovered));
    assert_eq!(floor.exchange.audit(), Ok(()));
}

#[test]
fn a_conversion_turns_no_into_the_other_yes_and_cash() {
    let (mut exchange, group, markets, wallet) = group_of(4);
    for &market in &markets[..2] {
        exchange.split(NOON, wallet, market, 10 * MICRO).unwrap();
    }
    exchange.convert(NOON, wallet, group, &markets[..2], 6 * MICRO).unwrap();
    assert_eq!(exchange.accounts().cash(wallet), PURSE - 14 * MICRO);
    let shares = |market: MarketIx, outcome| holding(&exchange, wallet, market, outcome).shares;
    assert_eq!(
        markets.iter().map(|&market| shares(market, NO)).collect::<Vec<_>>(),
        [4 * MICRO, 4 * MICRO, 0, 0]
    );
    assert_eq!(shares(markets[2], YES), 6 * MICRO);
    assert_eq!(shares(markets[3], YES), 6 * MICRO);
    // 12 No cost 6 USDC, which the cash pays back.
    let cost: Usdc = markets[2..].iter().map(|&ix| holding(&exchange, wallet, ix, YES).cost).sum();
    let realized: Usdc =
        markets.iter().map(|&ix| holding(&exchange, wallet, ix, NO).realized).sum();
    assert_eq!((cost, realized), (0, 0));
    assert_eq!(exchange.audit(), Ok(()));
    // Whoever wins, what is held now pays what the converted No would have paid.
    exchange.resolve(NOON, markets[2], [MICRO, 0]);
    for &market in &[markets[0], markets[1], markets[3]] {
        exchange.resolve(NOON, market, [0, MICRO]);
    }
    for &market in &markets {
        exchange.redeem(NOON, wallet, market).unwrap();
        assert_eq!(exchange.audit(), Ok(()));
    }
    assert_eq!(exchange.accounts().cash(wallet), PURSE);
}

#[test]
fn a_conversion_carries_the_cost_over() {
    let (mut exchange, group, markets, wallet) = group_of(3);
    for &market in &markets {
        exchange.split(NOON, wallet, market, 10 * MICRO).unwrap();
    }
    // One No of cost 5 becomes two Yes of cost 2.5 each, beside the Yes of cost 5 from the split.
    exchange.convert(NOON, wallet, group, &markets[..1], 10 * MICRO).unwrap();
    for &market in &markets[1..] {
        assert_eq!(holding(&exchange, wallet, market, YES).cost, 7_500_000);
    }
    // Two No of cost 10 together pay 10 in cash, and leave the Yes nothing to take over.
    exchange.convert(NOON, wallet, group, &markets[1..], 5 * MICRO).unwrap();
    assert_eq!(holding(&exchange, wallet, markets[0], YES).cost, 5 * MICRO);
    assert_eq!(holding(&exchange, wallet, markets[1], NO).realized, 0);
    assert_eq!(exchange.audit(), Ok(()));

    // No bought below its worth: the cash is more than the cost, which carries over below zero.
    let (mut exchange, group, markets, wallet) = group_of(3);
    let seller = exchange.open_wallet();
    exchange.deposit(NOON, seller, PURSE);
    for &market in &markets[..2] {
        exchange.split(NOON, seller, market, 10 * MICRO).unwrap();
        let offer = limit(2_000, 10 * MICRO);
        let order = Order { wallet: seller, market, outcome: NO, side: Side::Sell, wish: offer };
        exchange.submit(NOON, order).unwrap();
        let bid = Order { wallet, side: Side::Buy, ..order };
        assert_eq!(exchange.submit(NOON, bid).unwrap().usdc, 2 * MICRO);
    }
    exchange.convert(NOON, wallet, group, &markets[..2], 10 * MICRO).unwrap();
    assert_eq!(holding(&exchange, wallet, markets[0], NO).realized, 0);
    assert_eq!(holding(&exchange, wallet, markets[2], YES).cost, -6 * MICRO);
    assert_eq!(exchange.accounts().cash(wallet), PURSE + 6 * MICRO);
}

#[test]
fn all_no_of_a_group_are_worth_cash() {
    let (mut exchange, group, markets, wallet) = group_of(3);
    for &market in &markets {
        exchange.split(NOON, wallet, market, 10 * MICRO).unwrap();
    }
    exchange.convert(NOON, wallet, group, &markets, 10 * MICRO).unwrap();
    // 30 No of cost 15 pay 20.
    assert_eq!(exchange.accounts().cash(wallet), PURSE - 10 * MICRO);
    assert_eq!(holding(&exchange, wallet, markets[0], NO).realized, 5 * MICRO);
    assert_eq!(exchange.audit(), Ok(()));
}

#[test]
fn conversions_that_cannot_be_are_refused() {
    let (mut exchange, group, markets, wallet) = group_of(2);
    exchange.split(NOON, wallet, markets[0], 10 * MICRO).unwrap();
    let stranger = exchange.list(NOON, Terms { tick: 100, fee: FeeRate::FREE, group: None }, 5_000);
    exchange.split(NOON, wallet, stranger, 10 * MICRO).unwrap();
    let mut refused = |markets: &[MarketIx], shares| {
        exchange.convert(NOON, wallet, group, markets, shares).unwrap_err()
    };
    let first = markets[0];
    assert_eq!(refused(&[], MICRO), Refused::NotCovered);
    assert_eq!(refused(&[first], 0), Refused::NotCovered);
    assert_eq!(refused(&[first], 11 * MICRO), Refused::NotCovered);
    assert_eq!(refused(&[first, first], MICRO), Refused::NotCovered, "named twice");
    assert_eq!(refused(&[stranger], MICRO), Refused::Halted);
    exchange.resolve(NOON, markets[1], [0, MICRO]);
    assert_eq!(exchange.convert(NOON, wallet, group, &[first], MICRO), Err(Refused::Halted));

    let (mut exchange, group, markets, wallet) = group_of(1);
    exchange.split(NOON, wallet, markets[0], MICRO).unwrap();
    let alone = exchange.convert(NOON, wallet, group, &markets, MICRO);
    assert_eq!(alone, Err(Refused::Halted), "there is nothing to convert into");
}

#[test]
fn redemptions_pay_what_was_decided() {
    for (payouts, paid) in [
        ([MICRO, 0], [30 * MICRO, 0]),
        ([0, MICRO], [0, 30 * MICRO]),
        ([MICRO / 2, MICRO / 2], [15 * MICRO, 15 * MICRO]),
    ] {
        let mut floor = Floor::new(2);
        floor.buy(0, YES, 4_000, 30 * MICRO);
        floor.buy(1, NO, 6_000, 30 * MICRO);
        let early = floor.exchange.redeem(NOON, WalletIx(0), floor.market);
        assert_eq!(early, Err(Refused::Halted));
        floor.exchange.resolve(NOON, floor.market, payouts);
        assert!(floor.book().is_empty());
        for (wallet, paid, cost) in [(0, paid[0], 12 * MICRO), (1, paid[1], 18 * MICRO)] {
            let outcome = Outcome::BOTH[wallet as usize];
            let redeemed = floor.exchange.redeem(NOON, WalletIx(wallet), floor.market);
            assert_eq!(redeemed, Ok(paid));
            let left = holding(&floor.exchange, WalletIx(wallet), floor.market, outcome);
            assert_eq!((left.shares, left.cost, left.realized), (0, 0, paid - cost));
            let again = floor.exchange.redeem(NOON, WalletIx(wallet), floor.market);
            assert_eq!(again, Err(Refused::NotCovered));
            assert_eq!(floor.exchange.audit(), Ok(()));
        }
        assert_eq!(floor.cash(0) + floor.cash(1), 2 * PURSE);
    }
}

#[test]
fn a_whale_does_not_overflow() {
    let mut floor = Floor::new(2);
    let much = 2_000_000_000 * MICRO;
    for wallet in 0..2 {
        floor.exchange.deposit(NOON, WalletIx(wallet), much);
    }
    floor.buy(0, YES, 4_000, much);
    let taken = floor.buy(1, NO, 6_000, much);
    assert_eq!((taken.shares, taken.usdc), (much, much / 10 * 6));
    floor.exchange.resolve(NOON, floor.market, [MICRO, 0]);
    assert_eq!(floor.exchange.redeem(NOON, WalletIx(0), floor.market), Ok(much));
    assert_eq!(floor.exchange.audit(), Ok(()));
}

#[test]
fn a_resolution_is_overturned_until_somebody_has_redeemed() {
    let mut floor = Floor::new(2);
    floor.buy(0, YES, 4_000, 30 * MICRO);
    floor.buy(1, NO, 6_000, 30 * MICRO);
    assert!(!floor.exchange.overturn(NOON, floor.market, [0, MICRO]), "not decided yet");
    floor.exchange.resolve(NOON, floor.market, [MICRO, 0]);
    assert!(floor.exchange.overturn(NOON, floor.market, [0, MICRO]));
    assert_eq!(floor.exchange.listing(floor.market).shown(YES), 0);
    assert_eq!(floor.exchange.redeem(NOON, WalletIx(1), floor.market), Ok(30 * MICRO));
    assert!(!floor.exchange.overturn(NOON, floor.market, [MICRO, 0]));
    assert_eq!(floor.exchange.redeem(NOON, WalletIx(0), floor.market), Ok(0));
    assert_eq!(floor.exchange.audit(), Ok(()));
}

#[test]
fn cash_from_outside_is_accounted_for() {
    let mut floor = Floor::with_fee(2, FeeRate { basis_points: 700 });
    floor.exchange.reward(NOON, WalletIx(0), 5 * MICRO);
    assert_eq!(floor.cash(0), PURSE + 5 * MICRO);
    floor.buy(0, YES, 5_000, 100 * MICRO);
    let fee = floor.buy(1, NO, 5_000, 100 * MICRO).fee;
    assert_eq!(fee, 1_750_000);
    let before = floor.cash(0);
    assert_eq!(floor.exchange.rebate(NOON, WalletIx(0), fee + 1), Err(Refused::NotCovered));
    floor.exchange.rebate(NOON, WalletIx(0), fee / 5).unwrap();
    assert_eq!((floor.cash(0), floor.exchange.fees()), (before + 350_000, 1_400_000));
    let too_much = floor.exchange.withdraw(NOON, WalletIx(1), PURSE);
    assert_eq!(too_much, Err(Refused::NotCovered));
    floor.exchange.withdraw(NOON, WalletIx(1), floor.cash(1)).unwrap();
    assert_eq!(floor.cash(1), 0);
    assert_eq!(floor.exchange.audit(), Ok(()));
}
