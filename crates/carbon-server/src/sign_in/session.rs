//! Sessions of browsers: a cookie with a secret, and what the server keeps under its digest.

use std::time::Duration;

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use carbon_store::{Digest, SignedIn, Timestamp, User};
use serde_json::{Value, json};

use super::place::Base;
use super::{accounts, secret};
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::fault::Fault;
use crate::settings::Auth;

/// The cookie's name, which existing web apps and proxies know.
const NAME: &str = "user_session";

/// How often the use of a session or token is written down at most.
pub(crate) const USED_EVERY: Duration = Duration::from_mins(1);

/// What is in the cookie; an empty one is none.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<&str> {
    named(headers, NAME)
}

/// What is in a cookie.
pub(crate) fn named<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    let mut found = pairs.filter(|(name, _)| name.trim() == wanted).map(|(_, value)| value.trim());
    found.find(|value| !value.is_empty())
}

/// Begins a session, by whatever way somebody came in; the cookie for it. `told` is what a provider
/// said, with its token.
///
/// # Errors
/// The store does not answer.
pub(crate) async fn open(
    app: &App,
    base: &Base,
    user: &User,
    way: &'static str,
    told: Option<(&Value, Option<String>)>,
) -> Result<HeaderValue, Fault> {
    let (secret, digest) = secret::mint("")?;
    let now = app.now();
    let length = app.settings().session_length;
    let payload = match told {
        Some((claims, token)) => json!({ "claims": claims, "token": token }),
        None => json!({}),
    };
    let end = now.plus(length);
    let deed = Deed::of(Did::SignIn, user.id).with("by", way);
    let store = app.noting_by(Some(user.id), deed);
    store.open_session(digest, user.id, payload.to_string(), now, end).await?;
    Ok(set(base, NAME, &secret, length))
}

/// What the credentials of a session say of its person.
pub(crate) fn claims(session: &SignedIn) -> Value {
    let payload: Value = serde_json::from_str(&session.payload).unwrap_or_default();
    match payload.get("claims") {
        Some(claims @ Value::Object(_)) => claims.clone(),
        _ => accounts::claims(&session.user),
    }
}

/// When a session ends that is used now. One that a provider began has a fixed end, so that whoever
/// is not known there any more has to go.
pub(crate) fn end(app: &App, session: &SignedIn) -> Timestamp {
    match app.settings().auth {
        Auth::Oidc(_) => session.expires,
        Auth::Local(_) | Auth::None => app.now().plus(app.settings().session_length),
    }
}

/// By what a person names a session: it says nothing of the secret.
pub(crate) fn id(digest: Digest) -> String {
    secret::hex(&digest.0[..16])
}

/// A cookie that scripts do not see and other sites do not send along with forms.
pub(crate) fn set(base: &Base, name: &str, value: &str, age: Duration) -> HeaderValue {
    let secure = if base.is_https() { "; Secure" } else { "" };
    let age_s = age.as_secs();
    let text = format!("{name}={value}; Path=/; Max-Age={age_s}; HttpOnly; SameSite=Lax{secure}");
    // Secrets are letters, digits and dashes: always a valid header.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Takes the cookie away.
pub(crate) fn clear(base: &Base) -> HeaderValue {
    set(base, NAME, "", Duration::ZERO)
}

/// A header that sets a cookie.
pub(crate) fn header(cookie: HeaderValue) -> [(axum::http::HeaderName, HeaderValue); 1] {
    [(SET_COOKIE, cookie)]
}
