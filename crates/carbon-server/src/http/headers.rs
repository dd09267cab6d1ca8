//! What every answer tells a browser, whatever the route says: nothing is guessed, framed, kept or
//! loaded from elsewhere. A route that knows better sets the header itself.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

const SET: [(HeaderName, &str); 6] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
    (CONTENT_SECURITY_POLICY, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Adds what is missing. `host` is the one that the client used, where it came by TLS: for a year its
/// browser asks by TLS only. A name without a dot is a machine's own and is left alone, because all
/// its ports would be meant.
pub(super) fn complete(headers: &mut HeaderMap, host: Option<&str>) {
    for (name, value) in SET {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if host.is_some_and(|host| {
        host.contains(|letter: char| letter.is_ascii_alphabetic()) && host.contains('.')
    }) {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.entry(STRICT_TRANSPORT_SECURITY).or_insert(year);
    }
}
