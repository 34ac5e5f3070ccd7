//! The exchange: who may do what, and what it does to books, cash and shares.
//!
//! Whatever happens conserves cash and shares to the millionth: what takers and makers pay, get and
//! hold, the fees, and the collateral behind the shares always add up to what was paid in
//! ([`Exchange::audit`]).

mod accounts;
mod audit;
mod book;
mod contract;
mod hash;
mod listing;
mod matching;
mod news;
mod tape;
#[cfg(test)]
mod tests;
mod units;

pub(crate) use accounts::{Accounts, Holding, Position};
pub(crate) use audit::Imbalance;
pub(crate) use book::{Book, Half, Quantity, Resting, mirrored};
pub(crate) use listing::{FeeRate, Listing, Point, Terms};
pub(crate) use matching::{MIN_RESTING, Order, Taken, Wish};
pub(crate) use news::{LevelChange, News};
pub(crate) use tape::{Crossing, Entry, Fill, Match, Movement, MovementKind, Tape};
pub(crate) use units::{
    FillIx, GroupIx, MICRO, MarketIx, MatchIx, Millis, Outcome, PIPS, Pips, Shares, Side, Usdc,
    WalletIx, payoff, value,
};

use news::{Newsroom, best_prices};

/// Markets of which one at most wins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    pub(crate) markets: Vec<MarketIx>,
    /// Shares by which each market's Yes outnumbers its No, from conversions.
    pub(crate) converted: Shares,
}

/// Books, accounts and the tape.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    listings: Vec<Listing>,
    groups: Vec<Group>,
    accounts: Accounts,
    tape: Tape,
    /// Fees taken and not given back.
    fees: Usdc,
    /// What stands behind the shares.
    collateral: Usdc,
    /// Deposits and rewards less withdrawals.
    paid_in: Usdc,
    newsroom: Newsroom,
}

impl Exchange {
    pub(crate) fn listing(&self, market: MarketIx) -> &Listing {
        &self.listings[market.index()]
    }

    pub(crate) fn listings(&self) -> &[Listing] {
        &self.listings
    }

    pub(crate) fn groups(&self) -> &[Group] {
        &self.groups
    }

    pub(crate) fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    pub(crate) fn tape(&self) -> &Tape {
        &self.tape
    }

    /// Fees taken and not given back.
    #[cfg(test)]
    pub(crate) fn fees(&self) -> Usdc {
        self.fees
    }

    pub(crate) fn open_wallet(&mut self) -> WalletIx {
        self.accounts.open()
    }

    pub(crate) fn open_group(&mut self) -> GroupIx {
        let group = GroupIx::next(self.groups.len());
        self.groups.push(Group::default());
        group
    }

    /// Lists a market whose first outcome is shown at `price` until there is a book.
    pub(crate) fn list(&mut self, at_ms: Millis, terms: Terms, price: Pips) -> MarketIx {
        let market = MarketIx::next(self.listings.len());
        self.listings.push(Listing {
            terms,
            listed_ms: at_ms,
            accepting: true,
            book: Book::default(),
            published_ms: at_ms,
            last: None,
            payouts: None,
            resolved_ms: None,
            supply: [0; 2],
            series: vec![Point { at_ms, shown: price, volume: 0, shares: 0 }],
        });
        if let Some(group) = terms.group {
            self.groups[group.index()].markets.push(market);
        }
        self.newsroom.report(News::Opened { at_ms, market });
        market
    }

    /// Changes the smallest price step. Orders off the new step stay.
    pub(crate) fn set_tick(&mut self, at_ms: Millis, market: MarketIx, tick: Pips) {
        let old = std::mem::replace(&mut self.listings[market.index()].terms.tick, tick);
        if old != tick {
            self.newsroom.report(News::Tick { at_ms, market, old, new: tick });
        }
    }

    /// Stops taking orders and empties the book.
    pub(crate) fn halt(&mut self, at_ms: Millis, market: MarketIx) {
        self.listings[market.index()].accepting = false;
        self.cancel(market, |_| true);
        self.publish(at_ms, market);
    }

    /// Takes away the resting orders that `gone` names.
    pub(crate) fn cancel(&mut self, market: MarketIx, gone: impl FnMut(&Resting) -> bool) {
        let touched = self.listings[market.index()].book.remove(gone);
        self.newsroom.touch(market, touched);
    }

    /// Ends a burst of orders and cancellations: notes the displayed price and reports the levels that
    /// changed. Call it after every burst.
    pub(crate) fn publish(&mut self, at_ms: Millis, market: MarketIx) {
        let listing = &mut self.listings[market.index()];
        if listing.book.take_changed() {
            listing.published_ms = at_ms;
        }
        listing.note(at_ms, 0, 0);
        self.newsroom.publish(at_ms, market, &listing.book);
    }

    /// Whether [`Exchange::take_news`] will have anything. Off while a past is generated.
    pub(crate) fn set_reporting(&mut self, on: bool) {
        if on {
            let best = self.listings.iter().map(|listing| best_prices(&listing.book));
            self.newsroom.switch_on(best.collect());
        } else {
            self.newsroom.switch_off();
        }
    }

    /// Forgets some of the quotes before `until_ms`: see [`Listing::thin`].
    pub(crate) fn thin_series(&mut self, until_ms: Millis, spacing_ms: Millis) {
        for listing in &mut self.listings {
            listing.thin(until_ms, spacing_ms);
        }
    }

    /// What happened since the last call, in order, for those who listen.
    pub(crate) fn take_news(&mut self) -> Vec<News> {
        self.newsroom.take()
    }
}
