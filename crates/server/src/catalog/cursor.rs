//! Cursors.
/// A cursor that was not made for this order, or not by this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a cursor of this screen; start again without it")]
pub struct BadCursor;
