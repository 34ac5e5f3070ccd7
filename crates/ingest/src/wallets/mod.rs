//! Wallets: found where they show up, their whole history imported, their books kept.

mod books;
mod conduct;
mod discover;
mod entries;
mod exposed;
mod fetch;
pub mod figures;
pub mod holders;
mod import;
mod news;
mod read;
mod series;
mod service;
mod takers;
mod turns;
mod wagers;

pub use fetch::WalletClients;
pub use import::{ImportError, Imported};
pub use service::{WalletOptions, WalletService};
