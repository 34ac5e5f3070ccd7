//! Wallets of the lab over real HTTP: everything is walked to its end and adds up.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says by panicking what it did not expect"
)]

mod faults;
mod people;
mod service;
mod sums;
mod versions;
