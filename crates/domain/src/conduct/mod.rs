//! How somebody trades: like a maker, like a program, or neither, and what says so.
//!
//! Public fills cannot show that somebody quotes: who rested is not in the feed. So the words are
//! "maker-like" and "bot-like", with a probability, with the features that moved it, and with "too little to
//! say" where there is too little. What each feature says is published in [`MAKER_RULE`] and [`BOT_RULE`];
//! the weights are chosen by their known direction, not fitted, until labels exist to fit them on. What only a
//! program can do speaks for one; that somebody does not do it speaks for nothing, because most programs do not either.
//! Formulas: `docs/scores.md`.

mod features;
mod likeness;
mod reaction;
#[cfg(test)]
mod tests;

pub use features::{Features, Sequence};
pub use likeness::{
    BOT_RULE, Conduct, FEWEST_FILLS, Feature, LIKELY, Likeness, MAKER_RULE, Reason, Rule, Term,
    VERSION, Verdict, conduct,
};
pub use reaction::{BEYOND, FEWEST_ORDERS, Reaction, WITHIN_S};
