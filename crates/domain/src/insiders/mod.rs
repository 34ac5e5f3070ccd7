//! Trading that looks as if somebody knew: three layers that are never added up.
//!
//! 1. Of an owner on an event: [`live`], which cannot see the outcome because its types have no place for it,
//!    and [`research`], which can and is never shown as a warning.
//! 2. Of a market: [`leakage`], how much of a price's way was gone before the news.
//! 3. Of an account: [`history`], whether it was right about long shots more often than their prices allow.
//!
//! What is found is put beside how often the same is found among matched controls ([`table`]), and gated by
//! where it makes sense at all ([`gates`]). None of it shows that anybody knew anything; [`wording`] has the
//! words in which it may be said. Formulas: `docs/scores.md`.

pub mod gates;
pub mod history;
pub mod leakage;
pub mod live;
mod moments;
pub mod research;
pub mod table;
#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod tests;
pub mod wording;
