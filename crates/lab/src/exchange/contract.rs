//! What the contracts do apart from trading: pairs made and given back, conversions within a group,
//! resolutions, redemptions, and cash that comes and goes.

use super::Exchange;
use super::matching::Refused;
use super::news::News;
use super::tape::{Movement, MovementKind};
use super::units::{GroupIx, MarketIx, Millis, Outcome, Shares, Usdc, WalletIx, payoff};

impl Exchange {
    /// Buys `shares` pairs for one USDC each.
    pub(crate) fn split(
        &mut self,
        at_ms: Millis,
        wallet: WalletIx,
        market: MarketIx,
        shares: Shares,
    ) -> Result<(), Refused> {
        if self.listing(market).payouts.is_some() {
            return Err(Refused::Halted);
        }
        if shares <= 0 || self.accounts.cash(wallet) < shares {
            return Err(Refused::NotCovered);
        }
        *self.accounts.cash_mut(wallet) -= shares;
        self.collateral += shares;
        let half = shares / 2;
        for (outcome, usdc) in [(Outcome::First, half), (Outcome::Second, shares - half)] {
            self.accounts.acquire(at_ms, (wallet, market, outcome), shares, usdc);
            self.listings[market.index()].supply[outcome.index()] += shares;
        }
        self.moved(at_ms, wallet, MovementKind::Split, Some(market), (shares, shares));
        Ok(())
    }

    /// Gives back `shares` pairs for one USDC each.
    pub(crate) fn merge(
        &mut self,
        at_ms: Millis,
        wallet: WalletIx,
        market: MarketIx,
        shares: Shares,
    ) -> Result<(), Refused> {
        if self.listing(market).payouts.is_some() {
            return Err(Refused::Halted);
        }
        let held = Outcome::BOTH.map(|outcome| self.accounts.shares(wallet, market, outcome));
        if shares <= 0 || held.into_iter().any(|held| held < shares) {
            return Err(Refused::NotCovered);
        }
        *self.accounts.cash_mut(wallet) += shares;
        self.collateral -= shares;
        let half = shares / 2;
        for (outcome, usdc) in [(Outcome::First, half), (Outcome::Second, shares - half)] {
            self.accounts.release(at_ms, (wallet, market, outcome), shares, usdc);
            self.listings[market.index()].supply[outcome.index()] -= shares;
        }
        self.moved(at_ms, wallet, MovementKind::Merge, Some(market), (shares, shares));
        Ok(())
    }

    /// Converts `shares` No of each of `markets` into Yes of the group's other markets and a USDC for
    /// each market but the first. Only in groups of which exactly one market wins, all unresolved.
    ///
    /// The Yes take over what the No cost less the cash, which may be below zero: the venue's formula lets
    /// it. When there are no Yes to take it over, the difference is realised on the first of `markets`.
    pub(crate) fn convert(
        &mut self,
        at_ms: Millis,
        wallet: WalletIx,
        group: GroupIx,
        markets: &[MarketIx],
        shares: Shares,
    ) -> Result<(), Refused> {
        let all = self.groups[group.index()].markets.clone();
        let is_open = |market: &MarketIx| self.listing(*market).payouts.is_none();
        let is_member = |market: &MarketIx| all.contains(market);
        if all.len() < 2 || !all.iter().all(is_open) || !markets.iter().all(is_member) {
            return Err(Refused::Halted);
        }
        let Some((&first, rest)) = markets.split_first() else { return Err(Refused::NotCovered) };
        let named_twice = |place: usize| markets[..place].contains(&markets[place]);
        if (0..markets.len()).any(named_twice) {
            return Err(Refused::NotCovered);
        }
        let held =
            |market: &MarketIx| self.accounts.shares(wallet, *market, Outcome::Second) >= shares;
        if shares <= 0 || !markets.iter().all(held) {
            return Err(Refused::NotCovered);
        }
        let usdc = shares * i64::try_from(rest.len()).unwrap_or(0);
        let mut cost = -usdc;
        for &market in markets {
            let slot = (wallet, market, Outcome::Second);
            cost += self.accounts.surrender(at_ms, slot, shares);
            self.listings[market.index()].supply[1] -= shares;
        }
        let others: Vec<_> = all.into_iter().filter(|market| !markets.contains(market)).collect();
        if others.is_empty() {
            self.accounts.realize((wallet, first, Outcome::Second), -cost);
            cost = 0;
        }
        let mut left = i64::try_from(others.len()).unwrap_or(0);
        for &market in &others {
            let part = cost / left;
            cost -= part;
            left -= 1;
            self.accounts.acquire(at_ms, (wallet, market, Outcome::First), shares, part);
            self.listings[market.index()].supply[0] += shares;
        }
        *self.accounts.cash_mut(wallet) += usdc;
        self.collateral -= usdc;
        self.groups[group.index()].converted += shares;
        let transaction = self.tape.next_transaction();
        self.tape.push_movement(Movement {
            at_ms,
            transaction,
            wallet,
            kind: MovementKind::Convert,
            market: Some(first),
            shares,
            usdc,
            converted: markets.into(),
        });
        Ok(())
    }

    /// Decides a market: what a share of each outcome pays. In a group one market at most pays its
    /// first outcome, and all of it: conversions rely on that.
    pub(crate) fn resolve(&mut self, at_ms: Millis, market: MarketIx, payouts: [Usdc; 2]) {
        self.halt(at_ms, market);
        let listing = &mut self.listings[market.index()];
        listing.payouts = Some(payouts);
        listing.resolved_ms = Some(at_ms);
        listing.note(at_ms, 0, 0);
        self.newsroom.report(News::Resolved { at_ms, market });
    }

    /// Changes the payouts of a market nobody has redeemed yet: a resolution that was wrong.
    pub(crate) fn overturn(&mut self, at_ms: Millis, market: MarketIx, payouts: [Usdc; 2]) -> bool {
        let untouched = self.accounts.of_market(market).all(|position| !position.redeemed);
        let resolved = self.listing(market).payouts.is_some();
        if untouched && resolved {
            let listing = &mut self.listings[market.index()];
            listing.payouts = Some(payouts);
            listing.note(at_ms, 0, 0);
            self.newsroom.report(News::Resolved { at_ms, market });
        }
        untouched && resolved
    }

    /// Hands in all shares of a resolved market. Returns what was paid.
    pub(crate) fn redeem(
        &mut self,
        at_ms: Millis,
        wallet: WalletIx,
        market: MarketIx,
    ) -> Result<Usdc, Refused> {
        let Some(payouts) = self.listing(market).payouts else { return Err(Refused::Halted) };
        let held = Outcome::BOTH.map(|outcome| self.accounts.shares(wallet, market, outcome));
        if held == [0, 0] {
            return Err(Refused::NotCovered);
        }
        let mut paid = 0;
        for outcome in Outcome::BOTH {
            let shares = held[outcome.index()];
            if shares == 0 {
                continue;
            }
            let usdc = payoff(shares, payouts[outcome.index()]);
            self.accounts.release(at_ms, (wallet, market, outcome), shares, usdc);
            self.listings[market.index()].supply[outcome.index()] -= shares;
            paid += usdc;
        }
        self.accounts.position_mut(wallet, market).redeemed = true;
        *self.accounts.cash_mut(wallet) += paid;
        self.collateral -= paid;
        let shares = held[0] + held[1];
        self.moved(at_ms, wallet, MovementKind::Redeem, Some(market), (shares, paid));
        Ok(paid)
    }

    pub(crate) fn deposit(&mut self, at_ms: Millis, wallet: WalletIx, usdc: Usdc) {
        *self.accounts.cash_mut(wallet) += usdc;
        self.paid_in += usdc;
        self.moved(at_ms, wallet, MovementKind::Deposit, None, (0, usdc));
    }

    pub(crate) fn withdraw(
        &mut self,
        at_ms: Millis,
        wallet: WalletIx,
        usdc: Usdc,
    ) -> Result<(), Refused> {
        if usdc <= 0 || self.accounts.cash(wallet) < usdc {
            return Err(Refused::NotCovered);
        }
        *self.accounts.cash_mut(wallet) -= usdc;
        self.paid_in -= usdc;
        self.moved(at_ms, wallet, MovementKind::Withdrawal, None, (0, usdc));
        Ok(())
    }

    /// A liquidity reward from outside.
    pub(crate) fn reward(&mut self, at_ms: Millis, wallet: WalletIx, usdc: Usdc) {
        *self.accounts.cash_mut(wallet) += usdc;
        self.paid_in += usdc;
        self.moved(at_ms, wallet, MovementKind::Reward, None, (0, usdc));
    }

    /// Gives a maker back part of the fees taken.
    pub(crate) fn rebate(
        &mut self,
        at_ms: Millis,
        wallet: WalletIx,
        usdc: Usdc,
    ) -> Result<(), Refused> {
        if usdc <= 0 || self.fees < usdc {
            return Err(Refused::NotCovered);
        }
        self.fees -= usdc;
        *self.accounts.cash_mut(wallet) += usdc;
        self.moved(at_ms, wallet, MovementKind::MakerRebate, None, (0, usdc));
        Ok(())
    }

    fn moved(
        &mut self,
        at_ms: Millis,
        wallet: WalletIx,
        kind: MovementKind,
        market: Option<MarketIx>,
        (shares, usdc): (Shares, Usdc),
    ) {
        let transaction = self.tape.next_transaction();
        let converted = Box::default();
        self.tape.push_movement(Movement {
            at_ms,
            transaction,
            wallet,
            kind,
            market,
            shares,
            usdc,
            converted,
        });
    }
}
