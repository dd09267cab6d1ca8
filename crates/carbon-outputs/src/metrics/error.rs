//! Why metrics did not arrive, by what can be done about it.

use std::time::Duration;

use carbon_http::{Answer, HttpError};

/// Longest part of an answer that is repeated in a message.
const LONGEST_EXCERPT: usize = 200;

/// Metrics did not arrive. Messages name the host, never a credential.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// No answer came.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The collector does not want them as they are: credentials, address or content have to be
    /// changed.
    #[error("{host} refuses the metrics: {status}{answer}")]
    Refused {
        /// Host and port.
        host: String,
        /// Status of HTTP or gRPC.
        status: String,
        /// What the collector says, with a colon before it.
        answer: String,
    },
    /// The collector cannot take them now; worth trying again.
    #[error("{host} takes no metrics at present: {status}{answer}")]
    Busy {
        /// Host and port.
        host: String,
        /// Status of HTTP or gRPC.
        status: String,
        /// What the collector says, with a colon before it.
        answer: String,
        /// When the collector wants to be asked again, if it says so.
        after: Option<Duration>,
    },
    /// The collector took some of the points and dropped the others.
    #[error("{host} dropped {rejected} points{answer}")]
    Partial {
        /// Host and port.
        host: String,
        /// Points that were dropped.
        rejected: i64,
        /// What the collector says, with a colon before it.
        answer: String,
    },
    /// No connection of HTTP/2 could be made or kept.
    #[error("{host} cannot be spoken to: {why}")]
    Connection {
        /// Host and port.
        host: String,
        /// What is wrong.
        why: String,
    },
    /// The answer came later than it was waited for.
    #[error("{host} did not answer within {} s", limit.as_secs_f64())]
    TimedOut {
        /// Host and port.
        host: String,
        /// Limit of the call.
        limit: Duration,
    },
}

impl ExportError {
    /// An answer of HTTP that is not 2xx.
    pub(crate) fn of_answer(url: &str, answer: &Answer) -> Self {
        let host = host_of(url);
        let status = format!("HTTP {}", answer.status);
        let said = excerpt(&answer.text());
        match answer.status {
            429 | 502 | 503 | 504 => {
                let after = answer.header("retry-after").and_then(|s| s.trim().parse().ok());
                let after = after.map(Duration::from_secs);
                Self::Busy { host, status, answer: said, after }
            }
            _ => Self::Refused { host, status, answer: said },
        }
    }

    /// Whether the same metrics may arrive when they are sent again.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Http(error) => error.is_passing(),
            Self::Busy { .. } | Self::Connection { .. } | Self::TimedOut { .. } => true,
            Self::Refused { .. } | Self::Partial { .. } => false,
        }
    }

    /// Whether a collector is there, so that trying again soon makes sense.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self, Self::Busy { .. })
    }

    /// When the collector wants to be asked again, if it said so.
    pub(crate) fn after(&self) -> Option<Duration> {
        if let Self::Busy { after, .. } = self { *after } else { None }
    }
}

/// Host and port of an address, without the password before an @.
pub(crate) fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default().to_owned()
}

/// The beginning of what a collector says, on one line, with a colon before it; nothing for nothing.
pub(crate) fn excerpt(text: &str) -> String {
    let printable = |c: char| if c.is_control() { ' ' } else { c };
    let line: String = text.trim().chars().take(LONGEST_EXCERPT).map(printable).collect();
    if line.is_empty() { line } else { format!(": {line}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_worth_a_second_try_is_told_from_what_is_not() {
        let url = "http://user:secret@gateway:9091/metrics";
        let of = |status, after: Option<&str>| {
            let headers = after.map(|s| ("retry-after".to_owned(), s.to_owned()));
            let headers = headers.into_iter().collect();
            ExportError::of_answer(url, &Answer { status, headers, body: b"no\nmore".to_vec() })
        };
        let busy = of(503, Some("7"));
        assert!(busy.is_passing() && busy.is_busy());
        assert_eq!(busy.after(), Some(Duration::from_secs(7)));
        assert_eq!(busy.to_string(), "gateway:9091 takes no metrics at present: HTTP 503: no more");
        let refused = of(401, None);
        assert!(!refused.is_passing() && !refused.is_busy());
        assert_eq!(refused.to_string(), "gateway:9091 refuses the metrics: HTTP 401: no more");
    }
}
