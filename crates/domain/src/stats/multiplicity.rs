//! Many tests at once.
//!
//! Of 100,000 wallets without skill 5,000 have p < 0.05. What counts is how many of those that are pointed at
//! are false. The functions take p-values within 0 and 1 of *every* wallet that was ever tested; what is left
//! out because it did not look promising makes all of them wrong.

/// Adjusted p-values of Benjamini and Hochberg (1995): those up to q have a false discovery rate of at most q,
/// when tests are independent or positively dependent. In the order given.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    step_up(p_values, 1.0)
}

/// Adjusted p-values of Benjamini and Yekutieli (2001): like Benjamini–Hochberg's times Σ 1/i, and right
/// whatever the dependence, for instance of wallets that bet on the same events.
pub fn benjamini_yekutieli(p_values: &[f64]) -> Vec<f64> {
    let harmonic = (1..=p_values.len()).map(|rank| 1.0 / rank as f64).sum();
    step_up(p_values, harmonic)
}

/// Adjusted p-values of Holm (1979): those up to α hold a single false one with a chance of at most α, whatever
/// the dependence. For short lists of grave claims, where one false one is too many. In the order given.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![1.0; p_values.len()];
    let mut most = 0.0_f64;
    for (rank, (place, p)) in ascending(p_values).into_iter().enumerate() {
        most = most.max(p * (p_values.len() - rank) as f64).min(1.0);
        if let Some(slot) = adjusted.get_mut(place) {
            *slot = most;
        }
    }
    adjusted
}

/// min over ranks from here up of p·m·factor/rank, at most 1.
fn step_up(p_values: &[f64], factor: f64) -> Vec<f64> {
    let count = p_values.len() as f64;
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least = 1.0_f64;
    for (rank, (place, p)) in ascending(p_values).into_iter().enumerate().rev() {
        least = least.min(p * count * factor / (rank as f64 + 1.0));
        if let Some(slot) = adjusted.get_mut(place) {
            *slot = least;
        }
    }
    adjusted
}

/// p-values with their places, smallest first.
fn ascending(p_values: &[f64]) -> Vec<(usize, f64)> {
    let mut sorted: Vec<(usize, f64)> = p_values.iter().copied().enumerate().collect();
    sorted.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    sorted
}

/// π₀, the share of wallets without skill, as far as p-values can tell: (#{p > λ} + 1) / (m (1 − λ)), at most
/// 1, which errs upwards (Storey, Taylor and Siegmund 2004). λ of one half is usual. `None` without tests, or
/// where λ is not from 0 to below 1.
pub fn null_share(p_values: &[f64], lambda: f64) -> Option<f64> {
    if p_values.is_empty() || !(0.0..1.0).contains(&lambda) {
        return None;
    }
    let above = p_values.iter().filter(|p| **p > lambda).count();
    Some(((above as f64 + 1.0) / (p_values.len() as f64 * (1.0 - lambda))).min(1.0))
}

/// Storey's q-values (2002): Benjamini–Hochberg's times π₀. The expected share of false ones among all wallets
/// that are at least as striking.
pub fn q_values(p_values: &[f64], null_share: f64) -> Vec<f64> {
    benjamini_hochberg(p_values).into_iter().map(|adjusted| adjusted * null_share).collect()
}

/// The chance that just this wallet has no skill: fdr(p) = π₀ / f(p), at most 1, with the density f of
/// p-values by Grenander (1956), the steepest fit that only falls (Strimmer 2008). It never decreases with p.
/// At the very smallest p-values it errs downwards, as that density does.
pub fn local_fdr(p_values: &[f64], null_share: f64) -> Vec<f64> {
    let sorted = ascending(p_values);
    let mut steps: Vec<Step> = Vec::new();
    let mut reached = 0.0;
    for (nth, (_, p)) in sorted.iter().enumerate() {
        // A p-value of exactly 0 has a width all the same.
        let until = p.max(f64::MIN_POSITIVE);
        steps.push(Step { width: until - reached, tests: 1, first: nth });
        reached = until;
        while let [.., before, last] = steps.as_slice()
            && last.is_steeper_than(before)
        {
            let merged = Step {
                width: before.width + last.width,
                tests: before.tests + last.tests,
                first: before.first,
            };
            steps.truncate(steps.len() - 2);
            steps.push(merged);
        }
    }
    let mut rates = vec![1.0; p_values.len()];
    for step in &steps {
        let density = step.tests as f64 / (p_values.len() as f64 * step.width);
        for (place, _) in sorted.iter().skip(step.first).take(step.tests) {
            if let Some(rate) = rates.get_mut(*place) {
                *rate = (null_share / density).min(1.0);
            }
        }
    }
    rates
}

/// A stretch of constant density.
struct Step {
    width: f64,
    tests: usize,
    /// The first of its tests, by size.
    first: usize,
}

impl Step {
    fn is_steeper_than(&self, before: &Self) -> bool {
        self.tests as f64 * before.width >= before.tests as f64 * self.width
    }
}
