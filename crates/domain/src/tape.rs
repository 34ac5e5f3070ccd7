//! Trades: what was matched, told once and on one outcome.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::{Address, ConditionId, MarketId, Price, Shares, Side, TokenId, TransactionHash, Usdc};

/// One fill, as the row of the taker's side tells it. The maker's rows of the same fill are not wanted:
/// they would count it twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trade {
    /// The market.
    pub market_id: MarketId,
    /// Its condition.
    pub condition_id: ConditionId,
    /// The token that changed hands.
    pub token_id: TokenId,
    /// The token's place among the market's outcomes: found by the token, never read from a feed, which
    /// says 999 where it does not know.
    pub outcome_index: usize,
    /// What `wallet` did with that token.
    pub side: Side,
    /// Dollars a share of that token.
    pub price: Price,
    /// How many.
    pub shares: Shares,
    /// When, to the second.
    pub traded_at: DateTime<Utc>,
    /// The transaction that settled it, and often other fills; `None` where the feed does not say.
    pub transaction_hash: Option<TransactionHash>,
    /// Who; `None` where the feed does not say.
    pub wallet: Option<Address>,
}

impl Trade {
    /// price × shares, in dollars. Upstream's own amount includes the taker's fee, and is not used.
    pub fn usdc(&self) -> Usdc {
        self.shares.at(self.price)
    }

    /// The trade as one of outcome 0: who buys outcome 1 at p sells outcome 0 at 1 − p. `None` for the
    /// third and later outcomes of legacy markets, which are nobody's complement; whether outcome 1 is
    /// one is for the caller to know.
    pub fn canonical(&self) -> Option<Canonical> {
        match self.outcome_index {
            0 => Some(Canonical { side: self.side, price: self.price }),
            1 => Some(Canonical { side: self.side.opposite(), price: self.price.complement() }),
            _ => None,
        }
    }

    /// What bars and analytics read of it. `None` where [`Self::canonical`] is, and at prices 0 and 1,
    /// which are redemptions that look like trades. `ordinal` as [`ordinals`] numbers them.
    pub fn print(&self, ordinal: u32) -> Option<Print<'_>> {
        let Canonical { side, price } = self.canonical()?;
        (price > Price::ZERO && price < Price::ONE).then(|| Print {
            traded_at: self.traded_at,
            transaction_hash: self.transaction_hash.as_ref(),
            ordinal,
            wallet: self.wallet.as_ref(),
            side,
            price,
            shares: self.shares,
            usdc: self.usdc(),
        })
    }

    /// What tells it from other trades, as far as anything does.
    pub fn key(&self) -> TradeKey {
        TradeKey {
            transaction_hash: self.transaction_hash.clone(),
            wallet: self.wallet.clone(),
            token_id: self.token_id.clone(),
            side: self.side,
            shares: self.shares,
        }
    }
}

/// A trade's price and direction on outcome 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Canonical {
    /// What the taker did with outcome 0, or would have had to do to the same effect.
    pub side: Side,
    /// Dollars a share of outcome 0.
    pub price: Price,
}

/// A trade of a market with two outcomes, told on outcome 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Print<'a> {
    /// When, to the second.
    pub traded_at: DateTime<Utc>,
    /// The transaction.
    pub transaction_hash: Option<&'a TransactionHash>,
    /// Which of the trades with the same key.
    pub ordinal: u32,
    /// The taker.
    pub wallet: Option<&'a Address>,
    /// What the taker did with outcome 0.
    pub side: Side,
    /// Of outcome 0.
    pub price: Price,
    /// How many shares.
    pub shares: Shares,
    /// What the taker paid or received for the token that changed hands: buying outcome 1 at 0.30 is
    /// $0.30 a share, not $0.70. A fill that mints or merges both outcomes counts once, by this side.
    pub usdc: Usdc,
}

/// What two readings of a trade have in common, and as far as anything tells it from others: upstream has no
/// id of a trade, and one transaction has many.
///
/// Neither its second nor its price: the activity socket says when it was matched and what was paid to the
/// last digit, the record when it was mined, and rounds. Trades may be alike in all of this and still be
/// several: within one reading, rows that are alike are several trades; between readings they are the same
/// ones told again. So of each key there are as many as the reading with most of them has, and [`ordinals`]
/// tells them apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TradeKey {
    /// The transaction.
    pub transaction_hash: Option<TransactionHash>,
    /// Who.
    pub wallet: Option<Address>,
    /// The token that changed hands.
    pub token_id: TokenId,
    /// What the wallet did with it.
    pub side: Side,
    /// How many.
    pub shares: Shares,
}

/// Numbers the rows of one reading: the n-th row with a key has ordinal n, from 0. Rows that are alike
/// have nothing to be ordered by, so any order numbers them the same.
pub fn ordinals<'a>(rows: impl IntoIterator<Item = &'a Trade>) -> Vec<u32> {
    let mut seen: HashMap<TradeKey, u32> = HashMap::new();
    rows.into_iter()
        .map(|row| {
            let next = seen.entry(row.key()).or_insert(0);
            let ordinal = *next;
            *next += 1;
            ordinal
        })
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;
    use rust_decimal::{Decimal, dec};

    use super::*;

    /// A trade at a second of the epoch, in cents and whole shares, by the wallet of this number.
    pub(crate) fn trade(
        second: i64,
        outcome_index: usize,
        side: Side,
        cents: i64,
        shares: u32,
        wallet: u8,
    ) -> Trade {
        Trade {
            market_id: MarketId::parse("1").unwrap(),
            condition_id: ConditionId::parse(&"a".repeat(64)).unwrap(),
            token_id: TokenId::parse(&outcome_index.to_string()).unwrap(),
            outcome_index,
            side,
            price: Price::new(Decimal::new(cents, 2)).unwrap(),
            shares: Shares::new(Decimal::from(shares)).unwrap(),
            traded_at: DateTime::from_timestamp(second, 0).unwrap(),
            transaction_hash: TransactionHash::parse(&format!("0x{second:064x}")).ok(),
            wallet: Address::parse(&format!("0x{wallet:040x}")).ok(),
        }
    }

    pub(crate) fn any_trade() -> impl Strategy<Value = Trade> {
        let side = prop_oneof![Just(Side::Buy), Just(Side::Sell)];
        (0i64..4_000, 0usize..2, side, 1i64..100, 1u32..50, 0u8..4).prop_map(
            |(second, outcome, side, cents, shares, wallet)| {
                trade(second, outcome, side, cents, shares, wallet)
            },
        )
    }

    #[test]
    fn trades_of_either_outcome_are_told_on_the_first() {
        let canonical = |outcome, side| trade(0, outcome, side, 30, 10, 1).canonical();
        let on_zero = |side, price| Some(Canonical { side, price: Price::new(price).unwrap() });
        assert_eq!(canonical(0, Side::Buy), on_zero(Side::Buy, dec!(0.3)));
        assert_eq!(canonical(0, Side::Sell), on_zero(Side::Sell, dec!(0.3)));
        assert_eq!(canonical(1, Side::Buy), on_zero(Side::Sell, dec!(0.7)));
        assert_eq!(canonical(1, Side::Sell), on_zero(Side::Buy, dec!(0.7)));
        assert_eq!(canonical(2, Side::Buy), None);
        assert_eq!(canonical(999, Side::Buy), None);
    }

    #[test]
    fn dollars_are_those_of_the_token_that_changed_hands() {
        let no = trade(0, 1, Side::Buy, 30, 10, 1);
        let print = no.print(0).unwrap();
        assert_eq!(print.usdc.decimal(), dec!(3));
        assert_eq!(print.price.decimal(), dec!(0.7));
    }

    #[test]
    fn redemptions_that_look_like_trades_are_not_printed() {
        for cents in [0, 100] {
            assert_eq!(trade(0, 0, Side::Sell, cents, 10, 1).print(0), None);
        }
    }

    #[test]
    fn rows_alike_are_numbered() {
        let row = trade(7, 0, Side::Buy, 50, 5, 1);
        let other = trade(7, 0, Side::Buy, 50, 6, 1);
        assert_eq!(ordinals([&row, &other, &row, &row]), [0, 0, 1, 2]);
    }

    #[test]
    fn a_trade_is_the_same_whenever_it_was_told_and_however_it_was_rounded() {
        let told = trade(7, 0, Side::Buy, 50, 5, 1);
        let record = Trade {
            traded_at: told.traded_at + chrono::TimeDelta::seconds(4),
            price: Price::new(dec!(0.5001)).unwrap(),
            ..told.clone()
        };
        assert_eq!(record.key(), told.key());
        for other in [
            trade(8, 0, Side::Buy, 50, 5, 1),
            trade(7, 1, Side::Buy, 50, 5, 1),
            trade(7, 0, Side::Sell, 50, 5, 1),
            trade(7, 0, Side::Buy, 50, 6, 1),
            trade(7, 0, Side::Buy, 50, 5, 2),
        ] {
            assert_ne!(other.key(), told.key());
        }
    }
}
