//! What can go wrong in the store, by what the caller should do about it. Messages never hold
//! bound values: names, addresses and tokens stay out of logs.

use std::time::Duration;

/// Result of the store's methods.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// How long a caller should wait before it tries again.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Why the store could not do what it was asked to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database cannot be reached, or more is queued than it can write. Nothing is known of
    /// the request: it may be sent again with the same ids (503 with Retry-After).
    #[error("the database is not available: {reason}")]
    Unavailable {
        /// When to try again.
        retry_after: Duration,
        /// What was seen.
        reason: Reason,
    },
    /// The disk is full; nothing was stored (507).
    #[error("the database has no room left")]
    Full,
    /// The row is there already, or what it refers to is not (400).
    #[error("a row of that key exists, or what it refers to does not")]
    Conflict,
    /// A value cannot be stored: the message says which and why (422).
    #[error("{0}")]
    Invalid(&'static str),
    /// The database was made by a newer version of this program.
    #[error(
        "the database has schema {found}, this program knows schemas up to {known}: use the newer version"
    )]
    NewerSchema {
        /// Schema of the database.
        found: i64,
        /// Newest schema of this program.
        known: i64,
    },
    /// The address of the database cannot be used.
    #[error("database address: {0}")]
    Address(&'static str),
    /// A defect, or a database that someone else has changed (500).
    #[error("the database answered with an error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why the database is not available.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// As many requests wait as the queue holds.
    #[error("too many requests wait")]
    QueueFull,
    /// There is no connection, or it broke.
    #[error("no connection")]
    NoConnection,
    /// Another process holds the database, or a statement took too long.
    #[error("busy")]
    Busy,
    /// The store is being closed.
    #[error("closing")]
    Closing,
}

impl Error {
    pub(crate) fn unavailable(reason: Reason) -> Self {
        Self::Unavailable { retry_after: RETRY_AFTER, reason }
    }

    pub(crate) fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }

    /// The same answer for another request of the same batch.
    pub(crate) fn share(&self) -> Self {
        match self {
            Self::Unavailable { retry_after, reason } => {
                Self::Unavailable { retry_after: *retry_after, reason: *reason }
            }
            Self::Full => Self::Full,
            Self::Conflict => Self::Conflict,
            Self::Invalid(what) => Self::Invalid(what),
            Self::NewerSchema { found, known } => {
                Self::NewerSchema { found: *found, known: *known }
            }
            Self::Address(what) => Self::Address(what),
            Self::Internal(source) => Self::internal(source.to_string()),
        }
    }
}
