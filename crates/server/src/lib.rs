//! The terminal: catalogue snapshot, HTTP API, pages, and the `cascadian` command line.

pub mod api;
pub mod assets;
pub mod background;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod follow;
pub mod http;
pub mod live;
pub mod pages;
pub mod sync_feed;
pub mod view;
