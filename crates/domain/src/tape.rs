//! Trades: what was matched, told once and on one outcome.

use std::collections::{HashMap, hash_map::Entry};

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
            second: self.traded_at.timestamp(),
            transaction_hash: self.transaction_hash.clone(),
            wallet: self.wallet.clone(),
            token_id: self.token_id.clone(),
            side: self.side,
            price: self.price,
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

/// All that upstream says of a fill: it has no id, and one transaction has many. Fills may be alike in
/// all of it and still be several; see [`Multiplicity`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TradeKey {
    /// Unix seconds.
    pub second: i64,
    /// The transaction.
    pub transaction_hash: Option<TransactionHash>,
    /// Who.
    pub wallet: Option<Address>,
    /// The token that changed hands.
    pub token_id: TokenId,
    /// What the wallet did with it.
    pub side: Side,
    /// Dollars a share.
    pub price: Price,
    /// How many.
    pub shares: Shares,
}

/// A fill that can be told from every other: the `ordinal`-th, from 0, of those with this key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fill {
    /// What the feeds say of it.
    pub key: TradeKey,
    /// Which of those with the same key.
    pub ordinal: u32,
}

/// How many fills there are of each key.
///
/// A reading is what one source said of a stretch of time, all pages together. Within one, rows that are
/// alike are several fills; between readings, they are the same ones seen again. So a reading counts, and
/// readings merge by the larger count, never by the sum.
///
/// Merge only readings that know as much as each other: one without wallets has other keys for the same
/// fills.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Multiplicity(HashMap<TradeKey, u32>);

impl Multiplicity {
    /// Counts the rows of one reading.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a Trade>) -> Self {
        let mut counts = HashMap::new();
        for row in rows {
            *counts.entry(row.key()).or_insert(0) += 1;
        }
        Self(counts)
    }

    /// How many fills have this key.
    pub fn count(&self, key: &TradeKey) -> u32 {
        self.0.get(key).copied().unwrap_or(0)
    }

    /// How many fills there are.
    pub fn total(&self) -> u64 {
        self.0.values().map(|count| u64::from(*count)).sum()
    }

    /// Says that so many fills are held of a key: what a database knows.
    pub fn hold(&mut self, key: TradeKey, count: u32) {
        let held = self.0.entry(key).or_insert(0);
        *held = count.max(*held);
    }

    /// Takes in another reading, and lists the fills that are new by it, in the order of their keys.
    pub fn merge(&mut self, reading: &Self) -> Vec<Fill> {
        let mut new = Vec::new();
        for (key, count) in &reading.0 {
            let held = match self.0.entry(key.clone()) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => entry.insert(0),
            };
            new.extend((*held..*count).map(|ordinal| Fill { key: key.clone(), ordinal }));
            *held = (*held).max(*count);
        }
        new.sort_unstable();
        new
    }
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
    fn rows_alike_are_several_in_one_reading_and_the_same_in_two() {
        let row = trade(7, 0, Side::Buy, 50, 5, 1);
        let other = trade(7, 0, Side::Buy, 51, 5, 1);
        let mut held = Multiplicity::default();
        let first = held.merge(&Multiplicity::of([&row, &row]));
        assert_eq!(first.iter().map(|fill| fill.ordinal).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(held.merge(&Multiplicity::of([&row])), []);
        assert_eq!(held.merge(&Multiplicity::of([&row, &row])), []);
        let more = held.merge(&Multiplicity::of([&row, &other, &row, &row]));
        assert_eq!(
            more,
            [Fill { key: row.key(), ordinal: 2 }, Fill { key: other.key(), ordinal: 0 }]
        );
        assert_eq!(held.count(&row.key()), 3);
        assert_eq!(held.total(), 4);
        assert_eq!(ordinals([&row, &other, &row]), [0, 0, 1]);
    }

    proptest! {
        /// Whatever each reading missed, all together are each fill once, as soon as one of them has it.
        #[test]
        fn readings_merge_to_each_fill_once(
            fills in prop::collection::vec((any_trade(), 1usize..4), 1..12),
            seen in prop::collection::vec(prop::collection::vec(0usize..4, 12), 1..5),
        ) {
            // Of the fills that are alike, a reading sees some number.
            let mut truth = Multiplicity::default();
            let mut held = Multiplicity::default();
            let mut new = Vec::new();
            for reading in &seen {
                let rows: Vec<&Trade> = fills
                    .iter()
                    .zip(reading)
                    .flat_map(|((fill, count), seen)| vec![fill; *seen.min(count)])
                    .collect();
                new.extend(held.merge(&Multiplicity::of(rows.iter().copied())));
                // What `insert … on conflict do nothing` by (key, ordinal) would hold.
                for (row, ordinal) in rows.iter().zip(ordinals(rows.iter().copied())) {
                    truth.hold(row.key(), ordinal + 1);
                }
            }
            let distinct: std::collections::HashSet<_> = new.iter().collect();
            prop_assert_eq!(distinct.len(), new.len(), "no fill is new twice");
            prop_assert_eq!(held.total(), new.len() as u64);
            prop_assert_eq!(held, truth);
        }
    }
}
