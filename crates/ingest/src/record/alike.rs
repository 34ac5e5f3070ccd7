//! Rows that are alike: several trades, or one told twice?
//!
//! Upstream has no id of a trade, and equal rows of one answer may be different trades. They may also be one row that
//! came twice, by a defect of the answer. The first are in every answer, the second are not: so of rows that are
//! alike one is written at once, and the others when answer after answer had them. Answers count that have the row in
//! another place than the one before: what goes wrong with a page goes wrong again with the same page.

use std::collections::HashMap;

use domain::tape::TradeKey;
use store::trades::HeardTrade;

/// Answers that must agree.
const AGREEING: u32 = 8;

/// How often rows were alike in the answers so far.
#[derive(Debug, Default)]
pub(super) struct Alike {
    counts: HashMap<TradeKey, Count>,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    /// The least of all answers: what is in every one of them.
    least: usize,
    answers: u32,
    /// Where the first of them was in the answer that counted last.
    place: usize,
    /// Of the answer before the one that is looked at.
    seen: bool,
}

impl Alike {
    /// The rows of an answer that may be written: of those that are alike one, or as many as enough answers had.
    pub(super) fn admit(&mut self, answer: Vec<HeardTrade>) -> Vec<HeardTrade> {
        let mut counts: HashMap<TradeKey, (usize, usize)> = HashMap::new();
        for (place, heard) in answer.iter().enumerate() {
            counts.entry(heard.trade.key()).or_insert((0, place)).0 += 1;
        }
        for count in self.counts.values_mut() {
            count.seen = false;
        }
        for (key, &(count, place)) in &counts {
            // Only rows that were alike once are worth remembering.
            if count > 1 || self.counts.contains_key(key) {
                let held = self.counts.entry(key.clone()).or_insert(Count {
                    least: count,
                    answers: 1,
                    place,
                    seen: true,
                });
                held.least = held.least.min(count);
                held.answers += u32::from(held.place != place);
                held.place = place;
                held.seen = true;
            }
        }
        // What is no longer told was decided long ago.
        self.counts.retain(|_, count| count.seen);
        let mut written: HashMap<TradeKey, usize> = HashMap::new();
        let admitted = answer.into_iter().filter(|heard| {
            let key = heard.trade.key();
            let most = match self.counts.get(&key) {
                Some(count) if count.answers >= AGREEING => count.least,
                Some(_) | None => 1,
            };
            let count = written.entry(key).or_default();
            *count += 1;
            *count <= most
        });
        admitted.collect()
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use domain::tape::Trade;
    use domain::{ConditionId, MarketId, Price, Shares, Side, TokenId};

    use super::*;

    fn row(shares: u64) -> HeardTrade {
        let trade = Trade {
            market_id: MarketId::parse("1").unwrap(),
            condition_id: ConditionId::parse(&format!("0x{:064x}", 1)).unwrap(),
            token_id: TokenId::parse("7").unwrap(),
            outcome_index: 0,
            side: Side::Buy,
            price: Price::ONE,
            shares: Shares::from_micro(shares),
            traded_at: DateTime::<Utc>::UNIX_EPOCH,
            transaction_hash: None,
            wallet: None,
        };
        HeardTrade { trade, name: None }
    }

    /// Rows below `newer` others.
    fn below(newer: u32, rows: &[HeardTrade]) -> Vec<HeardTrade> {
        (0..newer)
            .map(|number| row(1_000 + u64::from(number)))
            .chain(rows.iter().cloned())
            .collect()
    }

    #[test]
    fn rows_that_are_alike_in_every_answer_are_several_trades() {
        let mut alike = Alike::default();
        for answer in 1..=2 * AGREEING {
            let rows = below(answer, &[row(1), row(1), row(2), row(1)]);
            let admitted = alike.admit(rows).len() - answer as usize;
            assert_eq!(admitted, if answer < AGREEING { 2 } else { 4 }, "answer {answer}");
        }
    }

    #[test]
    fn the_same_answer_again_says_nothing_new() {
        let mut alike = Alike::default();
        for answer in 0..3 * AGREEING {
            assert_eq!(alike.admit(vec![row(1), row(1)]).len(), 1, "answer {answer}");
        }
    }

    #[test]
    fn a_row_that_is_sometimes_told_twice_is_one_trade() {
        let mut alike = Alike::default();
        for answer in 0..3 * AGREEING {
            let rows = if answer % 4 == 3 { vec![row(1)] } else { vec![row(1), row(1)] };
            let admitted = alike.admit(below(answer, &rows)).len() - answer as usize;
            assert_eq!(admitted, 1, "answer {answer}");
        }
    }

    #[test]
    fn what_is_no_longer_told_is_forgotten() {
        let mut alike = Alike::default();
        alike.admit(vec![row(1), row(1)]);
        alike.admit(vec![row(2)]);
        assert!(alike.counts.is_empty());
    }
}
