//! Why a call of the API came to nothing, by what the caller should do.

use std::time::Duration;

use carbon_http::{Answer, HttpError};

/// A call without the answer that was hoped for. Messages hold the server's own words, and neither
/// tokens nor what was sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// The token or the login does not allow it: have another one, or another experiment.
    #[error("the server refuses the token ({status}{})", words(detail))]
    Refused {
        /// HTTP status, 401 or 403.
        status: u16,
        /// The server's words.
        detail: String,
    },
    /// What was asked for is not there: look at the ids and the address.
    #[error("the server does not know what it is asked for (404{})", words(detail))]
    NotFound {
        /// The server's words.
        detail: String,
    },
    /// What was sent is not valid; sending it again is of no use.
    #[error("the server takes it for invalid ({status}{})", words(detail))]
    Invalid {
        /// HTTP status: 400, 409, 413 or 422.
        status: u16,
        /// The server's words.
        detail: String,
    },
    /// Too many calls: wait.
    #[error("the server asks for fewer calls (429{})", words(detail))]
    RateLimited {
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
        /// The server's words.
        detail: String,
    },
    /// The server failed: try later.
    #[error("the server failed ({status}{})", words(detail))]
    ServerFault {
        /// HTTP status, 5xx or 408.
        status: u16,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
        /// The server's words.
        detail: String,
    },
    /// The address leads elsewhere: correct it.
    #[error("the API has moved to {to}: set api_endpoint to that")]
    Moved {
        /// Where to, as the server says.
        to: String,
    },
    /// An answer that the API never gives; a login page of a network does. Try later.
    #[error("the answer is none of the CodeCarbon API ({status}: {why})")]
    Strange {
        /// HTTP status.
        status: u16,
        /// What was expected, or what was there.
        why: String,
    },
    /// There was no answer.
    #[error(transparent)]
    NoAnswer(#[from] HttpError),
}

impl ApiError {
    /// The meaning of an answer that is not the expected one.
    pub(crate) fn of(answer: &Answer) -> Self {
        let detail = carbon_api::fault_text(&answer.body);
        let retry_after = answer.header("retry-after").and_then(|text| {
            let seconds: f64 = text.trim().parse().ok()?;
            Duration::try_from_secs_f64(seconds).ok()
        });
        match answer.status {
            status @ (401 | 403) => Self::Refused { status, detail },
            404 => Self::NotFound { detail },
            429 => Self::RateLimited { retry_after, detail },
            status @ (408 | 425 | 500..=599) => Self::ServerFault { status, retry_after, detail },
            status @ (400 | 409 | 413 | 422) => Self::Invalid { status, detail },
            status @ 300..=399 => match answer.header("location") {
                Some(to) => Self::Moved { to: without_query(to) },
                None => Self::Strange { status, why: detail },
            },
            status => Self::Strange { status, why: detail },
        }
    }

    /// Whether the same call may go well later, without anybody changing anything.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::ServerFault { .. } | Self::Strange { .. } => true,
            Self::NoAnswer(error) => error.is_passing(),
            _ => false,
        }
    }

    /// How long the server asks to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } | Self::ServerFault { retry_after, .. } => {
                *retry_after
            }
            _ => None,
        }
    }
}

fn words(detail: &str) -> String {
    if detail.is_empty() { String::new() } else { format!(": {detail}") }
}

fn without_query(address: &str) -> String {
    address.split(['?', '#']).next().unwrap_or_default().to_owned()
}
