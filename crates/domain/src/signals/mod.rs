//! What is published about where a market goes, and what became of it.
//!
//! Smart money is one definition, [`consensus`]; how far it is from the price is [`divergence`]. A
//! [`Signal`] says when it will be settled and how before anybody knows, and is settled by a pure function,
//! losses included. Formulas: `docs/scores.md`.

mod anomaly;
mod consensus;
mod divergence;
mod draft;
mod independence;
mod settlement;
mod signal;
#[cfg(test)]
mod tests;

pub use anomaly::{ANOMALY_Z, Anomaly, MOMENTUM_T, anomaly, trend};
pub use consensus::{
    CAP_SHARE, Consensus, FEWEST_VOICES, MOST_EDGE, Opinion, PastBet, Voice, cap, consensus,
};
pub use divergence::{Divergence, Holder, divergence};
pub use draft::{LEAST_DIVERGENCE, LEAST_IMBALANCE, Scene};
pub use independence::overlap;
pub use settlement::{Observed, Settlement, Tally, Void, settle, tally};
pub use signal::{Horizon, Kind, Signal, Strength, VERSION};
