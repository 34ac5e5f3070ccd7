//! The HTTP layer: what is common to all routes. [`layers`] lists, in order, what happens to a request.

pub mod bodies;
pub mod cache;
pub mod client;
pub mod error;
pub mod extract;
pub mod layers;
pub mod request_id;
pub mod security;
mod serve;
pub mod state;

pub use serve::{router, serve};
pub use state::{AppState, Parts, Secret, Settings};
