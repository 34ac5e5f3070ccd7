//! `PostgreSQL` for Cascadian: the private cluster, migrations, roles, and one module per family
//! of tables. SQL is written nowhere else.
//!
//! Queries are functions over an executor that the caller chooses by what it may do:
//! [`Database::service`] (ingest and jobs), [`Database::public`] (anonymous reads), or a
//! [`UserTx`] (one person's rows). Row-level security decides what each of them sees.

pub mod bars;
pub mod catalogue;
pub mod cluster;
mod column;
pub mod connect;
pub mod error;
pub mod events;
pub mod history;
pub mod lock;
pub mod markets;
pub mod migrate;
pub mod months;
pub mod newcomers;
pub mod notify;
pub mod origin;
pub mod quarantine;
mod record;
pub mod resolutions;
pub mod streaming;
pub mod sweep;
pub mod sync_logs;
pub mod tape;
#[cfg(feature = "testing")]
pub mod testing;
pub mod trades;
pub mod wallets;
pub mod windows;

pub use cluster::{Cluster, ClusterOptions};
pub use connect::{Database, DatabaseSource, DatabaseUrl, UserTx};
pub use error::StoreError;
// The types of this crate's signatures, so that its users need no database driver of their own.
pub use sqlx::{PgConnection, PgPool};
