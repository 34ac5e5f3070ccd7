//! Numbers as the Data API writes them. Inside everything is whole millionths; here it becomes
//! doubles.

use serde::{Serialize, Serializer};

use crate::exchange::{MICRO, Millis, PIPS, Pips, Shares, Usdc};

/// A block every one and a half seconds, counted from a recorded one.
const KNOWN_BLOCK: i64 = 93_413_703;
const KNOWN_BLOCK_S: i64 = 1_788_825_600;

/// Millionths, all of them.
pub(crate) fn units(micros: i64) -> f64 {
    micros as f64 / MICRO as f64
}

/// Millionths cut, not rounded, to four decimals, as displayed amounts are.
pub(crate) fn cut(micros: i64) -> f64 {
    (micros / 100) as f64 / 1e4
}

/// A price of the book.
pub(crate) fn price(pips: Pips) -> f64 {
    f64::from(pips) / f64::from(PIPS)
}

/// Price of an order filled in parts: what was paid by share, to ten decimals.
pub(crate) fn paid_price(usdc: Usdc, shares: Shares) -> f64 {
    if shares == 0 {
        return 0.0;
    }
    (usdc as f64 / shares as f64 * 1e10).round() / 1e10
}

/// `usdc` by share, cut to four decimals; 0 when there are no shares.
pub(crate) fn cut_ratio(usdc: Usdc, shares: Shares) -> f64 {
    scaled(usdc, 10_000, shares) / 1e4
}

/// `part` of `whole` in percent, cut to four decimals; 0 when there is no whole.
pub(crate) fn cut_percent(part: Usdc, whole: Usdc) -> f64 {
    scaled(part, 1_000_000, whole) / 1e4
}

/// `part × scale / whole`, cut to a whole number.
fn scaled(part: i64, scale: i64, whole: i64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    (i128::from(part) * i128::from(scale) / i128::from(whole)) as f64
}

/// A threshold given as a decimal, in millionths. `None` for what is not a non-negative number.
pub(crate) fn micros(decimal: f64) -> Option<i64> {
    let micros = (decimal * MICRO as f64).round();
    if !(0.0..9e15).contains(&micros) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a whole number within 53 bits")]
    let whole = micros as i64;
    Some(whole)
}

/// Unix seconds.
pub(crate) const fn seconds(at_ms: Millis) -> i64 {
    at_ms.div_euclid(1_000)
}

/// The chain's block at a moment, Unix seconds.
pub(crate) const fn block(at_s: i64) -> i64 {
    KNOWN_BLOCK + (at_s - KNOWN_BLOCK_S) * 2 / 3
}

/// A number that is written without a fraction where it has none, as v1 does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Plain(pub(crate) f64);

impl Serialize for Plain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 && self.0.abs() < 9e15 {
            #[expect(clippy::cast_possible_truncation, reason = "whole and within 53 bits")]
            let whole = self.0 as i64;
            serializer.serialize_i64(whole)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: f64) -> String {
        serde_json::to_string(&number).unwrap()
    }

    #[test]
    fn displayed_amounts_are_cut_towards_zero() {
        assert_eq!(text(cut(18_820_291)), "18.8202");
        assert_eq!(text(cut(-1_240_499)), "-1.2404");
        assert_eq!(text(cut_ratio(18_820_291, 28_090_000)), "0.6699");
        // A recorded row: 1.264 of 18.8202 are 6.7161 percent.
        assert_eq!(text(cut_percent(1_264_000, 18_820_200)), "6.7161");
        assert_eq!(text(cut_percent(1, 0)), "0.0");
    }

    #[test]
    fn numbers_are_spelled_as_recorded() {
        assert_eq!(text(units(22_840_000)), "22.84");
        assert_eq!(text(units(5_000_000)), "5.0");
        assert_eq!(text(units(9)), "9e-6");
        // A recorded v1 trade: 1.28 USDC for 8.258065 shares.
        assert_eq!(text(paid_price(1_280_000, 8_258_065)), "0.1549999909");
        let plain = |number: f64| serde_json::to_string(&Plain(number)).unwrap();
        assert_eq!((plain(5.0), plain(0.0), plain(22.5)), ("5".into(), "0".into(), "22.5".into()));
    }

    #[test]
    fn thresholds_are_numbers_not_below_zero() {
        assert_eq!(micros(0.1), Some(100_000));
        assert_eq!(micros(-1.0), None);
        assert_eq!(micros(f64::NAN), None);
        assert_eq!(micros(f64::INFINITY), None);
    }
}
