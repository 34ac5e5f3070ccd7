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
