//! What a request is answered with when it cannot be served, in the two shapes that clients know:
//! `{"detail": …}` on the published routes, problem documents (RFC 9457) under `/v1`.
//!
//! What went wrong inside is logged under an id and not sent.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::wire::Flaw;

/// What an answer with a fault says to those who count and log it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Trouble {
    /// Under which the fault is in the log.
    pub(crate) id: Option<Uuid>,
    /// Whether the store had no time or room.
    pub(crate) is_store: bool,
}

/// Why a request is not served, by what the client can do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The request is not what the route takes.
    #[error("the request is not what the route takes")]
    Flaws(Vec<Flaw>),
    /// A value that cannot be used, such as an id that is none.
    #[error("{0}")]
    Invalid(String),
    /// Nobody is signed in where somebody has to be.
    #[error("{detail}")]
    Unauthorized {
        /// What is told.
        detail: &'static str,
        /// Whether a bearer token is asked for.
        challenge: bool,
    },
    /// Whoever is signed in may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// There is no such thing, or nobody may know of it.
    #[error("{0}")]
    NotFound(String),
    /// Things are as they are: it would have to be otherwise first.
    #[error("{0}")]
    Conflict(String),
    /// The path is there, the method is not.
    #[error("Method Not Allowed")]
    MethodNotAllowed,
    /// The body is longer than the route takes.
    #[error("the body is longer than {limit} bytes")]
    TooLong {
        /// Limit of the route.
        limit: usize,
    },
    /// The body does not come in time.
    #[error("the body did not come in time")]
    TooSlow,
    /// The path and the query are longer than the server takes.
    #[error("the path and its query are longer than {limit} bytes")]
    UrlTooLong {
        /// Limit of the server.
        limit: usize,
    },
    /// The request names a host that is not this server's.
    #[error("this server is not known by the host of the request: set its public address")]
    Misdirected,
    /// The answer takes longer than an answer may.
    #[error("the answer takes too long")]
    Overdue,
    /// The body is of a kind, or packed in a way, that the route does not read.
    #[error("{0}")]
    Unsupported(String),
    /// Too many requests.
    #[error("too many requests")]
    TooMany {
        /// When another one will be served.
        retry_after: Duration,
    },
    /// The database cannot be reached or has too much to do.
    #[error("the database is not available")]
    Unavailable {
        /// When to try again.
        retry_after: Duration,
    },
    /// The service where people sign in does not answer.
    #[error("the sign-in service is not available")]
    NoSignIn {
        /// When to try again.
        retry_after: Duration,
    },
    /// The disk is full.
    #[error("there is no room left on the server")]
    Full,
    /// A fault of the server.
    #[error("Generic error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Fault {
    /// Nobody is signed in.
    pub const NOBODY: Self = Self::Unauthorized { detail: "Unauthorized", challenge: false };

    /// Its HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Flaws(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::Unauthorized { .. } => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::UrlTooLong { .. } => StatusCode::URI_TOO_LONG,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::Unsupported(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable { .. } | Self::NoSignIn { .. } | Self::Overdue => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Full => StatusCode::INSUFFICIENT_STORAGE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What the published routes call `detail`.
    fn detail(&self) -> Value {
        match self {
            Self::Flaws(flaws) => flaws.iter().map(Flaw::to_json).collect(),
            other => other.to_string().into(),
        }
    }

    fn answer(self, body: &Value, media_type: &'static str, id: Option<Uuid>) -> Response {
        let mut response = (self.status(), Json(body)).into_response();
        let is_store = matches!(self, Self::Unavailable { .. } | Self::Full);
        response.extensions_mut().insert(Trouble { id, is_store });
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        match self {
            Self::Unauthorized { challenge: true, .. } => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::TooMany { retry_after }
            | Self::Unavailable { retry_after }
            | Self::NoSignIn { retry_after } => {
                let seconds = retry_after.as_secs_f64().ceil().max(1.0) as u64;
                headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            Self::Overdue => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }

    /// Logs what stays here; the id by which it is found.
    fn log(&self) -> Option<Uuid> {
        let Self::Internal(source) = self else { return None };
        let id = Uuid::new_v4();
        tracing::error!(fault = %id, cause = %source, "a request failed");
        Some(id)
    }
}

impl From<Vec<Flaw>> for Fault {
    fn from(flaws: Vec<Flaw>) -> Self {
        Self::Flaws(flaws)
    }
}

impl From<carbon_store::Error> for Fault {
    fn from(error: carbon_store::Error) -> Self {
        use carbon_store::Error;
        match error {
            Error::Unavailable { retry_after, .. } => Self::Unavailable { retry_after },
            Error::Full => Self::Full,
            Error::Conflict => Self::Invalid("Relation not found, or duplicate key".to_owned()),
            Error::Invalid(what) => Self::Invalid(what.to_owned()),
            other => Self::Internal(other.into()),
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let id = self.log();
        let body = json!({ "detail": self.detail() });
        self.answer(&body, "application/json", id)
    }
}

/// The same fault as a problem document.
#[derive(Debug)]
pub struct Problem(pub Fault);

impl<F: Into<Fault>> From<F> for Problem {
    fn from(fault: F) -> Self {
        Self(fault.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self(fault) = self;
        let status = fault.status();
        let mut body = json!({
            "type": "about:blank",
            "title": status.canonical_reason().unwrap_or_default(),
            "status": status.as_u16(),
            "detail": fault.to_string(),
        });
        if let Fault::Flaws(_) = fault {
            body["errors"] = fault.detail();
        }
        let id = fault.log();
        if let Some(id) = id {
            body["instance"] = format!("urn:uuid:{id}").into();
        }
        fault.answer(&body, "application/problem+json", id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Place;

    async fn read(response: Response) -> (u16, String, Value) {
        let status = response.status().as_u16();
        let media =
            response.headers()[header::CONTENT_TYPE].to_str().unwrap_or_default().to_owned();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap_or_default();
        (status, media, serde_json::from_slice(&body).unwrap_or_default())
    }

    #[tokio::test]
    async fn flaws_have_the_published_shape_and_under_v1_that_of_a_problem() {
        let flaw = || Flaw::of_field("missing", Place::Body, "name", "Field required", &json!({}));
        let (status, _, body) = read(Fault::Flaws(vec![flaw()]).into_response()).await;
        assert_eq!((status, &body["detail"][0]["loc"]), (422, &json!(["body", "name"])));
        let (status, media, body) = read(Problem(Fault::Flaws(vec![flaw()])).into_response()).await;
        assert_eq!((status, media.as_str()), (422, "application/problem+json"));
        assert_eq!(body["errors"][0]["type"], "missing");
    }

    #[tokio::test]
    async fn what_went_wrong_inside_is_not_sent() {
        let fault = || Fault::Internal("password=hunter2".into());
        for response in [fault().into_response(), Problem(fault()).into_response()] {
            let (status, _, body) = read(response).await;
            assert_eq!(status, 500);
            assert!(!body.to_string().contains("hunter2"), "{body}");
        }
    }

    #[test]
    fn a_client_that_has_to_wait_is_told_how_long() {
        let fault = Fault::Unavailable { retry_after: Duration::from_millis(1500) };
        assert_eq!(fault.into_response().headers()[header::RETRY_AFTER], "2");
        let fault = Fault::Unauthorized { detail: "Not authenticated", challenge: true };
        assert_eq!(fault.into_response().headers()[header::WWW_AUTHENTICATE], "Bearer");
    }
}
