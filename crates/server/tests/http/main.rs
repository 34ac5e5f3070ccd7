//! The server over HTTP, as clients meet it.

mod api;
mod export;
mod generated;
mod outage;
mod pages;
mod protocol;
mod security;
mod streams;
mod support;
