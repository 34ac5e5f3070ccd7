//! The server over HTTP, as clients meet it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test can do nothing about a failure but say so"
)]

mod api;
mod export;
mod faults;
mod generated;
mod intelligence;
mod live;
mod live_pages;
mod outage;
mod pages;
mod protocol;
mod recorded;
mod security;
mod streams;
mod support;
mod terminal;
mod wallets;
mod windows;
