//! What is derived from a book: best prices, their middle and distance, and the last trade.

use serde::Serialize;

use super::Token;
use crate::decimal::{Price, TwicePrice};
use crate::exchange::{PIPS, Pips, Side, mirrored};

/// Best prices of a token. Where nobody buys it is 0, where nobody sells 1: so the venue says that
/// an empty book's middle is 0.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Touch {
    bid: Pips,
    ask: Pips,
}

impl Touch {
    pub(crate) fn of(token: &Token<'_>) -> Self {
        let book = &token.listing.book;
        Self {
            bid: book.best_bid(token.outcome).unwrap_or(0),
            ask: book.best_ask(token.outcome).unwrap_or(PIPS),
        }
    }

    /// Best price of those who are on `side`.
    pub(crate) fn price(self, side: Side) -> Price {
        match side {
            Side::Buy => Price(self.bid),
            Side::Sell => Price(self.ask),
        }
    }

    pub(crate) fn middle(self) -> TwicePrice {
        TwicePrice(self.bid + self.ask)
    }

    pub(crate) fn spread(self) -> Price {
        Price(self.ask - self.bid)
    }
}

/// The last trade as a trade of one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct LastTrade {
    price: Price,
    /// `BUY`, `SELL`, or empty when there was none.
    side: &'static str,
}

impl LastTrade {
    /// What is told of a token that never traded.
    pub(crate) const NONE: Self = Self { price: Price(PIPS / 2), side: "" };

    pub(crate) fn of(token: &Token<'_>) -> Option<Self> {
        let last = token.listing.last?;
        Some(if last.outcome == token.outcome {
            Self { price: Price(last.price), side: last.side.name() }
        } else {
            // To buy one outcome is to sell the other.
            Self {
                price: Price(mirrored(token.outcome, mirrored(last.outcome, last.price))),
                side: last.side.opposite().name(),
            }
        })
    }
}

/// A side as requests name it, in any case.
pub(crate) fn side(name: &str) -> Option<Side> {
    [Side::Buy, Side::Sell].into_iter().find(|side| side.name().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clob::fixture::Floor;
    use crate::exchange::Outcome;

    #[test]
    fn buyers_bid_and_sellers_ask() {
        let floor = Floor::quoted();
        let first = Touch::of(&floor.token(Outcome::First));
        assert_eq!(first.price(Side::Buy), Price(4_000));
        assert_eq!(first.price(Side::Sell), Price(4_200));
        assert_eq!((first.middle().to_string(), first.spread()), ("0.41".to_owned(), Price(200)));
        let second = Touch::of(&floor.token(Outcome::Second));
        assert_eq!(
            (second.price(Side::Buy), second.price(Side::Sell)),
            (Price(5_800), Price(6_000))
        );
    }

    #[test]
    fn an_empty_book_is_between_0_and_1() {
        let mut floor = Floor::listed();
        let touch = Touch::of(&floor.token(Outcome::First));
        assert_eq!((touch.middle().to_string(), touch.spread()), ("0.5".to_owned(), Price(PIPS)));
        floor.rest(2_000, Outcome::First, 4_000, 100_000_000);
        let touch = Touch::of(&floor.token(Outcome::Second));
        assert_eq!((touch.price(Side::Buy), touch.price(Side::Sell)), (Price(0), Price(6_000)));
    }

    #[test]
    fn the_last_trade_is_told_of_each_token() {
        let floor = Floor::quoted();
        let told = |outcome| serde_json::to_string(&LastTrade::of(&floor.token(outcome))).unwrap();
        assert_eq!(told(Outcome::First), r#"{"price":"0.42","side":"BUY"}"#);
        assert_eq!(told(Outcome::Second), r#"{"price":"0.58","side":"SELL"}"#);
        let fresh = Floor::listed();
        assert_eq!(LastTrade::of(&fresh.token(Outcome::First)), None);
        let none = serde_json::to_string(&LastTrade::NONE).unwrap();
        assert_eq!(none, r#"{"price":"0.5","side":""}"#);
    }

    #[test]
    fn sides_are_read_in_any_case() {
        assert_eq!(
            (side("BUY"), side("sell"), side("BOTH")),
            (Some(Side::Buy), Some(Side::Sell), None)
        );
    }
}
