//! Statistics: the arithmetic under every score, without any opinion on what a score is called.
//!
//! Nothing here draws a conclusion that its input does not carry: where a figure is not defined it is
//! `None`. Chances are within 0 and 1, intervals are of 95 % unless they say otherwise, and randomness
//! comes from a seed ([`Dice`]). Each function names its source; `tests/reference_statistics.rs` compares
//! them with what `SciPy`, statsmodels and exact fractions say.

pub mod dice;
pub mod eprocess;
pub mod inequality;
pub mod interval;
pub mod kelly;
pub mod multiplicity;
pub mod persistence;
pub mod price_null;
pub mod recalibration;
pub mod robust;
pub mod sharpe;
pub mod special;
pub mod spread;
pub mod tilt;
pub mod trial;

#[cfg(test)]
mod tests;

pub use dice::Dice;
pub use eprocess::{Claim, EProcess};
pub use inequality::Inequality;
pub use interval::{Clustered, Proportion, Weighted};
pub use price_null::{PriceNull, PriceTest};
pub use recalibration::{Horizon, Line, Recalibration, Resolved};
pub use robust::Robust;
pub use spread::Spread;
pub use tilt::{Posterior, Score};
pub use trial::{Answer, Bet, Relation, Trial};
