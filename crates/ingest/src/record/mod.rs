//! Recording what happens: the tape from two sources, quotes by the minute, resolutions, counts by window.
//!
//! One process at a time records, whoever holds the lock; everything is written through the connection that holds
//! it, so that one who lost it cannot write.

mod alike;
mod hear;
mod history;
mod newcomers;
mod oracle;
mod quotes;
mod read;
mod service;
mod tail;
mod windows;

pub use service::{RecordingOptions, RecordingService, Retention};
pub(crate) use service::{await_catalogue, ticks};
