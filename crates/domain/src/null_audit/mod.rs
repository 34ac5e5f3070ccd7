//! What a rule says of people who cannot know anything.
//!
//! A population of synthetic wallets bets at fair prices, so that whoever is flagged is flagged wrongly; with a
//! few skilled ones among them, a ranking shows whom it finds and what became of following it. The figures
//! compare rules with each other. They are no forecast of anybody's profit: bets are held to the end, prices
//! are fair and known, styles are mixed as [`Style`] says, and legs of an event stand and fall together.
//!
//! Everything comes from a seed; `docs/audit-null.md` has the tables, which `examples/null_audit.rs` prints.

mod population;
mod rankings;
mod rules;
mod size;

#[cfg(test)]
mod tests;

pub use population::{Population, Settled, Style, Wallet};
pub use rankings::{Discoveries, Ranking, Rankings, Standing};
pub use rules::{Rule, Scene};
pub use size::{FlagRate, SizeRow, SizeTable};
