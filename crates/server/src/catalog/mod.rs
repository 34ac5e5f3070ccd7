//! The catalogue in memory: every market and event as columns to filter and sort by, and as JSON rows
//! ready to send. A [`Snapshot`] never changes; a new one shares what did not change with the one before
//! and takes its place atomically, so a reader works on one consistent catalogue and waits for nobody.

mod beside;
mod bitmap;
mod categories;
mod columns;
mod cursor;
mod event_kernel;
mod events;
mod facets;
mod handle;
mod kernel;
mod lists;
mod lookup;
mod matching;
mod order;
mod page;
mod patch;
mod related;
mod smart_money;
mod snapshot;
mod tags;
mod text;
mod titles;
mod typo;
mod windows;
mod words;

#[cfg(test)]
mod tests;

pub use cursor::BadCursor;
pub use handle::{CatalogHandle, Generation};
pub use page::{Page, Row, ScreenPage};
pub use related::Subject;
pub use snapshot::Snapshot;
