//! Mean and deviation of what was seen so far.

/// Running moments by Welford's method (1962).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Moments {
    n: u32,
    mean: f64,
    squares: f64,
}

impl Moments {
    pub(super) fn add(&mut self, x: f64) {
        self.n += 1;
        let before = x - self.mean;
        self.mean += before / f64::from(self.n);
        self.squares += before * (x - self.mean);
    }

    /// How many deviations above the mean; `None` with fewer than `fewest` values, or without a deviation.
    pub(super) fn z(&self, x: f64, fewest: u32) -> Option<f64> {
        if self.n < fewest.max(2) {
            return None;
        }
        let deviation = (self.squares / f64::from(self.n - 1)).sqrt();
        Some((x - self.mean) / deviation).filter(|z| z.is_finite() && deviation > 1e-12)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_the_textbooks() {
        let mut moments = Moments::default();
        for x in [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0] {
            moments.add(x);
        }
        let z = moments.z(9.0, 8).unwrap();
        assert!((z - 4.0 / (32.0f64 / 7.0).sqrt()).abs() < 1e-12);
        assert_eq!(moments.z(9.0, 9), None);
        let mut constant = Moments::default();
        for _ in 0..50 {
            constant.add(0.1);
        }
        assert_eq!(constant.z(0.2, 30), None);
    }
}
