//! Tests of the books: cases computed by hand, and what must hold for all.

mod golden;
mod incomplete;
pub(crate) mod kit;
mod properties;
mod reconciliation;
mod trading_floor;
