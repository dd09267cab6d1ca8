//! What can go wrong before there is an answer, by what the caller can do about it.

use std::path::PathBuf;
use std::time::Duration;

/// A call that got no answer. Messages name the host, never a token or a query.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The address is none; it has to be changed.
    #[error("{url:?} is no address of the form https://host/path: {why}")]
    BadAddress {
        /// The address, without its query and without what stands before an `@`.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// Nobody answers there: unknown host, refused, no route. Worth trying later.
    #[error("{host} cannot be reached: {why}")]
    Unreachable {
        /// Host and port.
        host: String,
        /// What the system says.
        why: String,
    },
    /// The host is not of the public internet, and [`Policy::public_only`](crate::Policy::public_only)
    /// asks for that: nothing was connected to.
    #[error("{host} is not reached: it is no host of the public internet")]
    NotPublic {
        /// Host and port.
        host: String,
    },
    /// No answer within the limit. The request may have arrived.
    #[error("{host} did not answer within {} s", limit.as_secs_f64())]
    TimedOut {
        /// Host and port.
        host: String,
        /// Limit of the call.
        limit: Duration,
    },
    /// The connection ended in the middle. The request may have arrived.
    #[error("{host} broke the connection off: {why}")]
    Cut {
        /// Host and port.
        host: String,
        /// What was seen.
        why: String,
    },
    /// No trusted connection: certificate or protocol.
    #[error("no trusted connection to {host}: {why}")]
    Untrusted {
        /// Host and port.
        host: String,
        /// What is wrong.
        why: String,
    },
    /// The answer is longer than the caller takes.
    #[error("the answer of {host} is longer than {limit} bytes")]
    TooLong {
        /// Host and port.
        host: String,
        /// Limit of the caller.
        limit: u64,
    },
    /// The file of certificate authorities cannot be used.
    #[error("the certificate authorities in {} cannot be used: {why}", path.display())]
    Authorities {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

impl HttpError {
    /// Whether the request may have had its effect although no answer came, so that a retry must be
    /// recognisable as one.
    pub fn may_have_arrived(&self) -> bool {
        matches!(self, Self::TimedOut { .. } | Self::Cut { .. } | Self::TooLong { .. })
    }

    /// Whether trying again later can help.
    pub fn is_passing(&self) -> bool {
        !matches!(self, Self::BadAddress { .. } | Self::Authorities { .. } | Self::NotPublic { .. })
    }
}
