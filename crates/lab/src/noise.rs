//! Repeatable randomness. Every draw is a hash of what it is for, so a world's future does not
//! depend on how many draws were made before, and the same seed gives the same bytes with every
//! release of every library.

/// A point in the space of draws, refined by what the draw is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Noise(u64);

impl Noise {
    pub(crate) const fn of(seed: u64) -> Self {
        Self(mix(seed ^ 0x6c61_6220_776f_726c))
    }

    /// The draw for `what` within this one.
    #[must_use]
    pub(crate) const fn with(self, what: u64) -> Self {
        Self(mix(self.0.rotate_left(23) ^ what.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    pub(crate) const fn bits(self) -> u64 {
        self.0
    }

    /// A sequence of draws that starts here.
    pub(crate) const fn dice(self) -> Dice {
        Dice { state: self.0 }
    }
}

/// The finaliser of the splitmix64 generator: each input bit changes each output bit with chance
/// one half.
const fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// 53 of the bits as a number in `0..1`.
pub(crate) fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// A nearly normal draw, mean 0 and variance 1, as the sum of the four 16-bit parts. Tails end at
/// ±3.46: jumps are drawn apart, and the sum is several times cheaper than a logarithm and a
/// cosine.
pub(crate) fn bell(bits: u64) -> f64 {
    let sum: u64 = (0..4).map(|part| (bits >> (16 * part)) & 0xffff).sum();
    (sum as f64 / 65_536.0 - 2.0) * 3.0_f64.sqrt()
}

/// Draws in sequence.
#[derive(Clone, Debug)]
pub(crate) struct Dice {
    state: u64,
}

impl Dice {
    pub(crate) fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    pub(crate) fn unit(&mut self) -> f64 {
        unit(self.bits())
    }

    pub(crate) fn bell(&mut self) -> f64 {
        bell(self.bits())
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Uniform in `low..high`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.unit() * (high - low)
    }

    /// Uniform in `low..=high`.
    pub(crate) fn whole(&mut self, low: u64, high: u64) -> u64 {
        low + self.bits() % (high - low + 1)
    }

    /// One of `choices`, which must not be empty.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        let index = self.bits() % choices.len() as u64;
        choices[usize::try_from(index).unwrap_or(0)]
    }

    /// `count` different ones of `choices`, or all of them in random order when there are fewer.
    pub(crate) fn sample<T: Copy>(&mut self, choices: &[T], count: usize) -> Vec<T> {
        let mut left = choices.to_vec();
        let mut taken = Vec::with_capacity(count);
        while taken.len() < count && !left.is_empty() {
            let index = usize::try_from(self.bits() % left.len() as u64).unwrap_or(0);
            taken.push(left.swap_remove(index));
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_spread_and_repeat() {
        let mut dice = Noise::of(1).dice();
        let draws: Vec<f64> = (0..20_000).map(|_| dice.bell()).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / draws.len() as f64;
        assert!(mean.abs() < 0.03, "mean {mean}");
        assert!((variance - 1.0).abs() < 0.05, "variance {variance}");
        assert_eq!(Noise::of(1).with(2), Noise::of(1).with(2));
        assert_ne!(Noise::of(1).with(2), Noise::of(2).with(1));
    }

    #[test]
    fn samples_hold_no_value_twice() {
        let mut taken = Noise::of(3).dice().sample(&[1, 2, 3, 4, 5], 5);
        taken.sort_unstable();
        assert_eq!(taken, [1, 2, 3, 4, 5]);
    }
}
