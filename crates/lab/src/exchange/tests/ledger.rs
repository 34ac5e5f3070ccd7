//! The tape told again by somebody who knows nothing of the exchange but the tape: an average price
//! per holding, in floating point, and cash to the millionth.

use std::collections::BTreeMap;

use super::*;

/// A holding as the replay has it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Account {
    pub(super) shares: Shares,
    pub(super) bought: Shares,
    /// USDC millionths per millionth of a share.
    pub(super) average: f64,
    pub(super) spent: f64,
    pub(super) realized: f64,
    pub(super) fees: Usdc,
    pub(super) entry_fees: Usdc,
}

impl Account {
    fn add(&mut self, shares: Shares, usdc: f64) {
        let cost = self.average * self.shares as f64 + usdc;
        self.shares += shares;
        self.bought += shares;
        self.spent += usdc;
        self.average = if self.shares == 0 { 0.0 } else { cost / self.shares as f64 };
    }

    fn remove(&mut self, shares: Shares, usdc: f64) {
        self.realized += usdc - self.average * shares as f64;
        self.shares -= shares;
    }
}

/// What the tape says everybody has.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) cash: BTreeMap<WalletIx, Usdc>,
    pub(super) accounts: BTreeMap<(WalletIx, MarketIx, usize), Account>,
    /// Cash that wallets got less what they paid, by market; conversions by the first they name.
    pub(super) flows: BTreeMap<MarketIx, Usdc>,
    pub(super) fees: BTreeMap<MarketIx, Usdc>,
}

impl Ledger {
    /// Replays the whole tape in the order of its transactions.
    pub(super) fn of(exchange: &Exchange) -> Self {
        let mut ledger = Self::default();
        let tape = exchange.tape();
        let (mut matches, mut movements) = (tape.matches().iter(), tape.movements().iter());
        let (mut fill, mut done) = (0, 0);
        for transaction in 1..=tape.transactions() {
            let matched = matches.clone().next().filter(|next| next.transaction == transaction);
            if let Some(matched) = matched {
                matches.next();
                let count = matched.fill_count as usize;
                ledger.matched(matched, &tape.fills()[fill..fill + count]);
                fill += count;
            } else {
                let movement = movements.next().expect("every transaction is on the tape");
                assert_eq!(movement.transaction, transaction);
                ledger.moved(movement, exchange);
            }
            done += 1;
        }
        assert_eq!(done, tape.matches().len() + tape.movements().len());
        assert_eq!(fill, tape.fills().len());
        ledger
    }

    fn account(&mut self, slot: (WalletIx, MarketIx, Outcome)) -> &mut Account {
        self.accounts.entry((slot.0, slot.1, slot.2.index())).or_default()
    }

    fn pay(&mut self, wallet: WalletIx, market: Option<MarketIx>, usdc: Usdc) {
        *self.cash.entry(wallet).or_default() += usdc;
        if let Some(market) = market {
            *self.flows.entry(market).or_default() += usdc;
        }
    }

    fn matched(&mut self, matched: &Match, fills: &[Fill]) {
        let market = matched.market;
        let mut sums = (0, 0);
        for fill in fills {
            let usdc = match fill.crossing {
                Crossing::Transfer => fill.usdc,
                Crossing::Mint | Crossing::Merge => fill.shares - fill.usdc,
            };
            let taker = (matched.taker, market, matched.outcome);
            self.trade(taker, matched.side, fill.shares, usdc);
            self.trade((fill.maker, market, fill.outcome), fill.side, fill.shares, fill.usdc);
            sums = (sums.0 + fill.shares, sums.1 + usdc);
        }
        assert_eq!(sums, (matched.shares, matched.usdc), "the fills are the match");
        self.pay(matched.taker, Some(market), -matched.fee);
        let account = self.account((matched.taker, market, matched.outcome));
        account.fees += matched.fee;
        account.entry_fees += if matched.side == Side::Buy { matched.fee } else { 0 };
        *self.fees.entry(market).or_default() += matched.fee;
    }

    fn trade(
        &mut self,
        slot: (WalletIx, MarketIx, Outcome),
        side: Side,
        shares: Shares,
        usdc: Usdc,
    ) {
        let (wallet, market, _) = slot;
        match side {
            Side::Buy => {
                self.pay(wallet, Some(market), -usdc);
                self.account(slot).add(shares, usdc as f64);
            }
            Side::Sell => {
                self.pay(wallet, Some(market), usdc);
                self.account(slot).remove(shares, usdc as f64);
            }
        }
    }

    fn moved(&mut self, moved: &Movement, exchange: &Exchange) {
        let Movement { wallet, market, shares, usdc, kind, .. } = *moved;
        let incoming = match kind {
            MovementKind::Split | MovementKind::Withdrawal => -usdc,
            _ => usdc,
        };
        self.pay(wallet, market, incoming);
        let Some(market) = market else { return };
        let slots = Outcome::BOTH.map(|outcome| (wallet, market, outcome));
        match kind {
            MovementKind::Split => {
                for slot in slots {
                    self.account(slot).add(shares, shares as f64 / 2.0);
                }
            }
            MovementKind::Merge => {
                for slot in slots {
                    self.account(slot).remove(shares, shares as f64 / 2.0);
                }
            }
            MovementKind::Redeem => {
                let payouts = exchange.listing(market).payouts.expect("resolved");
                let mut handed_in = 0;
                for (slot, payout) in slots.into_iter().zip(payouts) {
                    let account = self.account(slot);
                    handed_in += account.shares;
                    let paid = (account.shares as f64 * payout as f64 / MICRO as f64).floor();
                    account.remove(account.shares, paid);
                }
                assert_eq!(handed_in, shares);
            }
            MovementKind::Convert => self.converted(moved, exchange),
            _ => {}
        }
    }

    fn converted(&mut self, moved: &Movement, exchange: &Exchange) {
        let Movement { wallet, shares, usdc, .. } = *moved;
        let mut cost = -(usdc as f64);
        for &market in &moved.converted {
            let account = self.account((wallet, market, NO));
            cost += account.average * shares as f64;
            account.shares -= shares;
        }
        let group = exchange.listing(moved.converted[0]).terms.group.expect("a group");
        let members = &exchange.groups()[group.index()].markets;
        let others: Vec<_> =
            members.iter().filter(|market| !moved.converted.contains(market)).collect();
        if others.is_empty() {
            self.account((wallet, moved.converted[0], NO)).realized -= cost;
            cost = 0.0;
        }
        for &&market in &others {
            self.account((wallet, market, YES)).add(shares, cost / others.len() as f64);
        }
    }
}
