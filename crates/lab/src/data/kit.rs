//! Exchanges made by hand, for tests.

use crate::exchange::{
    Exchange, FeeRate, GroupIx, MICRO, MarketIx, Millis, MovementKind, Order, Outcome, PIPS, Pips,
    Side, Terms, Usdc, WalletIx, Wish, value,
};
use crate::noise::{Dice, Noise};

/// A moment of the tests, a full hour.
pub(crate) const NOON: Millis = 1_795_392_000_000;

/// What a wallet begins with.
pub(crate) const PURSE: Usdc = 1_000 * MICRO;

/// One market with a fee of 5 %, and wallets with a [`PURSE`] each.
pub(crate) struct Floor {
    pub(crate) exchange: Exchange,
    pub(crate) market: MarketIx,
    pub(crate) at_ms: Millis,
}

impl Floor {
    pub(crate) fn new(wallets: usize) -> Self {
        let mut exchange = Exchange::default();
        let terms = Terms { tick: 100, fee: FeeRate { basis_points: 500 }, group: None };
        let market = exchange.list(NOON, terms, 5_000);
        for _ in 0..wallets {
            let wallet = exchange.open_wallet();
            exchange.deposit(NOON, wallet, PURSE);
        }
        Self { exchange, market, at_ms: NOON }
    }

    /// A second later, `taker` buys `shares` of the first outcome at `price` pips from `maker`, who
    /// splits for it.
    pub(crate) fn trade(&mut self, maker: u32, taker: u32, price: Pips, shares: i64) {
        self.at_ms += 1_000;
        let shares = shares * MICRO;
        let (maker, taker) = (WalletIx(maker), WalletIx(taker));
        self.exchange.split(self.at_ms, maker, self.market, shares).expect("enough cash");
        for (wallet, side, wish) in [
            (maker, Side::Sell, Wish::Limit { price, shares }),
            (taker, Side::Buy, Wish::Take { price, shares }),
        ] {
            let order = Order { wallet, market: self.market, outcome: Outcome::First, side, wish };
            self.exchange.submit(self.at_ms, order).expect("a valid order");
        }
        self.exchange.publish(self.at_ms, self.market);
    }
}

const WALLETS: u64 = 5;
const MARKETS: u64 = 5;

/// Two markets and a group of three, five wallets, and `acts` of every kind, one a second.
pub(crate) fn busy_exchange(seed: u64, acts: u64) -> Exchange {
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
        exchange.deposit(NOON, wallet, PURSE);
    }
    let mut done = 0;
    for act in 0..acts {
        let at_ms = NOON + i64::try_from(act).expect("few acts") * 1_000;
        let mut dice = Noise::of(seed).with(act).dice();
        done += u64::from(perform(&mut exchange, at_ms, &mut dice, act * 10 > acts * 9));
    }
    assert!(2 * done > acts, "{done} of {acts} were not refused");
    exchange
}

/// Does one thing. False when it was refused.
fn perform(exchange: &mut Exchange, at_ms: Millis, dice: &mut Dice, late: bool) -> bool {
    let wallet = WalletIx(u32::try_from(dice.whole(0, WALLETS - 1)).expect("a few"));
    let market = MarketIx(u32::try_from(dice.whole(0, MARKETS - 1)).expect("a few"));
    let shares = i64::try_from(dice.whole(5 * MICRO.unsigned_abs(), 60_000_000)).expect("small");
    match dice.whole(0, 19) {
        0 | 1 => exchange.split(at_ms, wallet, market, shares).is_ok(),
        2 => exchange.merge(at_ms, wallet, market, shares / 3).is_ok(),
        3 | 4 => {
            let named = [MarketIx(2), MarketIx(3), MarketIx(4)];
            let named = if dice.chance(0.5) { &named[..1] } else { &named[1..] };
            exchange.convert(at_ms, wallet, GroupIx(0), named, shares / 2).is_ok()
        }
        5 => {
            exchange.reward(at_ms, wallet, shares / 100);
            true
        }
        6 => exchange.rebate(at_ms, wallet, 50_000).is_ok(),
        7 => exchange.withdraw(at_ms, wallet, shares).is_ok(),
        8 if late => resolve(exchange, at_ms, market),
        8 => {
            exchange.deposit(at_ms, wallet, shares);
            true
        }
        9 | 10 if late => exchange.redeem(at_ms, wallet, market).is_ok(),
        _ => {
            let outcome = dice.pick(&Outcome::BOTH);
            let side = dice.pick(&[Side::Buy, Side::Sell]);
            let price = dice.pick(&[4_300, 4_800, 5_000, 5_200, 5_700]);
            let wish = match dice.whole(0, 3) {
                0 => Wish::Take { price, shares },
                1 => Wish::Spend { price, usdc: shares / 2 },
                _ => Wish::Limit { price, shares },
            };
            let taken = exchange.submit(at_ms, Order { wallet, market, outcome, side, wish });
            exchange.publish(at_ms, market);
            taken.is_ok()
        }
    }
}

/// In the group the first market wins, the others lose; of the rest one is split.
fn resolve(exchange: &mut Exchange, at_ms: Millis, market: MarketIx) -> bool {
    let open = exchange.listing(market).payouts.is_none();
    if open {
        let payouts = match market.0 {
            0 => [MICRO / 2; 2],
            1 | 2 => [MICRO, 0],
            _ => [0, MICRO],
        };
        exchange.resolve(at_ms, market, payouts);
    }
    open
}

/// Cash and what the shares are worth at the prices shown.
pub(crate) fn wealth(exchange: &Exchange, wallet: WalletIx) -> Usdc {
    let worth = exchange.accounts().of_wallet(wallet).flat_map(|position| {
        Outcome::BOTH.map(|outcome| {
            let shown = exchange.listing(position.market).shown(outcome);
            assert!((0..=PIPS).contains(&shown));
            value(position.holding(outcome).shares, shown)
        })
    });
    exchange.accounts().cash(wallet) + worth.sum::<Usdc>()
}

/// Deposits less withdrawals.
pub(crate) fn paid_in(exchange: &Exchange, wallet: WalletIx) -> Usdc {
    let own = exchange.tape().movements().iter().filter(|moved| moved.wallet == wallet);
    own.map(|moved| match moved.kind {
        MovementKind::Deposit => moved.usdc,
        MovementKind::Withdrawal => -moved.usdc,
        _ => 0,
    })
    .sum()
}
