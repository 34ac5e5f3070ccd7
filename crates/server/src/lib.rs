//! The terminal: catalogue snapshot, HTTP API, pages, and the `cascadian` command line.

pub mod catalog;
pub mod view;
