//! Which pages of other origins may ask (CORS), in the published words. What they may *change* with
//! somebody's cookie is decided by [`cross_site`](crate::sign_in), more narrowly: only origins that the
//! operator names.

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, CONTENT_TYPE, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::settings::{Auth, Settings};
use crate::sign_in::place::origin_of;

/// Origins that the published server lets in. Two more of its list have paths and so never match.
const PUBLISHED: [&str; 5] = [
    "https://api.codecarbon.io",
    "https://dashboard.codecarbon.io",
    "http://localhost",
    "http://localhost:3000",
    "http://localhost:8000",
];

const METHODS: &str = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";

/// How long browsers remember an answer, in seconds.
const MAX_AGE: &str = "600";

/// The answer to a browser that asks whether a page may send a request; none if this is not such a
/// question.
pub(super) fn preflight(
    settings: &Settings,
    method: &Method,
    headers: &HeaderMap,
) -> Option<Response> {
    let wanted = headers.get(ACCESS_CONTROL_REQUEST_METHOD)?;
    let origin = headers.get(ORIGIN).filter(|_| method == Method::OPTIONS)?;
    let mut wrong = Vec::new();
    if !is_let_in(settings, origin) {
        wrong.push("origin");
    }
    if !METHODS.split(", ").any(|known| wanted == known) {
        wrong.push("method");
    }
    let (status, text) = if wrong.is_empty() {
        (StatusCode::OK, "OK".to_owned())
    } else {
        (StatusCode::BAD_REQUEST, format!("Disallowed CORS {}", wrong.join(", ")))
    };
    let mut response = (status, text).into_response();
    let answer = response.headers_mut();
    answer.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    answer.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
    answer.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
    if let Some(names) = headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    Some(response)
}

/// Tells the browser whether the page may read the answer.
pub(super) fn admit(settings: &Settings, origin: Option<&HeaderValue>, answer: &mut HeaderMap) {
    // A cache must not give the answer for one origin to another.
    answer.append(VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = origin else { return };
    answer.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    if is_let_in(settings, origin) {
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    }
}

/// Whether pages of an origin may ask and read the answers.
pub(crate) fn is_let_in(settings: &Settings, origin: &HeaderValue) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    let named = settings.frontend_url.iter().chain(&settings.origins);
    let is_published = PUBLISHED.contains(&origin) && settings.has_published_origins;
    // Where nobody signs in, a page that may ask may do everything: none of another machine's may.
    let is_here = settings.auth != Auth::None || origin.starts_with("http://localhost");
    named.filter_map(|url| origin_of(url)).any(|known| known.eq_ignore_ascii_case(origin))
        || is_published && is_here
}
