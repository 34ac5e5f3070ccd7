//! Which part a wallet had in its trades: whether its order rested or met one that did.
//!
//! Activity does not say it. Upstream lists the trades in which the wallet was the taker, and what is not among them is
//! a maker's, if the one list is of the same trades as the other. Where that cannot be seen, the part is unknown.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{Address, Side, TokenId, TransactionHash};
use polymarket::data::{DataClient, TradeFloor, TradeRow, TradeScope, TradesQuery, Walk};
use rust_decimal::Decimal;
use store::wallets::activity::{Activity, Direction};

use super::fetch::VENUE_LAG;

/// A trade in which the wallet was the taker.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Taken {
    token_id: TokenId,
    side: Side,
    shares: Decimal,
    traded_at: DateTime<Utc>,
}

/// The trades in which the wallet was the taker, by transaction, each until it is found in the activity; `None` where
/// they are not known.
#[derive(Debug, Default)]
pub(super) struct Takers(Option<Told>);

#[derive(Debug)]
struct Told {
    left: HashMap<TransactionHash, Vec<Taken>>,
    /// One without a transaction, which can be found nowhere.
    has_homeless: bool,
    /// What happened from here on may not be in both lists yet.
    fresh: DateTime<Utc>,
}

impl Takers {
    /// Asks for them. Without an answer the parts are unknown, which is no reason to know nothing else.
    pub(super) async fn ask(
        data: &DataClient,
        wallet: &Address,
        since: Option<DateTime<Utc>>,
        until: DateTime<Utc>,
    ) -> Self {
        let scope = TradeScope::Wallet { wallet: wallet.clone(), since, until: Some(until) };
        let query = TradesQuery {
            scope,
            taker_only: true,
            floor: TradeFloor::None,
            ..TradesQuery::default()
        };
        let walked = Walk::new(data.clone(), query).to_the_end().await;
        if !walked.is_whole() {
            tracing::debug!(%wallet, end = ?walked.end, "which trades were takers' is not known");
            return Self(None);
        }
        Self::of(walked.rows.rows, until)
    }

    fn of(rows: Vec<TradeRow>, until: DateTime<Utc>) -> Self {
        let mut told = Told { left: HashMap::new(), has_homeless: false, fresh: until - VENUE_LAG };
        for row in rows {
            let TradeRow { transaction_hash, token_id, side, shares, traded_at, .. } = row;
            let taken = Taken { token_id, side, shares, traded_at };
            match transaction_hash {
                Some(hash) => told.left.entry(hash).or_default().push(taken),
                None => told.has_homeless = true,
            }
        }
        Self(Some(told))
    }

    /// Says of each trade which part the wallet had. All rows of a transaction must come at once, which they do when no
    /// second is cut in two.
    pub(super) fn tell(&mut self, rows: &mut [Activity]) {
        let Some(told) = &mut self.0 else { return };
        let mut by_transaction: HashMap<TransactionHash, Vec<&mut Activity>> = HashMap::new();
        for row in rows.iter_mut().filter(|row| row.kind == "trade") {
            if let Some(hash) = &row.transaction_hash {
                by_transaction.entry(hash.clone()).or_default().push(row);
            }
        }
        for (hash, trades) in by_transaction {
            let mut taken = told.left.remove(&hash).unwrap_or_default();
            let mut others = Vec::new();
            for trade in trades {
                match taken.iter().position(|taken| taken.is(trade)) {
                    Some(place) => {
                        taken.swap_remove(place);
                        trade.is_maker = Some(false);
                    }
                    None => others.push(trade),
                }
            }
            // A taker's trade that is none of these is some of these, told in another way.
            if taken.is_empty() {
                let settled = others.into_iter().filter(|trade| trade.happened_at < told.fresh);
                settled.for_each(|trade| trade.is_maker = Some(true));
            }
        }
    }

    /// Whether every taker's trade was found, when all activity has been told: if not, what seemed a maker's may have
    /// been a taker's.
    pub(super) fn are_all_found(&self) -> bool {
        self.0.as_ref().is_none_or(|told| {
            let mut left = told.left.values().flatten();
            !told.has_homeless && left.all(|taken| taken.traded_at >= told.fresh)
        })
    }
}

impl Taken {
    fn is(&self, row: &Activity) -> bool {
        let side = match row.direction {
            Some(Direction::Buy) => Some(Side::Buy),
            Some(Direction::Sell) => Some(Side::Sell),
            Some(Direction::In | Direction::Out) | None => None,
        };
        let shares = row.shares.map(domain::Shares::decimal);
        side == Some(self.side)
            && row.token_id.as_ref() == Some(&self.token_id)
            && shares == Some(self.shares)
            && row.happened_at == self.traded_at
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use domain::Shares;

    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn hash(number: u8) -> TransactionHash {
        TransactionHash::from_bytes([number; 32])
    }

    fn token() -> TokenId {
        TokenId::parse("70").unwrap()
    }

    fn bought(transaction: u8, shares: i64, at: DateTime<Utc>) -> Activity {
        Activity {
            happened_at: at,
            kind: "trade".to_owned(),
            transaction_hash: Some(hash(transaction)),
            condition_id: None,
            token_id: Some(token()),
            outcome_index: Some(0),
            direction: Some(Direction::Buy),
            is_maker: None,
            price: None,
            shares: Shares::new(Decimal::from(shares)).ok(),
            usdc: None,
            is_combo: false,
        }
    }

    fn takers(of: &[(u8, i64)]) -> Takers {
        let mut told = Told { left: HashMap::new(), has_homeless: false, fresh: noon() };
        for (transaction, shares) in of {
            let taken = Taken {
                token_id: token(),
                side: Side::Buy,
                shares: Decimal::from(*shares),
                traded_at: noon() - TimeDelta::hours(1),
            };
            told.left.entry(hash(*transaction)).or_default().push(taken);
        }
        Takers(Some(told))
    }

    fn parts(takers: &mut Takers, of: &[(u8, i64)]) -> Vec<Option<bool>> {
        let then = noon() - TimeDelta::hours(1);
        let mut rows: Vec<_> =
            of.iter().map(|(hash, shares)| bought(*hash, *shares, then)).collect();
        takers.tell(&mut rows);
        rows.into_iter().map(|row| row.is_maker).collect()
    }

    #[test]
    fn what_is_not_a_takers_is_a_makers() {
        let mut takers = takers(&[(1, 10), (2, 5), (2, 5)]);
        let told = parts(&mut takers, &[(1, 10), (1, 10), (2, 5), (2, 5), (3, 10)]);
        assert_eq!(told, [Some(false), Some(true), Some(false), Some(false), Some(true)]);
        assert!(takers.are_all_found());
    }

    #[test]
    fn a_transaction_that_is_told_in_two_ways_says_nothing() {
        // One order of fifteen, told as its two fills.
        let mut takers = takers(&[(1, 10), (1, 5), (2, 7)]);
        assert_eq!(parts(&mut takers, &[(1, 15), (3, 1)]), [None, Some(true)]);
        assert!(!takers.are_all_found(), "the second transaction is nowhere");
        assert_eq!(parts(&mut takers, &[(2, 7)]), [Some(false)]);
        assert!(takers.are_all_found());
    }

    #[test]
    fn what_is_too_new_to_be_in_both_lists_is_unknown() {
        let mut takers = takers(&[(1, 10)]);
        let mut rows = [bought(4, 1, noon())];
        takers.tell(&mut rows);
        assert_eq!(rows[0].is_maker, None);
        let mut none = Takers(None);
        assert_eq!(parts(&mut none, &[(1, 10)]), [None]);
    }
}
