//! Resolutions that turn out to have been wrong.

use super::World;
use crate::exchange::{Exchange, MICRO, MarketIx, Usdc};

/// What a market pays instead.
type Correction = (MarketIx, [Usdc; 2]);

impl World {
    /// Corrects the resolution of the market resolved last, among those that somebody holds and nobody
    /// has redeemed. In a group, whose one winner pays for conversions, another market changes places
    /// with it. Returns the markets concerned: none when there is nothing to correct.
    pub(crate) fn overturn_latest(&mut self) -> Vec<MarketIx> {
        let at_ms = self.now_ms;
        let mut resolved: Vec<_> = (0..self.exchange.listings().len())
            .map(MarketIx::next)
            .filter(|&ix| is_open_to_change(&self.exchange, ix))
            .collect();
        resolved.sort_by_key(|&ix| (self.exchange.listing(ix).resolved_ms, ix));
        let latest_first = resolved.iter().rev();
        let corrections = latest_first
            .map(|&ix| corrections(&self.exchange, ix, &resolved))
            .find(|corrections| !corrections.is_empty())
            .unwrap_or_default();
        for &(ix, payouts) in &corrections {
            self.exchange.overturn(at_ms, ix, payouts);
            let (event, _) = self.place(ix);
            self.events[event].touch(at_ms);
        }
        self.served = None;
        corrections.into_iter().map(|(ix, _)| ix).collect()
    }
}

/// Resolved, held by somebody and redeemed by nobody.
fn is_open_to_change(exchange: &Exchange, ix: MarketIx) -> bool {
    let listing = exchange.listing(ix);
    listing.payouts.is_some()
        && listing.supply != [0, 0]
        && exchange.accounts().of_market(ix).all(|position| !position.redeemed)
}

/// What has to change for `ix` to turn out the other way; nothing when it cannot. `free` are the
/// markets that may change, the latest last.
fn corrections(exchange: &Exchange, ix: MarketIx, free: &[MarketIx]) -> Vec<Correction> {
    const WINS: [Usdc; 2] = [MICRO, 0];
    const LOSES: [Usdc; 2] = [0, MICRO];
    let listing = exchange.listing(ix);
    let wins = listing.payouts == Some(WINS);
    let Some(group) = listing.terms.group else {
        return vec![(ix, if wins { LOSES } else { WINS })];
    };
    let members = &exchange.groups()[group.index()].markets;
    if members.iter().any(|&member| exchange.listing(member).payouts.is_none()) {
        // The winner may be still to come.
        return Vec::new();
    }
    let other = if wins {
        free.iter().rev().copied().find(|other| *other != ix && members.contains(other))
    } else {
        members.iter().copied().find(|&member| exchange.listing(member).payouts == Some(WINS))
    };
    match other {
        Some(other) if wins => vec![(ix, LOSES), (other, WINS)],
        Some(other) if free.contains(&other) => vec![(ix, WINS), (other, LOSES)],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{FeeRate, GroupIx, Terms};

    /// Two markets on their own, then a group of three, each held by one wallet.
    fn exchange() -> Exchange {
        let mut exchange = Exchange::default();
        let group = exchange.open_group();
        let wallet = exchange.open_wallet();
        exchange.deposit(1, wallet, 1_000 * MICRO);
        for group in [None, None, Some(group), Some(group), Some(group)] {
            let terms = Terms { tick: 100, fee: FeeRate::FREE, group };
            let market = exchange.list(1, terms, 5_000);
            exchange.split(1, wallet, market, 10 * MICRO).unwrap();
        }
        exchange.convert(1, wallet, GroupIx(0), &[MarketIx(2)], 5 * MICRO).unwrap();
        exchange
    }

    fn resolve(exchange: &mut Exchange, market: u32, payouts: [Usdc; 2]) {
        exchange.resolve(i64::from(market) + 2, MarketIx(market), payouts);
    }

    fn all_corrections(exchange: &Exchange) -> Vec<Vec<u32>> {
        let free: Vec<_> =
            (0..5).map(MarketIx).filter(|&ix| is_open_to_change(exchange, ix)).collect();
        let of = |&ix: &MarketIx| corrections(exchange, ix, &free);
        free.iter().map(of).map(|all| all.iter().map(|(ix, _)| ix.0).collect()).collect()
    }

    #[test]
    fn a_market_on_its_own_turns_around() {
        let mut exchange = exchange();
        resolve(&mut exchange, 0, [MICRO, 0]);
        resolve(&mut exchange, 1, [MICRO / 2, MICRO / 2]);
        assert_eq!(corrections(&exchange, MarketIx(0), &[]), [(MarketIx(0), [0, MICRO])]);
        assert_eq!(corrections(&exchange, MarketIx(1), &[]), [(MarketIx(1), [MICRO, 0])]);
        exchange.redeem(9, crate::exchange::WalletIx(0), MarketIx(0)).unwrap();
        assert_eq!(all_corrections(&exchange), [[1]], "redeemed is final");
    }

    #[test]
    fn a_group_keeps_one_winner_and_its_balance() {
        let mut exchange = exchange();
        resolve(&mut exchange, 2, [0, MICRO]);
        resolve(&mut exchange, 3, [MICRO, 0]);
        assert!(all_corrections(&exchange).concat().is_empty(), "the group is not decided");
        resolve(&mut exchange, 4, [0, MICRO]);
        assert_eq!(all_corrections(&exchange), [[2, 3], [3, 4], [4, 3]]);
        for (ix, payouts) in
            corrections(&exchange, MarketIx(2), &[MarketIx(2), MarketIx(3), MarketIx(4)])
        {
            assert!(exchange.overturn(10, ix, payouts));
        }
        assert_eq!(exchange.listing(MarketIx(2)).payouts, Some([MICRO, 0]));
        assert_eq!(exchange.listing(MarketIx(3)).payouts, Some([0, MICRO]));
        assert_eq!(exchange.audit(), Ok(()));
    }
}
