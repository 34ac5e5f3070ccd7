//! Whales, smart money, insiders, signals: what follows from the books of all wallets and from the tape.
//!
//! * [`audit`] holds scores to the errors they may make.
//! * [`scoring`] scores wallets: one after its import, all of them every few minutes.
//! * [`clusters`] finds wallets that seem to have one owner.
//! * [`consensus`] says where smart money stands in each market.

pub mod audit;
pub mod clusters;
pub mod consensus;
pub mod scoring;
