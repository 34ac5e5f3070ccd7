//! What is followed as it happens: order books, by any process that shows or records them.
//!
//! A book is shown as live only while nothing casts doubt on it: the keeper of each token (`domain::book`) compares
//! what is announced with what it holds, connections that fell silent are made anew, some books of each are compared
//! with a request now and then, and all of them are fetched every few minutes.

mod books;
mod canary;
mod choose;
mod convert;
mod fetch;
mod messages;
mod service;
#[cfg(test)]
mod tests;
mod work;

pub use books::{LiveBook, LiveBooks, Watching};
pub use convert::{BookSnapshot, is_ghost, snapshot_of_rest};
pub use service::{LiveOptions, LiveService};
