//! Pipelines from upstream to the store: the catalogue, and what happens in its markets.
//!
//! * [`live`] follows order books, in any process that shows or records them.
//! * [`record`] keeps the tape, quotes, resolutions and counts, in one process at a time.
//! * [`wallets`] imports histories and keeps their books.
//! * [`intelligence`] scores wallets and says what follows from all of them.
//!
//! A [`CatalogueSync`] is run by whichever process holds the ingest lock; others only ask for syncs, by a
//! row in `sync_logs`. Everything a sync writes goes through the connection that holds the lock, batch by
//! batch, so a process that is killed, or loses the lock, leaves whole batches and nothing else.

pub mod crawl;
pub mod error;
pub mod intelligence;
pub mod live;
pub mod options;
pub mod record;
pub mod service;
pub mod sync;
pub mod tally;
pub mod wallets;

pub use error::IngestError;
pub use options::{ClosedScope, IngestOptions};
pub use service::IngestService;
pub use sync::CatalogueSync;
