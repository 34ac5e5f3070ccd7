//! What can go wrong with a query, as far as a caller can act on it.

use std::error::Error as StdError;

/// A boxed cause. Its text is for logs: it may name tables and columns, never data or secrets.
pub type Cause = Box<dyn StdError + Send + Sync + 'static>;

/// The outcome of a query that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The row asked for does not exist, or is not visible to the current role.
    #[error("the row does not exist")]
    NotFound,

    /// A unique, foreign key, exclusion or check constraint refused the write. Constraints are
    /// named `<table>_<what>`, so the name says which rule.
    #[error("refused by the constraint {0}")]
    Conflict(String),

    /// The database cannot answer now: connection refused or lost, pool exhausted, server
    /// starting, stopping or out of resources, statement or lock timeout, deadlock. The same call
    /// may succeed later.
    #[error("the database is unavailable: {0}")]
    Unavailable(#[source] Cause),

    /// Anything else: a defect in a statement, a value that does not decode, missing rights.
    /// Repeating the call will not help.
    #[error("the database refused the statement: {0}")]
    Other(#[source] Cause),
}

impl StoreError {
    /// Wraps a failure that is not a database reply, such as a stored value that is not valid.
    pub fn other(cause: impl Into<Cause>) -> Self {
        Self::Other(cause.into())
    }

    /// Whether the same call may succeed later without any change.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// Whether the named constraint refused the write.
    pub fn is_conflict_on(&self, constraint: &str) -> bool {
        matches!(self, Self::Conflict(name) if name == constraint)
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(Box::new(error)),
            sqlx::Error::Database(reply) => {
                match classify(reply.code().as_deref().unwrap_or_default(), reply.constraint()) {
                    Class::Conflict(constraint) => Self::Conflict(constraint.to_owned()),
                    Class::Unavailable => Self::Unavailable(Box::new(error)),
                    Class::Other => Self::Other(Box::new(error)),
                }
            }
            _ => Self::Other(Box::new(error)),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Class<'a> {
    Conflict(&'a str),
    Unavailable,
    Other,
}

/// Sorts a server reply by its SQLSTATE (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
fn classify<'a>(sqlstate: &str, constraint: Option<&'a str>) -> Class<'a> {
    match (sqlstate, constraint) {
        // Foreign key, unique, check, exclusion.
        ("23503" | "23505" | "23514" | "23P01", Some(constraint)) => Class::Conflict(constraint),
        // Serialization failure, deadlock; idle transaction ended; lock not available; statement
        // timeout or cancelled; server shutting down, crashed, starting, database dropped, idle
        // session ended.
        (
            "40001" | "40P01" | "25P03" | "55P03" | "57014" | "57P01" | "57P02" | "57P03" | "57P04"
            | "57P05",
            _,
        ) => Class::Unavailable,
        // Connection exceptions; insufficient resources (disk full, too many connections).
        (code, _) if code.starts_with("08") || code.starts_with("53") => Class::Unavailable,
        _ => Class::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlstates_are_sorted_by_what_a_caller_can_do() {
        let table = [
            ("23505", Some("markets_pkey"), Class::Conflict("markets_pkey")),
            ("23503", Some("a_fkey"), Class::Conflict("a_fkey")),
            ("23502", None, Class::Other),
            ("57P01", None, Class::Unavailable),
            ("57P03", None, Class::Unavailable),
            ("57014", None, Class::Unavailable),
            ("53300", None, Class::Unavailable),
            ("08006", None, Class::Unavailable),
            ("40P01", None, Class::Unavailable),
            ("42501", None, Class::Other),
            ("42P01", None, Class::Other),
        ];
        for (code, constraint, expected) in table {
            assert_eq!(classify(code, constraint), expected, "{code}");
        }
    }

    #[test]
    fn local_failures_of_the_connection_are_retryable_and_a_missing_row_is_not() {
        assert!(StoreError::from(sqlx::Error::PoolTimedOut).is_retryable());
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        assert!(StoreError::from(sqlx::Error::Io(refused)).is_retryable());
        assert!(!StoreError::from(sqlx::Error::RowNotFound).is_retryable());
        assert!(StoreError::Conflict("x_key".to_owned()).is_conflict_on("x_key"));
    }
}
