//! Repeatable randomness for resampling and simulation.

use super::special::normal_quantile;

/// A sequence of draws from a seed: the same on every platform and with every release of every library.
///
/// Splitmix64 (Steele, Lea and Flood 2014, *Fast splittable pseudorandom number generators*): a counter
/// through a mixing function, in which each bit of the input changes each bit of the output with chance
/// one half. It passes the usual batteries, and it is no secret: whoever knows a draw knows the next.
#[derive(Debug, Clone)]
pub struct Dice {
    state: u64,
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Dice {
    /// The sequence of a seed for one purpose. Sequences of other purposes have nothing in common with it,
    /// so that what is drawn for one wallet does not depend on what was drawn for others.
    pub const fn new(seed: u64, purpose: u64) -> Self {
        Self { state: mix(mix(seed).rotate_left(23) ^ purpose.wrapping_mul(GOLDEN)) }
    }

    /// 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        mix(self.state)
    }

    /// Between 0 and 1, never one of them, in steps of 2⁻⁵³.
    pub fn unit(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Whether something of this chance happens.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// From 0 to `count` − 1, each as likely as the others but for less than count / 2⁶⁴; 0 where `count`
    /// is 0.
    pub fn below(&mut self, count: usize) -> usize {
        let wide = u128::from(self.bits()) * count as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// Puts them in an order of which all are as likely (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last + 1);
            items.swap(last, other);
        }
    }

    /// A standard normal draw, through the quantile function.
    pub fn normal(&mut self) -> f64 {
        normal_quantile(self.unit())
    }
}

/// The finaliser of splitmix64.
const fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_says_everything_and_every_order_is_as_likely() {
        let order = |seed| {
            let mut items = [0, 1, 2];
            Dice::new(seed, 0).shuffle(&mut items);
            items
        };
        assert_eq!(order(7), order(7));
        let mut counts = std::collections::HashMap::new();
        for seed in 0..6_000 {
            *counts.entry(order(seed)).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|count| (850..1_150).contains(count)), "{counts:?}");
    }
}
