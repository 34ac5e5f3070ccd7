//! Random sequences of everything that can be done to an exchange.

use proptest::prelude::*;

use super::*;

/// Wallets of a random exchange.
pub(super) const WALLETS: u32 = 4;

/// Markets of a random exchange: two on their own, then a group of three.
pub(super) const MARKETS: u32 = 5;

/// Something to do; refusals are fine.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Deposit(WalletIx, Usdc),
    Withdraw(WalletIx, Usdc),
    Reward(WalletIx, Usdc),
    Rebate(WalletIx, Usdc),
    Submit(Order),
    Cancel(WalletIx, MarketIx),
    Split(WalletIx, MarketIx, Shares),
    Merge(WalletIx, MarketIx, Shares),
    /// Of the markets of the group whose bit is set.
    Convert(WalletIx, u8, Shares),
    /// 0 the first outcome wins, 1 the second, 2 neither.
    Resolve(MarketIx, u8),
    Overturn(MarketIx),
    Redeem(WalletIx, MarketIx),
    Tick(MarketIx, Pips),
    Publish(MarketIx),
}

pub(super) fn acts(count: usize) -> impl Strategy<Value = Vec<Act>> {
    prop::collection::vec(act(), count / 2..count)
}

fn act() -> impl Strategy<Value = Act> {
    let wallet = || (0..WALLETS).prop_map(WalletIx);
    let market = || (0..MARKETS).prop_map(MarketIx);
    prop_oneof![
        2 => (wallet(), amount()).prop_map(|(who, usdc)| Act::Deposit(who, usdc)),
        1 => (wallet(), amount()).prop_map(|(who, usdc)| Act::Withdraw(who, usdc)),
        1 => (wallet(), amount()).prop_map(|(who, usdc)| Act::Reward(who, usdc)),
        1 => (wallet(), 1..100_000_i64).prop_map(|(who, usdc)| Act::Rebate(who, usdc)),
        40 => order().prop_map(Act::Submit),
        2 => (wallet(), market()).prop_map(|(who, at)| Act::Cancel(who, at)),
        4 => (wallet(), market(), amount()).prop_map(|(who, at, shares)| Act::Split(who, at, shares)),
        3 => (wallet(), market(), amount()).prop_map(|(who, at, shares)| Act::Merge(who, at, shares)),
        3 => (wallet(), 0..8_u8, amount()).prop_map(|(who, of, shares)| Act::Convert(who, of, shares)),
        1 => (market(), 0..3_u8).prop_map(|(at, how)| Act::Resolve(at, how)),
        1 => market().prop_map(Act::Overturn),
        2 => (wallet(), market()).prop_map(|(who, at)| Act::Redeem(who, at)),
        1 => (market(), prop::sample::select(vec![10, 25, 100, 1_000]))
            .prop_map(|(at, tick)| Act::Tick(at, tick)),
        3 => market().prop_map(Act::Publish),
    ]
}

/// Millionths: a few, or a plausible size.
fn amount() -> impl Strategy<Value = i64> {
    prop_oneof![1..40_i64, 5 * MICRO..120 * MICRO]
}

fn order() -> impl Strategy<Value = Order> {
    let outcome = prop::sample::select(Outcome::BOTH.to_vec());
    let side = prop::sample::select(vec![Side::Buy, Side::Sell]);
    (0..WALLETS, 0..MARKETS, outcome, side, wish()).prop_map(
        |(wallet, market, outcome, side, wish)| Order {
            wallet: WalletIx(wallet),
            market: MarketIx(market),
            outcome,
            side,
            wish,
        },
    )
}

fn wish() -> impl Strategy<Value = Wish> {
    // Near the middle, so that orders meet, and sometimes anywhere.
    let price = prop_oneof![4 => (40..60).prop_map(|cents| cents * 100), 1 => -5..10_005];
    let kind = 0..6_u8;
    (kind, price, amount()).prop_map(|(kind, price, shares)| match kind {
        0..=2 => Wish::Limit { price, shares },
        3 => Wish::PostOnly { price, shares },
        4 => Wish::Take { price, shares },
        _ => Wish::Spend { price, usdc: shares },
    })
}

/// Markets as in [`MARKETS`] and wallets as in [`WALLETS`] with 200 USDC each, which orders soon
/// use up.
pub(super) fn exchange() -> Exchange {
    let mut exchange = Exchange::default();
    let group = exchange.open_group();
    for (basis_points, group) in
        [(0, None), (700, None), (500, Some(group)), (500, Some(group)), (0, Some(group))]
    {
        let terms = Terms { tick: 100, fee: FeeRate { basis_points }, group };
        exchange.list(NOON, terms, 5_000);
    }
    for _ in 0..WALLETS {
        let wallet = exchange.open_wallet();
        exchange.deposit(NOON, wallet, 200 * MICRO);
    }
    exchange
}

/// Does it, unless it is refused.
pub(super) fn perform(exchange: &mut Exchange, at_ms: Millis, act: &Act) {
    let _refused = match *act {
        Act::Submit(order) => exchange.submit(at_ms, order).err(),
        Act::Withdraw(wallet, usdc) => exchange.withdraw(at_ms, wallet, usdc).err(),
        Act::Rebate(wallet, usdc) => exchange.rebate(at_ms, wallet, usdc).err(),
        Act::Split(wallet, market, shares) => exchange.split(at_ms, wallet, market, shares).err(),
        Act::Merge(wallet, market, shares) => exchange.merge(at_ms, wallet, market, shares).err(),
        Act::Convert(wallet, members, shares) => {
            let named = members_of(exchange, members);
            exchange.convert(at_ms, wallet, GroupIx(0), &named, shares).err()
        }
        Act::Redeem(wallet, market) => exchange.redeem(at_ms, wallet, market).err(),
        _ => {
            perform_surely(exchange, at_ms, act);
            None
        }
    };
}

/// What cannot be refused.
fn perform_surely(exchange: &mut Exchange, at_ms: Millis, act: &Act) {
    match *act {
        Act::Deposit(wallet, usdc) => exchange.deposit(at_ms, wallet, usdc),
        Act::Reward(wallet, usdc) => exchange.reward(at_ms, wallet, usdc),
        Act::Cancel(wallet, market) => exchange.cancel(market, |order| order.wallet == wallet),
        Act::Tick(market, tick) => exchange.set_tick(at_ms, market, tick),
        Act::Publish(market) => exchange.publish(at_ms, market),
        Act::Resolve(market, how) if exchange.listing(market).payouts.is_none() => {
            let payouts = lawful(exchange, market, how);
            exchange.resolve(at_ms, market, payouts);
        }
        Act::Overturn(market) => {
            let listing = exchange.listing(market);
            if let (None, Some([first, second])) = (listing.terms.group, listing.payouts) {
                exchange.overturn(at_ms, market, [second, first]);
            }
        }
        _ => {}
    }
}

/// The markets of the group whose bit is set.
fn members_of(exchange: &Exchange, bits: u8) -> Vec<MarketIx> {
    let members = exchange.groups()[0].markets.iter().enumerate();
    members.filter(|(place, _)| bits >> place & 1 == 1).map(|(_, &market)| market).collect()
}

/// The payouts wished for, unless the market is in a group: there exactly one wins.
pub(super) fn lawful(exchange: &Exchange, market: MarketIx, how: u8) -> [Usdc; 2] {
    let Some(group) = exchange.listing(market).terms.group else {
        return [[MICRO, 0], [0, MICRO], [MICRO / 2, MICRO / 2]][usize::from(how)];
    };
    let others = exchange.groups()[group.index()].markets.iter().filter(|&&other| other != market);
    let decided: Vec<_> = others.map(|&other| exchange.listing(other).payouts).collect();
    let has_winner = decided.iter().flatten().any(|payouts| payouts[0] > 0);
    let is_last = decided.iter().all(Option::is_some);
    if !has_winner && (is_last || how == 0) { [MICRO, 0] } else { [0, MICRO] }
}
