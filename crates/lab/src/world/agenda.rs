//! What happens next.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::exchange::{MarketIx, Millis, Outcome, Side, Usdc, WalletIx};

/// Something that is going to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Action {
    /// A planned event opens.
    Open(usize),
    /// New events and windows open, as they do every quarter of an hour.
    OpenNew,
    /// Knowledge, quotes and perhaps a trade in an event.
    Step { event: usize, trade: bool },
    /// The next change in a market's calendar is due.
    Turn(MarketIx),
    /// Somebody who knows more buys.
    InsiderBuys { wallet: WalletIx, market: MarketIx, outcome: Outcome, usdc: Usdc },
    /// A follower repeats a trade.
    Copy { wallet: WalletIx, market: MarketIx, outcome: Outcome, side: Side },
    /// The members of a cluster trade in the same second.
    SybilsAct(usize),
    /// A ring sends shares round.
    WashRound(usize),
    /// Resting orders of a wallet run out.
    Expire { wallet: WalletIx, market: MarketIx },
    /// A wallet hands in what it holds of a resolved market.
    Redeem { wallet: WalletIx, market: MarketIx },
    /// Somebody has noticed prices of an event that cannot all be right.
    Arbitrage(usize),
    /// Rebates, rewards, withdrawals and housekeeping of makers.
    Daily,
}

/// An action and its time; of two at a time, the one noted first comes first.
type Due = (Millis, u64, Action);

/// Actions in the order of their time.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    due: BinaryHeap<Reverse<Due>>,
    noted: u64,
}

impl Agenda {
    pub(crate) fn note(&mut self, at_ms: Millis, action: Action) {
        self.noted += 1;
        self.due.push(Reverse((at_ms, self.noted, action)));
    }

    /// The next action, when it is due by `until_ms`.
    pub(crate) fn next(&mut self, until_ms: Millis) -> Option<(Millis, u64, Action)> {
        let Reverse((at_ms, ..)) = self.due.peek()?;
        if *at_ms > until_ms {
            return None;
        }
        self.due.pop().map(|Reverse(due)| due)
    }
}
