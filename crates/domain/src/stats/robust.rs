//! Centre and width that a few outliers do not move.

/// Turns a median absolute deviation into the standard deviation of normal numbers: 1 / Φ⁻¹(¾).
const NORMAL_MAD: f64 = 1.482_602_218_505_602;

/// The centre and width of a set of numbers, for instance of the logarithms of all trades of a market on a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Robust {
    /// How many.
    pub count: usize,
    /// The median.
    pub median: f64,
    /// The median distance from it times 1.4826, which is the standard deviation of normal numbers (Hampel
    /// 1974; Iglewicz and Hoaglin 1993).
    pub deviation: f64,
}

impl Robust {
    /// `None` of nothing, or where a number is not finite.
    pub fn of(numbers: &[f64]) -> Option<Self> {
        if !numbers.iter().all(|number| number.is_finite()) {
            return None;
        }
        let median = median(numbers)?;
        let distances: Vec<f64> = numbers.iter().map(|number| (number - median).abs()).collect();
        let deviation = self::median(&distances)? * NORMAL_MAD;
        Some(Self { count: numbers.len(), median, deviation })
    }

    /// How many deviations a number is above the median; `None` where more than half are the same.
    pub fn z(&self, number: f64) -> Option<f64> {
        (self.deviation > 0.0).then(|| (number - self.median) / self.deviation)
    }
}

/// The middle one, the mean of the two middle ones of an even count; `None` of nothing.
pub fn median(numbers: &[f64]) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    quantile(&sorted, 0.5)
}

/// The quantile of ascending numbers, linear between them (Hyndman and Fan's seventh); `None` of nothing, or
/// where `probability` is not within 0 and 1.
pub fn quantile(ascending: &[f64], probability: f64) -> Option<f64> {
    let last = ascending.len().checked_sub(1)?;
    if !(0.0..=1.0).contains(&probability) {
        return None;
    }
    let place = probability * last as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to `last`")]
    let below = place.floor() as usize;
    let low = ascending.get(below)?;
    let high = ascending.get(below + 1).unwrap_or(low);
    Some(low + (place - below as f64) * (high - low))
}
