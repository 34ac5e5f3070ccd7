//! A wallet's books: an accounting identity rather than an estimate.
//!
//! [`Entry`]s are folded in order onto a [`Ledger`], by average cost (the venue's method, with its rules)
//! and first in first out at once. [`Ledger::value`] says what the books are worth: what the records
//! support is [`Figure::Known`], everything else is [`Figure::Withheld`] with its [`Reason`]. What is
//! computed and why: `docs/pnl.md`.

mod amount;
mod check;
mod completeness;
mod conversion;
mod entry;
mod fold;
mod holding;
mod markets;
mod proof;
mod reconcile;
mod redemption;
mod valuation;

#[cfg(test)]
pub(crate) mod tests;

pub use amount::{MICRO, Micro, MicroShares, MicroUsdc};
pub use check::{Report, ReportedPosition};
pub use completeness::{Completeness, Coverage, Doubt, Doubts, Figure, Reason};
pub use entry::{
    BlockPosition, Change, Conversion, Entry, Fill, Given, IncomeKind, MOST_TURNOVER, Place, Role,
    limit_turnover, sort,
};
pub use fold::{Cash, Fills, Ledger, OutOfOrder};
pub use holding::{Basis, Entered, Unexplained};
pub use markets::{EventIx, MarketIx, Markets, Payouts, Slot, Terms};
pub use proof::prove_conversions;
pub use reconcile::{Measure, OwnNumbers, Reconciliation, ResidualClass, VenueNumber, reconcile};
pub use valuation::{CashIdentity, Mark, Position, Standing, Valuation};
