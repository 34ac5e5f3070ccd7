//! Scores in the form in which they are kept.

use domain::Address;
use domain::evidence::Ingredient;
use domain::scores::{Score, Verdict as Said};
use serde_json::{Map, Value};
use store::intelligence::scores::{Verdict, WalletScore};

/// A score of a wallet as a row, with four digits of it and of what it was made from. What differs by less says nothing
/// new, and is no row of its own; a tenth of a point would be coarser than the difference between two wallets of whom
/// nearly nothing is known, and would put them in the order of their addresses.
pub(crate) fn kept(wallet: &Address, score: &Score, evidence: Value) -> WalletScore {
    let (verdict, reason) = match score.verdict {
        Said::Scored(_) => (Verdict::Scored, None),
        Said::TooFew { .. } => (Verdict::TooFew, None),
        Said::Withheld(reason) => (Verdict::Withheld, Some(reason.slug().to_owned())),
        Said::Unknown(name) => (Verdict::Withheld, Some(format!("unknown_{name}"))),
        Said::Excluded(name) => (Verdict::Excluded, Some(name.to_owned())),
    };
    WalletScore {
        wallet: wallet.clone(),
        as_of: score.as_of,
        version: i16::try_from(score.version).unwrap_or(i16::MAX),
        n: u32::try_from(score.events).unwrap_or(u32::MAX),
        verdict,
        reason,
        value: score.verdict.value().map(four_digits),
        interval: score.span.map(|span| (four_digits(span.low), four_digits(span.high))),
        ingredients: ingredients(&score.ingredients),
        evidence,
    }
}

/// Ingredients by name; one that is unknown is `null`.
pub(crate) fn ingredients(all: &[Ingredient]) -> Value {
    let by_name = all.iter().map(|one| {
        let value = one.value.map_or(Value::Null, |value| Value::from(four_digits(value)));
        (one.name.to_owned(), value)
    });
    Value::Object(by_name.collect::<Map<String, Value>>())
}

/// A number to four digits.
pub(crate) fn four_digits(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    // Written and read again, so that the digits are exactly these.
    format!("{value:.3e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_to_four_digits() {
        for (number, kept) in
            [(0.123_456, 0.1235), (-98_765.4, -98_770.0), (1e-9, 1e-9), (0.0, 0.0)]
        {
            let (told, kept): (f64, f64) = (four_digits(number), kept);
            assert_eq!(told.to_bits(), kept.to_bits());
        }
        let told = ingredients(&[Ingredient::new("a", 1.0), Ingredient::new("b", None)]);
        assert_eq!(told, serde_json::json!({ "a": 1.0, "b": null }));
    }
}
