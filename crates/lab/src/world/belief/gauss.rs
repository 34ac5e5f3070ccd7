//! The normal distribution. Draws are exact ones, not sums of a few uniform numbers: a filter that
//! weighs evidence by a normal likelihood is calibrated only if the evidence is normal.

use crate::noise::Noise;

/// Chance that a standard normal number is below `x`: Hart's rational approximation in West's form,
/// with an error below 1e-15.
pub(super) fn cdf(x: f64) -> f64 {
    let distance = x.abs();
    let tail = if distance > 37.0 {
        0.0
    } else {
        let density = (-distance * distance / 2.0).exp();
        if distance < 7.071_067_811_865_47 {
            density * polynomial(distance, &HART_ABOVE) / polynomial(distance, &HART_BELOW)
        } else {
            let fraction =
                (1..=4).rev().fold(distance + 0.65, |sum, term| distance + f64::from(term) / sum);
            density / fraction / 2.506_628_274_631
        }
    };
    if x > 0.0 { 1.0 - tail } else { tail }
}

/// Chance that a standard normal number is between two others.
pub(super) fn between(low: f64, high: f64) -> f64 {
    // The smaller of the two tails keeps its digits.
    if low > 0.0 { cdf(-low) - cdf(-high) } else { cdf(high) - cdf(low) }
}

/// The number that a standard normal one stays below with `probability`: Wichura's AS 241, with an
/// error below 1e-15.
pub(super) fn quantile(probability: f64) -> f64 {
    let centred = probability - 0.5;
    if centred.abs() <= 0.425 {
        let square = 0.180_625 - centred * centred;
        return centred * polynomial(square, &CENTRE_ABOVE) / polynomial(square, &CENTRE_BELOW);
    }
    let tail = probability.min(1.0 - probability);
    let root = (-tail.ln()).sqrt();
    let distance = if root <= 5.0 {
        polynomial(root - 1.6, &NEAR_ABOVE) / polynomial(root - 1.6, &NEAR_BELOW)
    } else {
        polynomial(root - 5.0, &FAR_ABOVE) / polynomial(root - 5.0, &FAR_BELOW)
    };
    distance.copysign(centred)
}

/// A standard normal draw.
pub(super) fn draw(noise: Noise) -> f64 {
    quantile(open_unit(noise))
}

/// A draw between 0 and 1, never one of them.
pub(super) fn open_unit(noise: Noise) -> f64 {
    ((noise.bits() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

/// Coefficients from the highest power down.
fn polynomial(x: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

const HART_ABOVE: [f64; 7] = [
    3.526_249_659_989_11e-2,
    0.700_383_064_443_688,
    6.373_962_203_531_65,
    33.912_866_078_383,
    112.079_291_497_871,
    221.213_596_169_931,
    220.206_867_912_376,
];

const HART_BELOW: [f64; 8] = [
    8.838_834_764_831_84e-2,
    1.755_667_163_182_64,
    16.064_177_579_207,
    86.780_732_202_946_1,
    296.564_248_779_674,
    637.333_633_378_831,
    793.826_512_519_948,
    440.413_735_824_752,
];

const CENTRE_ABOVE: [f64; 8] = [
    2.509_080_928_730_122_7e3,
    3.343_057_558_358_813e4,
    6.726_577_092_700_87e4,
    4.592_195_393_154_987e4,
    1.373_169_376_550_946e4,
    1.971_590_950_306_551_3e3,
    1.331_416_678_917_843_8e2,
    3.387_132_872_796_366_5,
];

const CENTRE_BELOW: [f64; 8] = [
    5.226_495_278_852_854e3,
    2.872_908_573_572_194_3e4,
    3.930_789_580_009_271e4,
    2.121_379_430_158_659_7e4,
    5.394_196_021_424_751e3,
    6.871_870_074_920_579e2,
    4.231_333_070_160_091e1,
    1.0,
];

const NEAR_ABOVE: [f64; 8] = [
    7.745_450_142_783_414e-4,
    2.272_384_498_926_918_4e-2,
    2.417_807_251_774_506e-1,
    1.270_458_252_452_368_4,
    3.647_848_324_763_204_5,
    5.769_497_221_460_691,
    4.630_337_846_156_546,
    1.423_437_110_749_683_5,
];

const NEAR_BELOW: [f64; 8] = [
    1.050_750_071_644_416_9e-9,
    5.475_938_084_995_345e-4,
    1.519_866_656_361_645_7e-2,
    1.481_039_764_274_800_8e-1,
    6.897_673_349_851e-1,
    1.676_384_830_183_803_8,
    2.053_191_626_637_759,
    1.0,
];

const FAR_ABOVE: [f64; 8] = [
    2.010_334_399_292_288_1e-7,
    2.711_555_568_743_487_6e-5,
    1.242_660_947_388_078_4e-3,
    2.653_218_952_657_612_4e-2,
    2.965_605_718_285_048_7e-1,
    1.784_826_539_917_291_3,
    5.463_784_911_164_114,
    6.657_904_643_501_103,
];

const FAR_BELOW: [f64; 8] = [
    2.044_263_103_389_939_7e-15,
    1.421_511_758_316_446e-7,
    1.846_318_317_510_054_8e-5,
    7.868_691_311_456_133e-4,
    1.487_536_129_085_061_5e-2,
    1.369_298_809_227_358e-1,
    5.998_322_065_558_88e-1,
    1.0,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Abramowitz and Stegun, tables 26.1 and 26.5.
    #[test]
    fn distribution_agrees_with_tables() {
        for (x, below) in [
            (0.0, 0.5),
            (0.5, 0.691_462_461_274_013_1),
            (1.0, 0.841_344_746_068_542_9),
            (2.0, 0.977_249_868_051_820_8),
            (3.0, 0.998_650_101_968_369_9),
        ] {
            assert!((cdf(x) - below).abs() < 1e-14, "{x}: {}", cdf(x));
            assert!((cdf(-x) - (1.0 - below)).abs() < 1e-14, "-{x}: {}", cdf(-x));
        }
        let far = cdf(-8.0) / 6.220_960_574_271_786e-16;
        assert!((far - 1.0).abs() < 1e-6, "{far}");
    }

    #[test]
    fn quantile_undoes_the_distribution() {
        for step in 1..4_000 {
            let probability = f64::from(step) / 4_000.0;
            assert!((cdf(quantile(probability)) - probability).abs() < 1e-14, "{probability}");
        }
        for power in 4..15 {
            let probability = 10_f64.powi(-power);
            let back = cdf(quantile(probability)) / probability;
            assert!((back - 1.0).abs() < 1e-6, "1e-{power}: {back}");
        }
        assert!((quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-12);
    }

    #[test]
    fn draws_have_the_moments_of_a_normal_number() {
        let count = 200_000_u64;
        let draws: Vec<f64> = (0..count).map(|step| draw(Noise::of(2).with(step))).collect();
        let moment =
            |power| draws.iter().map(|draw: &f64| draw.powi(power)).sum::<f64>() / count as f64;
        assert!(moment(1).abs() < 0.01, "{}", moment(1));
        assert!((moment(2) - 1.0).abs() < 0.015, "{}", moment(2));
        assert!(moment(3).abs() < 0.03, "{}", moment(3));
        assert!((moment(4) - 3.0).abs() < 0.1, "{}", moment(4));
    }
}
