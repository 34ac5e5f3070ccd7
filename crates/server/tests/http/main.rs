//! The server over HTTP, as clients meet it.

#![expect(clippy::unwrap_used, reason = "a test can do nothing about a failure but say so")]

mod api;
mod export;
mod generated;
mod live;
mod live_pages;
mod outage;
mod pages;
mod protocol;
mod security;
mod streams;
mod support;
mod windows;
