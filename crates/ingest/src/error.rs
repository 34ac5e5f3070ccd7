//! Why a sync ended early.

use domain::Origin;
use polymarket::UpstreamError;
use store::StoreError;

/// Why a sync ended early.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// Upstream did not answer, or not with anything usable.
    #[error("upstream: {0}")]
    Upstream(#[from] UpstreamError),
    /// The database did not take what was to be written.
    #[error("database: {0}")]
    Store(#[from] StoreError),
    /// The database holds data of another origin.
    #[error(
        "this database holds data of {held}, but {found} answers: use another --data-dir or database for it"
    )]
    ForeignOrigin {
        /// Whose data it holds.
        held: Origin,
        /// What answers.
        found: Origin,
    },
    /// The process is shutting down.
    #[error("stopped before it was done")]
    Cancelled,
}
