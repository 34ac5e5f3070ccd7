//! Trades of the public tape as entries of their takers.

use crate::Side;
use crate::Trade;
use crate::ledger::{Change, Entry, Fill, MarketIx, Micro, Place, Role, Slot};

/// A trade of the tape as what its taker did; `ordinal` as [`crate::tape::ordinals`] numbers them. The fee is not
/// on the tape, and the taker's wallet not in an entry. `None` at prices 0 and 1, which are redemptions that
/// look like trades, and for amounts above a billion.
pub fn taken(market: MarketIx, trade: &Trade, ordinal: u32) -> Option<Entry> {
    if !(crate::Price::ZERO < trade.price && trade.price < crate::Price::ONE) {
        return None;
    }
    let fill = Fill {
        slot: Slot { market, outcome: u8::try_from(trade.outcome_index).ok()? },
        shares: Micro::of_shares(trade.shares)?,
        usdc: Micro::of_usdc(trade.usdc())?,
        fee: None,
        role: Role::Taker,
    };
    let transaction = trade.transaction_hash.as_ref().map_or(0, Place::transaction_of);
    let change = match trade.side {
        Side::Buy => Change::Buy(fill),
        Side::Sell => Change::Sell(fill),
    };
    Some(Entry { place: Place { transaction, ordinal, ..Place::at(trade.traded_at) }, change })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tests::kit::Story;
    use crate::tape::tests::trade;

    #[test]
    fn the_taker_is_told_and_redemptions_are_not() {
        let market = Story::default().market();
        let entry = taken(market, &trade(7, 1, Side::Sell, 30, 10, 1), 2).unwrap();
        let Change::Sell(fill) = entry.change else { panic!("{entry:?}") };
        assert_eq!(fill.slot, Slot { market, outcome: 1 });
        assert_eq!((fill.shares.get(), fill.usdc.get()), (10_000_000, 3_000_000));
        assert_eq!((fill.fee, fill.role, entry.place.ordinal), (None, Role::Taker, 2));
        assert_eq!(taken(market, &trade(7, 0, Side::Sell, 100, 10, 1), 0), None);
        assert_eq!(taken(market, &trade(7, 999, Side::Sell, 30, 10, 1), 0), None);
    }
}
