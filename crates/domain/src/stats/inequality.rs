//! How few have how much.

/// How amounts are spread over those who have any.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inequality {
    /// How many have any.
    pub count: usize,
    /// What they have together.
    pub total: f64,
    /// Herfindahl–Hirschman index Σ sᵢ² of their parts, 1/n (all alike) to 1 (one has all). Hirschman 1945,
    /// Herfindahl 1950; of parts, not of percentages.
    pub hhi: f64,
    /// 1 / HHI: how many equal ones would be as concentrated.
    pub effective: f64,
    /// Gini's coefficient (1912): half the mean difference of two of them, of their mean; 0 (all alike) to
    /// 1 − 1/n (one has all).
    pub gini: f64,
    /// The part of the largest.
    pub top_1: f64,
    /// The part of the ten largest.
    pub top_10: f64,
}

impl Inequality {
    /// Of amounts in any unit; those that are not above 0 are nobody's. `None` where there is none, or the sum
    /// is not finite.
    pub fn of(amounts: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut held: Vec<f64> = amounts.into_iter().filter(|amount| *amount > 0.0).collect();
        held.sort_by(|one, other| other.total_cmp(one));
        let total: f64 = held.iter().rev().sum();
        if held.is_empty() || !total.is_finite() {
            return None;
        }
        let count = held.len() as f64;
        let parts = || held.iter().map(|amount| amount / total);
        let hhi: f64 = parts().map(|part| part * part).sum();
        // The largest has rank 1: G = (n + 1 − 2 Σ i·sᵢ) / n.
        let ranked: f64 =
            parts().enumerate().map(|(above, part)| (above as f64 + 1.0) * part).sum();
        Some(Self {
            count: held.len(),
            total,
            hhi,
            effective: 1.0 / hhi,
            gini: ((count + 1.0 - 2.0 * ranked) / count).max(0.0),
            top_1: parts().take(1).sum(),
            top_10: parts().take(10).sum::<f64>().min(1.0),
        })
    }
}

/// The same for voices that repeat each other: (Σw)² / Σᵢⱼ wᵢwⱼρᵢⱼ, where `overlap(i, j)` of two different voices
/// is ρᵢⱼ, from 0 (nothing in common) to 1 (the same voice); of past events, |A ∩ B| / |A ∪ B|. It is the count
/// of independent voices whose mean would be as sure (Kish 1965, 5.4). 0 without any; weights below 0 do not
/// speak.
pub fn effective_voices_apart(weights: &[f64], overlap: impl Fn(usize, usize) -> f64) -> f64 {
    let speaking: Vec<(usize, f64)> =
        weights.iter().copied().enumerate().filter(|(_, weight)| *weight > 0.0).collect();
    let sum: f64 = speaking.iter().map(|(_, weight)| weight).sum();
    let mut shared = 0.0;
    for (place, (one, weight)) in speaking.iter().enumerate() {
        shared += weight * weight;
        for (other, other_weight) in speaking.iter().skip(place + 1) {
            shared += 2.0 * weight * other_weight * overlap(*one, *other).clamp(0.0, 1.0);
        }
    }
    if shared > 0.0 { sum * sum / shared } else { 0.0 }
}

/// (Σw)² / Σw²: how many independent voices as strong as each other would say as much (Kish 1965). 0 without
/// any; weights below 0 do not speak.
pub fn effective_voices(weights: impl IntoIterator<Item = f64>) -> f64 {
    Inequality::of(weights).map_or(0.0, |spread| spread.effective)
}
