//! What a wallet has or had in a token, in numbers.

use crate::exchange::{
    Exchange, Holding, MarketIx, Millis, Outcome, Pips, Position, Shares, Usdc, WalletIx, value,
};

/// A holding with its market's price. Whole millionths; cut only where it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stake {
    pub(crate) wallet: WalletIx,
    pub(crate) market: MarketIx,
    pub(crate) outcome: Outcome,
    pub(crate) holding: Holding,
    /// Shares of the other outcome.
    pub(crate) opposite: Shares,
    pub(crate) price: Pips,
    /// What a share pays, once resolved.
    pub(crate) payout: Option<Usdc>,
}

impl Stake {
    /// The stakes of a position: one for each outcome ever held.
    pub(crate) fn of<'e>(
        exchange: &'e Exchange,
        position: &'e Position,
    ) -> impl Iterator<Item = Self> + use<'e> {
        let listing = exchange.listing(position.market);
        let held = Outcome::BOTH.into_iter().filter(|&o| position.holding(o).first_ms != 0);
        held.map(move |outcome| Self {
            wallet: position.wallet,
            market: position.market,
            outcome,
            holding: *position.holding(outcome),
            opposite: position.holding(outcome.opposite()).shares,
            price: listing.shown(outcome),
            payout: listing.payouts.map(|payouts| payouts[outcome.index()]),
        })
    }

    pub(crate) fn shares(&self) -> Shares {
        self.holding.shares
    }

    /// What the shares are worth at the price shown.
    pub(crate) fn value(&self) -> Usdc {
        value(self.holding.shares, self.price)
    }

    /// Worth less cost, before fees.
    pub(crate) fn unrealized(&self) -> Usdc {
        self.value() - self.holding.cost
    }

    /// Realised and unrealised, before fees.
    pub(crate) fn total(&self) -> Usdc {
        self.holding.realized + self.unrealized()
    }

    /// Cost and shares that the average price is of: of what is held, or of all that ever was.
    pub(crate) fn average(&self) -> (Usdc, Shares) {
        if self.holding.shares > 0 {
            (self.holding.cost, self.holding.shares)
        } else {
            (self.holding.spent, self.holding.bought)
        }
    }

    /// What all shares ever bought cost at the average price: the base of an old percentage.
    fn lifetime_cost(&self) -> Usdc {
        let (cost, shares) = self.average();
        if shares == 0 {
            return 0;
        }
        let scaled = i128::from(cost) * i128::from(self.holding.bought) / i128::from(shares);
        i64::try_from(scaled).unwrap_or(i64::MAX)
    }

    /// Part and whole of `percent_realized_pnl`, which despite its name compares the present value
    /// with what all shares ever bought cost; on closed stakes it is the realised profit.
    pub(crate) fn realized_ratio(&self) -> (Usdc, Usdc) {
        let base = self.lifetime_cost();
        let part =
            if self.holding.shares > 0 { self.value() - base } else { self.holding.realized };
        (part, base)
    }

    /// Resolved and not handed in. The shares may be worthless.
    pub(crate) fn is_redeemable(&self) -> bool {
        self.payout.is_some() && self.holding.shares > 0
    }

    /// Redeemable for nothing.
    pub(crate) fn is_lost(&self) -> bool {
        self.payout == Some(0) && self.holding.shares > 0
    }

    /// Shares of both outcomes, which make pairs.
    pub(crate) fn is_mergeable(&self) -> bool {
        self.holding.shares > 0 && self.opposite > 0
    }

    pub(crate) fn last_ms(&self) -> Millis {
        self.holding.last_ms
    }
}

/// The stakes of a wallet.
pub(crate) fn of_wallet(exchange: &Exchange, wallet: WalletIx) -> impl Iterator<Item = Stake> {
    exchange.accounts().of_wallet(wallet).flat_map(|position| Stake::of(exchange, position))
}

/// The stakes in a market.
pub(crate) fn of_market(exchange: &Exchange, market: MarketIx) -> impl Iterator<Item = Stake> {
    exchange.accounts().of_market(market).flat_map(|position| Stake::of(exchange, position))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::kit::{self, NOON};
    use crate::data::number::{cut, cut_percent, cut_ratio};
    use crate::exchange::MICRO;

    /// Displayed amounts are cut, so that sums of them may be off by so much.
    const CUT: f64 = 2e-4;

    fn near(left: f64, right: f64) -> bool {
        (left - right).abs() <= CUT
    }

    #[test]
    fn the_identities_hold_as_displayed() {
        let mut seen = 0;
        for seed in 0..10 {
            let exchange = kit::busy_exchange(seed, 400);
            for stake in
                exchange.accounts().positions().iter().flat_map(|p| Stake::of(&exchange, p))
            {
                let (cost, shares) = stake.average();
                let size = stake.shares() as f64 / 1e6;
                let price = f64::from(stake.price) / 1e4;
                let holding = stake.holding;
                assert!(near(cut(stake.value()), size * price));
                assert!(near(cut(stake.unrealized()), cut(stake.value()) - cut(holding.cost)));
                assert!(near(cut(stake.total()), cut(holding.realized) + cut(stake.unrealized())));
                if holding.shares > 0 {
                    assert_eq!((cost, shares), (holding.cost, holding.shares));
                    let percent = stake.unrealized() as f64 / holding.cost.max(1) as f64 * 100.0;
                    assert!(near(cut_percent(stake.unrealized(), holding.cost.max(1)), percent));
                } else {
                    assert_eq!((holding.cost, stake.unrealized()), (0, 0));
                }
                assert!((0.0..=1.0).contains(&cut_ratio(cost, shares)), "{stake:?}");
                seen += 1;
            }
        }
        assert!(seen > 100);
    }

    #[test]
    fn a_closed_stake_keeps_its_average() {
        let mut floor = kit::Floor::new(2);
        floor.trade(0, 1, 6_000, 10);
        floor.trade(0, 1, 3_000, 20);
        floor.exchange.resolve(NOON + 60_000, floor.market, [MICRO, 0]);
        floor.exchange.redeem(NOON + 70_000, WalletIx(1), floor.market).unwrap();
        let stake = of_wallet(&floor.exchange, WalletIx(1)).next().unwrap();
        // 12 USDC for 30 shares, which paid 30.
        assert_eq!(stake.average(), (12_000_000, 30_000_000));
        assert_eq!((stake.holding.realized, stake.total()), (18_000_000, 18_000_000));
        assert_eq!(stake.realized_ratio(), (18_000_000, 12_000_000));
        assert!(!stake.is_redeemable() && !stake.is_mergeable());
        // Fees of both trades remain: 10 × 0.05 × 0.6 × 0.4 and 20 × 0.05 × 0.3 × 0.7.
        assert_eq!(stake.holding.entry_fees, 120_000 + 210_000);
    }

    #[test]
    fn losers_stay_redeemable() {
        let mut floor = kit::Floor::new(2);
        floor.trade(0, 1, 6_000, 10);
        floor.exchange.resolve(NOON + 60_000, floor.market, [0, MICRO]);
        let loser = of_wallet(&floor.exchange, WalletIx(1)).next().unwrap();
        assert!(loser.is_redeemable() && loser.is_lost());
        assert_eq!((loser.value(), loser.unrealized()), (0, -6_000_000));
        let winner = of_wallet(&floor.exchange, WalletIx(0)).last().unwrap();
        assert!(winner.is_redeemable() && !winner.is_lost());
        assert_eq!(winner.outcome, Outcome::Second);
    }
}
