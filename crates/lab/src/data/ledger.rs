//! One wallet's tape replayed: what it held, earned and traded up to any moment. Replayed to the
//! end it agrees with the exchange's own accounts.

use std::collections::BTreeMap;

use super::feed::{self, Trade};
use crate::exchange::{
    Crossing, Entry, Exchange, Holding, MarketIx, MatchIx, Millis, Movement, MovementKind, Outcome,
    Shares, Side, Usdc, WalletIx, mirrored, payoff, value,
};

/// Shares handed in, by outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HandIn {
    pub(crate) market: MarketIx,
    pub(crate) outcome: Outcome,
    /// What the shares had cost.
    pub(crate) cost: Usdc,
    /// What was paid for them.
    pub(crate) usdc: Usdc,
}

/// What a wallet made up to a moment, in millionths of a USDC. Realised profit is before fees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) realized: Usdc,
    /// What the shares held are worth less what they cost.
    pub(crate) unrealized: Usdc,
    pub(crate) fees: Usdc,
    pub(crate) rewards: Usdc,
    pub(crate) rebates: Usdc,
    pub(crate) traded: Traded,
}

/// How much was traded, as taker or as maker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Traded {
    pub(crate) shares: Shares,
    /// Without fees.
    pub(crate) usdc: Usdc,
    /// Rows: one an order as taker, one a fill as maker.
    pub(crate) count: u64,
}

impl Traded {
    pub(crate) fn add(&mut self, trade: &Trade) {
        self.shares += trade.shares;
        self.usdc += trade.usdc;
        self.count += 1;
    }
}

/// A wallet's books.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    holdings: BTreeMap<MarketIx, [Holding; 2]>,
    rewards: Usdc,
    rebates: Usdc,
    traded: Traded,
    hand_ins: Vec<HandIn>,
}

impl Ledger {
    /// The books of `wallet` as they were at `until_ms`.
    pub(crate) fn at(exchange: &Exchange, wallet: WalletIx, until_ms: Millis) -> Self {
        let tape = exchange.tape();
        let mut ledger = Self::default();
        for &entry in tape.of_wallet(wallet) {
            if feed::time_of(tape, entry) > until_ms {
                break;
            }
            ledger.apply(exchange, entry);
        }
        ledger
    }

    /// What `wallet` made up to each of `moments`, which increase.
    pub(crate) fn course(
        exchange: &Exchange,
        wallet: WalletIx,
        moments: impl IntoIterator<Item = Millis>,
    ) -> Vec<(Millis, Standing)> {
        let tape = exchange.tape();
        let mut ledger = Self::default();
        let mut entries = tape.of_wallet(wallet).iter().peekable();
        let stand = |moment| {
            while let Some(&entry) = entries.next_if(|&&entry| feed::time_of(tape, entry) <= moment)
            {
                ledger.apply(exchange, entry);
            }
            (moment, ledger.standing(exchange, moment))
        };
        moments.into_iter().map(stand).collect()
    }

    /// Markets ever held, with both outcomes' holdings.
    pub(crate) fn holdings(&self) -> impl Iterator<Item = (MarketIx, &[Holding; 2])> {
        self.holdings.iter().map(|(&market, holdings)| (market, holdings))
    }

    /// Every handing in so far, oldest first.
    pub(crate) fn hand_ins(&self) -> &[HandIn] {
        &self.hand_ins
    }

    /// What the wallet made up to `at_ms`; the books must be as of then.
    fn standing(&self, exchange: &Exchange, at_ms: Millis) -> Standing {
        let mut standing = Standing {
            rewards: self.rewards,
            rebates: self.rebates,
            traded: self.traded,
            ..Standing::default()
        };
        for (market, holdings) in self.holdings() {
            for (outcome, holding) in Outcome::BOTH.into_iter().zip(holdings) {
                standing.realized += holding.realized;
                standing.fees += holding.fees;
                if holding.shares != 0 {
                    let worth = worth_at(exchange, market, outcome, holding.shares, at_ms);
                    standing.unrealized += worth - holding.cost;
                }
            }
        }
        standing
    }

    /// Takes in the next entry.
    pub(crate) fn apply(&mut self, exchange: &Exchange, entry: Entry) {
        let tape = exchange.tape();
        match entry {
            Entry::Taken(ix) => self.take(exchange, ix),
            Entry::Made(ix) => {
                let trade = Trade::made(tape, ix);
                self.traded.add(&trade);
                self.settle(&trade, trade.shares, trade.usdc);
            }
            Entry::Moved(ix) => self.moved(exchange, tape.movement(ix)),
        }
    }

    fn holding(&mut self, market: MarketIx, outcome: Outcome) -> &mut Holding {
        &mut self.holdings.entry(market).or_default()[outcome.index()]
    }

    /// The taker's part of a match, fill by fill, as its rounding went.
    fn take(&mut self, exchange: &Exchange, ix: MatchIx) {
        let tape = exchange.tape();
        let trade = Trade::taken(tape, ix);
        self.traded.add(&trade);
        for fill in tape.fills_of(ix) {
            let usdc = match fill.crossing {
                Crossing::Transfer => fill.usdc,
                // A pair of shares is worth as many millionths as it has.
                Crossing::Mint | Crossing::Merge => fill.shares - fill.usdc,
            };
            self.settle(&trade, fill.shares, usdc);
        }
        self.holding(trade.market, trade.outcome).charge(trade.side, trade.fee);
    }

    fn settle(&mut self, trade: &Trade, shares: Shares, usdc: Usdc) {
        let holding = self.holding(trade.market, trade.outcome);
        match trade.side {
            Side::Buy => holding.acquire(trade.at_ms, shares, usdc),
            Side::Sell => {
                holding.release(trade.at_ms, shares, usdc);
            }
        }
    }

    fn moved(&mut self, exchange: &Exchange, movement: &Movement) {
        let Movement { at_ms, shares, usdc, market, .. } = *movement;
        match (movement.kind, market) {
            (MovementKind::Split, Some(market)) => {
                for (outcome, cost) in halves(shares) {
                    self.holding(market, outcome).acquire(at_ms, shares, cost);
                }
            }
            (MovementKind::Merge, Some(market)) => {
                for (outcome, proceeds) in halves(shares) {
                    self.holding(market, outcome).release(at_ms, shares, proceeds);
                }
            }
            (MovementKind::Redeem, Some(market)) => self.redeem(exchange, at_ms, market),
            (MovementKind::Convert, Some(first)) => self.convert(exchange, movement, first),
            (MovementKind::Reward, _) => self.rewards += usdc,
            (MovementKind::MakerRebate, _) => self.rebates += usdc,
            _ => {}
        }
    }

    fn redeem(&mut self, exchange: &Exchange, at_ms: Millis, market: MarketIx) {
        let Some(payouts) = exchange.listing(market).payouts else { return };
        for outcome in Outcome::BOTH {
            let holding = self.holding(market, outcome);
            let shares = holding.shares;
            if shares == 0 {
                continue;
            }
            let usdc = payoff(shares, payouts[outcome.index()]);
            let cost = holding.release(at_ms, shares, usdc);
            self.hand_ins.push(HandIn { market, outcome, cost, usdc });
        }
    }

    /// No of some markets of a group against Yes of the others and cash: see [`Exchange::convert`].
    fn convert(&mut self, exchange: &Exchange, movement: &Movement, first: MarketIx) {
        let Movement { at_ms, shares, usdc, converted, .. } = movement;
        let Some(group) = exchange.listing(first).terms.group else { return };
        let mut cost = -usdc;
        for &market in converted {
            cost += self.holding(market, Outcome::Second).surrender(*at_ms, *shares);
        }
        let members = exchange.groups()[group.index()].markets.iter();
        let others: Vec<MarketIx> = members
            .copied()
            // Markets that joined the group later were not there to be had.
            .filter(|&market| exchange.listing(market).listed_ms <= *at_ms)
            .filter(|market| !converted.contains(market))
            .collect();
        if others.is_empty() {
            self.holding(first, Outcome::Second).realized -= cost;
            cost = 0;
        }
        for (market, left) in others.iter().zip((1..=others.len()).rev()) {
            let part = cost / i64::try_from(left).unwrap_or(1);
            cost -= part;
            self.holding(*market, Outcome::First).acquire(*at_ms, *shares, part);
        }
    }
}

/// What `shares` of an outcome were worth at `at_ms`, by the price shown then.
pub(crate) fn worth_at(
    exchange: &Exchange,
    market: MarketIx,
    outcome: Outcome,
    shares: Shares,
    at_ms: Millis,
) -> Usdc {
    let shown = exchange.listing(market).point_at(at_ms).map(|point| point.shown);
    shown.map_or(0, |shown| value(shares, mirrored(outcome, shown)))
}

/// The price of a pair, by outcome.
fn halves(shares: Shares) -> [(Outcome, Usdc); 2] {
    let half = shares / 2;
    [(Outcome::First, half), (Outcome::Second, shares - half)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::kit::{self, NOON};

    #[test]
    fn the_replay_ends_where_the_accounts_are() {
        let (mut kinds, mut crossings) = (Vec::new(), Vec::new());
        for seed in 0..20 {
            let exchange = kit::busy_exchange(seed, 400);
            kinds.extend(exchange.tape().movements().iter().map(|moved| moved.kind));
            crossings.extend(exchange.tape().fills().iter().map(|fill| fill.crossing));
            let accounts = exchange.accounts();
            for wallet in (0..accounts.wallet_count()).map(WalletIx::next) {
                let ledger = Ledger::at(&exchange, wallet, Millis::MAX);
                let replayed: BTreeMap<_, _> = ledger.holdings().collect();
                let mut held = 0;
                for position in accounts.of_wallet(wallet) {
                    assert_eq!(replayed[&position.market], &position.holdings, "seed {seed}");
                    held += 1;
                }
                assert_eq!(held, replayed.len());
            }
        }
        for kind in [
            MovementKind::Split,
            MovementKind::Merge,
            MovementKind::Redeem,
            MovementKind::Convert,
            MovementKind::Reward,
            MovementKind::MakerRebate,
            MovementKind::Withdrawal,
        ] {
            assert!(kinds.contains(&kind), "{kind:?} was not replayed");
        }
        for crossing in [Crossing::Transfer, Crossing::Mint, Crossing::Merge] {
            assert!(crossings.contains(&crossing), "{crossing:?} was not replayed");
        }
    }

    #[test]
    fn profit_is_cash_and_worth_gained_less_what_was_paid_in() {
        for seed in 0..10 {
            let exchange = kit::busy_exchange(seed, 300);
            let now_ms = NOON + 1_000_000;
            for wallet in (0..exchange.accounts().wallet_count()).map(WalletIx::next) {
                let (_, standing) = Ledger::course(&exchange, wallet, [now_ms])[0];
                let made = standing.realized + standing.unrealized - standing.fees
                    + standing.rewards
                    + standing.rebates;
                assert_eq!(made, kit::wealth(&exchange, wallet) - kit::paid_in(&exchange, wallet));
            }
        }
    }

    #[test]
    fn a_course_is_the_books_at_each_moment() {
        let exchange = kit::busy_exchange(3, 300);
        let moments = [NOON - 1, NOON + 50_000, NOON + 100_000, NOON + 100_000, NOON + 500_000];
        for wallet in (0..exchange.accounts().wallet_count()).map(WalletIx::next) {
            for (moment, standing) in Ledger::course(&exchange, wallet, moments) {
                let ledger = Ledger::at(&exchange, wallet, moment);
                assert_eq!(ledger.standing(&exchange, moment), standing);
            }
            let before = Ledger::at(&exchange, wallet, NOON - 1);
            assert_eq!(before.standing(&exchange, NOON - 1), Standing::default());
        }
    }

    #[test]
    fn hand_ins_keep_what_the_shares_had_cost() {
        let mut floor = kit::Floor::new(2);
        floor.trade(0, 1, 6_000, 10);
        floor.exchange.resolve(NOON + 60_000, floor.market, [crate::exchange::MICRO, 0]);
        floor.exchange.redeem(NOON + 70_000, WalletIx(1), floor.market).unwrap();
        let ledger = Ledger::at(&floor.exchange, WalletIx(1), Millis::MAX);
        let expected = HandIn {
            market: floor.market,
            outcome: Outcome::First,
            cost: 6_000_000,
            usdc: 10_000_000,
        };
        assert_eq!(ledger.hand_ins(), [expected]);
    }
}
