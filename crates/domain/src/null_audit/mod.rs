//! What a score says of wallets of which it is known what they are.
//!
//! Three trials. **Synthetic**: a population bets at fair prices, so that whoever is flagged is flagged wrongly; with a
//! few skilled ones among them, a ranking shows whom it finds and what became of following it. **Redrawn**: the bets
//! that real wallets made, with outcomes drawn anew from what they paid, so that nobody has skill and everything else
//! is as it was. **Planted**: a simulated world that tells what each wallet is.
//!
//! A score has a budget ([`crate::scores::Budget`]); one whose errors are above it leaves the rankings. Facts of size
//! have no null of skill, and no budget: see [`Subject::does_not_apply`].
//!
//! The figures compare rules with each other. They are no forecast of anybody's profit: bets of the synthetic
//! population are held to the end, prices are fair and known, styles are mixed as [`Style`] says, and legs of an event
//! stand and fall together. Everything comes from a seed; `docs/audit-null.md` has the tables, which
//! `examples/null_audit.rs` prints, and `docs/audit.md` what was found in a simulated world.

mod attainable;
mod flips;
mod judges;
mod planted;
mod population;
mod rankings;
mod redrawn;
mod results;
mod rules;
mod size;
mod subject;
mod synthetic;

#[cfg(test)]
mod attainable_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trial_tests;

pub use attainable::{Attainable, Known, attainable, shared_skill};
pub use flips::{Reversal, Taken, reversals};
pub use judges::{Claim, GoodRecord, Judge, LongShots, Seen, Skill};
pub use planted::{Detected, pairs, precision_in_first};
pub use population::{Population, Settled, Style, Wallet};
pub use rankings::{Discoveries, Ranking, Rankings, Standing};
pub use redrawn::{Laid, Reckoned, Redrawing, redrawn};
pub use results::{First, Lasting, Line, Results};
pub use rules::{Rule, Scene};
pub use size::{FlagRate, SizeRow, SizeTable};
pub use subject::{Subject, Trial};
pub use synthetic::{Sample, synthetic};
