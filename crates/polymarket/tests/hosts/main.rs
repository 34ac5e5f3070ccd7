//! The clients of the CLOB and the Data API: what they ask, and what they make of the answers.

#![expect(clippy::print_stdout, reason = "figures and skipped files are the report of these tests")]
#![expect(clippy::unwrap_used, reason = "a broken set-up should end the test where it is")]

mod clob;
mod data;
mod data_rows;
mod delivery;
mod fake;
mod fallback;
mod people;
mod recorded;
mod walks;
mod wallet_rows;
mod wallets;
