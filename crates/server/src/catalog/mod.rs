//! The catalogue in memory: every market and event as columns to filter and sort by, and as JSON rows
//! ready to send. A [`Snapshot`] never changes; a new one shares what did not change with the one before
//! and takes its place atomically, so a reader works on one consistent catalogue and waits for nobody.

mod cursor;
mod handle;
mod page;
mod related;
mod snapshot;
mod source;

pub use cursor::BadCursor;
pub use handle::{CatalogHandle, Generation};
pub use page::{Page, Row, ScreenPage};
pub use related::Subject;
pub use snapshot::Snapshot;
pub use source::{StoredEvent, StoredMarket};
