//! Evidence that may be looked at any time.
//!
//! A p-value that is looked at after every resolution is below 0.05 sooner or later. This is a wager instead:
//! it starts with 1, and if prices are right it is not expected to grow, so the chance that it ever reaches
//! 1/α is at most α (Ville 1939; Ramdas et al. 2023, *Game-theoretic statistics and safe anytime-valid
//! inference*).

use serde::{Deserialize, Serialize};

use super::trial::Trial;

/// Parts of the stake that are wagered on each event; the evidence is the mean over them.
pub const WAGERS: [f64; 4] = [0.1, 0.2, 0.4, 0.8];

/// What is wagered on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// More comes true than prices say.
    Edge,
    /// Less does: the edge is gone, or never was.
    Fade,
}

/// `E_t` = mean over λ of Π (1 ± λ(y − π) / max(π, 1 − π)).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EProcess {
    claim: Claim,
    /// ln of each wager's product.
    logs: [f64; WAGERS.len()],
    events: u64,
    /// ln of the highest that it ever was, at least 0.
    peak: f64,
}

impl EProcess {
    /// Without evidence.
    pub const fn new(claim: Claim) -> Self {
        Self { claim, logs: [0.0; WAGERS.len()], events: 0, peak: 0.0 }
    }

    /// One event more, in the order in which they ended. Its chances must be what was known before it.
    pub fn observe(&mut self, trial: &Trial) {
        let surprise = (trial.count() as f64 - trial.expected()) / trial.reach();
        let towards = match self.claim {
            Claim::Edge => surprise,
            Claim::Fade => -surprise,
        };
        for (log, wager) in self.logs.iter_mut().zip(WAGERS) {
            *log += (wager * towards).ln_1p();
        }
        self.events += 1;
        self.peak = self.peak.max(self.log_value());
    }

    /// ln E.
    pub fn log_value(&self) -> f64 {
        let most = self.logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = self.logs.iter().map(|log| (log - most).exp()).sum();
        most + (sum / WAGERS.len() as f64).ln()
    }

    /// E: 1 to begin with; 20 is as convincing as p = 0.05 would be without looking twice.
    pub fn value(&self) -> f64 {
        self.log_value().exp()
    }

    /// Whether it ever reached 1/α, which it does with a chance of at most α if prices are right.
    pub fn has_reached(&self, alpha: f64) -> bool {
        self.peak >= -alpha.ln()
    }

    /// Events observed.
    pub const fn events(&self) -> u64 {
        self.events
    }
}
