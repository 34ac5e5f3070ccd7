//! Whether prices paid came true as often as they said.

use crate::ledger::{Change, Entry, EventIx, MICRO, Markets};
use crate::stats::{Clustered, Weighted};

/// Bins of a curve, each a tenth of a dollar wide.
pub const BINS: usize = 10;

/// Prices paid against what became of them. A purchase is counted when its market paid all or nothing;
/// its price is without the fee.
///
/// This is no proper score of what the wallet believed, only of the prices it accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Purchases counted.
    pub trades: usize,
    /// In how many events.
    pub events: usize,
    /// Purchases not counted: of markets that are not resolved, or paid in part.
    pub excluded: usize,
    /// Every purchase weighs the same.
    pub by_trade: Curve,
    /// Every share weighs the same.
    pub by_share: Curve,
    /// Every event weighs the same.
    pub by_event: Curve,
}

/// A curve by one weighting.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Where anything was bought, by price.
    pub bins: Vec<Bin>,
    /// The score.
    pub brier: Brier,
}

/// Purchases at about one price.
#[derive(Debug, Clone, PartialEq)]
pub struct Bin {
    /// Lowest price, in tenths of a dollar.
    pub tenth: usize,
    /// Purchases.
    pub trades: usize,
    /// Mean price.
    pub price: f64,
    /// How often it came true, with an interval by events.
    pub frequency: Clustered,
}

/// Brier's score with Murphy's decomposition (1973), all weighted alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Brier {
    /// BS = Σ w(f − y)² / Σ w.
    pub score: f64,
    /// REL = Σₖ wₖ(f̄ₖ − ȳₖ)² / Σ w: how far the bins are from the diagonal. Less is better.
    pub reliability: f64,
    /// RES = Σₖ wₖ(ȳₖ − ȳ)² / Σ w: how far the bins are from the mean. More is better.
    pub resolution: f64,
    /// UNC = ȳ(1 − ȳ).
    pub uncertainty: f64,
    /// BS − (REL − RES + UNC): what prices within a bin differ by.
    pub within_bins: f64,
    /// Σ w·f(1 − f) / Σ w: what the score would be if every price were right.
    pub expected: f64,
    /// 1 − BS / expected: the price is the reference, not one half. Above zero what was bought came true
    /// (or did not) more surely than its price said. `None` where every price was 0 or 1.
    pub skill: Option<f64>,
    /// −Σ w·ln(f if it came true, else 1 − f) / Σ w; `None` where the impossible happened.
    pub log_score: Option<f64>,
}

#[derive(Clone, Copy)]
struct Purchase {
    bin: usize,
    event: EventIx,
    price: f64,
    shares: f64,
    came_true: bool,
}

impl Calibration {
    /// `None` where nothing that was bought is resolved.
    pub fn of(entries: &[Entry], markets: &Markets) -> Option<Self> {
        let (mut purchases, excluded) = purchases(entries, markets);
        if purchases.is_empty() {
            return None;
        }
        purchases.sort_unstable_by_key(|purchase| (purchase.bin, purchase.event));
        let mut shares_by_event = vec![0.0; markets.event_count()];
        for purchase in &purchases {
            shares_by_event[purchase.event.index()] += purchase.shares;
        }
        Some(Self {
            trades: purchases.len(),
            events: shares_by_event.iter().filter(|shares| **shares > 0.0).count(),
            excluded,
            by_trade: Curve::of(&purchases, |_| 1.0),
            by_share: Curve::of(&purchases, |purchase| purchase.shares),
            by_event: Curve::of(&purchases, |purchase| {
                purchase.shares / shares_by_event[purchase.event.index()]
            }),
        })
    }
}

fn purchases(entries: &[Entry], markets: &Markets) -> (Vec<Purchase>, usize) {
    let (mut counted, mut excluded) = (Vec::new(), 0);
    for entry in entries {
        let Change::Buy(fill) = &entry.change else { continue };
        let terms = markets.terms(fill.slot.market);
        let payout = terms.payouts.as_ref().map(|payouts| payouts.of(fill.slot.outcome));
        let came_true = match payout {
            Some(0) => false,
            Some(MICRO) => true,
            _ => {
                excluded += 1;
                continue;
            }
        };
        let shares = fill.shares.get() as f64;
        let price = fill.usdc.get() as f64 / shares;
        if !(0.0..=1.0).contains(&price) {
            excluded += 1;
            continue;
        }
        counted.push(Purchase {
            bin: bin_of(price),
            event: markets.event_of(fill.slot.market),
            price,
            shares,
            came_true,
        });
    }
    (counted, excluded)
}

fn bin_of(price: f64) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 10")]
    let tenth = (price * BINS as f64) as usize;
    tenth.min(BINS - 1)
}

#[derive(Default)]
struct Sums {
    weight: f64,
    price: f64,
    truth: f64,
}

impl Curve {
    /// Of purchases that stand by bin and event.
    fn of(purchases: &[Purchase], weigh: impl Fn(&Purchase) -> f64) -> Self {
        let (mut bins, mut sums) = (Vec::new(), Vec::new());
        let mut observed = Vec::with_capacity(purchases.len());
        let (mut squares, mut expected, mut logs) = (0.0, 0.0, 0.0);
        for group in purchases.chunk_by(|one, other| one.bin == other.bin) {
            observed.clear();
            let mut sum = Sums::default();
            for purchase in group {
                let weight = weigh(purchase);
                let truth = f64::from(u8::from(purchase.came_true));
                let missed = purchase.price - truth;
                sum.weight += weight;
                sum.price += weight * purchase.price;
                sum.truth += weight * truth;
                squares += weight * missed * missed;
                expected += weight * purchase.price * (1.0 - purchase.price);
                logs -= weight * (1.0 - missed.abs()).ln();
                observed.push(Weighted { cluster: purchase.event, sum: weight * truth, weight });
            }
            if let (Some(first), Some(frequency)) = (group.first(), Clustered::mean(&observed)) {
                let price = sum.price / sum.weight;
                bins.push(Bin { tenth: first.bin, trades: group.len(), price, frequency });
                sums.push(sum);
            }
        }
        Self { bins, brier: Brier::of(&sums, squares, expected, logs) }
    }
}

impl Brier {
    fn of(bins: &[Sums], squares: f64, expected: f64, logs: f64) -> Self {
        let weight: f64 = bins.iter().map(|bin| bin.weight).sum();
        let base = bins.iter().map(|bin| bin.truth).sum::<f64>() / weight;
        let over_bins = |of: &dyn Fn(&Sums) -> f64| {
            bins.iter().map(|bin| bin.weight * of(bin).powi(2)).sum::<f64>() / weight
        };
        let reliability = over_bins(&|bin| (bin.price - bin.truth) / bin.weight);
        let resolution = over_bins(&|bin| bin.truth / bin.weight - base);
        let uncertainty = base * (1.0 - base);
        let score = squares / weight;
        Self {
            score,
            reliability,
            resolution,
            uncertainty,
            within_bins: score - (reliability - resolution + uncertainty),
            expected: expected / weight,
            skill: (expected > 0.0).then(|| 1.0 - squares / expected),
            log_score: logs.is_finite().then(|| logs / weight),
        }
    }
}
