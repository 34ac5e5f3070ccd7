//! How much of a market's volume may be washing: several measures beside each other, and no verdict.
//!
//! Each measure has its definition and its limits; together they are a band. What can be explained by making
//! markets is taken out first; where nobody knows whether somebody is a maker, the measure is from without
//! them to with them. Formulas and sources: `docs/scores.md`.

mod counterparties;
mod patterns;
#[cfg(test)]
mod tests;

pub use counterparties::{Closure, ROUNDS, RingScore, closed_clusters, ring_volume};
pub use patterns::{Band, EPSILON, Fill, Measure, Method, OPEN_CLOSE_S, WINDOWS_S, measures};
