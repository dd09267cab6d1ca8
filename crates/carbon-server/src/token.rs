//! Tokens of projects: who may write runs and their rows.

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use carbon_store::{Digest, ProjectToken, Timestamp};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};

use crate::app::App;
use crate::fault::Fault;
use crate::imported_token;

/// Header that carries the token.
pub(crate) const HEADER: &str = "x-api-token";

/// What project tokens begin with.
const PREFIX: &str = "cpt_";

/// A fresh token, and its digest.
///
/// # Errors
/// The system has no random numbers.
pub(crate) fn mint() -> Result<(String, Digest), Fault> {
    let mut secret = [0; 32];
    SystemRandom::new()
        .fill(&mut secret)
        .map_err(|_| Fault::Internal("the system gave no random numbers".into()))?;
    let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(secret));
    let digest = digest_of(&token);
    Ok((token, digest))
}

/// What the store knows of a secret.
pub(crate) fn digest_of(secret: &str) -> Digest {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, secret.as_bytes()).as_ref());
    Digest(bytes)
}

/// The token of a request that writes.
///
/// # Errors
/// There is none, or it may not write; the published words do not tell which token was wrong.
pub(crate) async fn writer(app: &App, headers: &HeaderMap) -> Result<ProjectToken, Fault> {
    let secret = headers.get(HEADER).and_then(|value| value.to_str().ok());
    let Some(secret) = secret.filter(|secret| !secret.is_empty()) else {
        return Err(refused("Not allowed to perform this action. Missing project token"));
    };
    let token = known(app, secret).await?.filter(ProjectToken::can_write);
    token.ok_or_else(wrong)
}

/// The token of a request that reads; none where there is none that may.
///
/// # Errors
/// The store does not answer.
pub(crate) async fn reader(app: &App, headers: &HeaderMap) -> Result<Option<ProjectToken>, Fault> {
    let secret = headers.get(HEADER).and_then(|value| value.to_str().ok());
    let Some(secret) = secret.filter(|secret| !secret.is_empty()) else { return Ok(None) };
    Ok(known(app, secret).await?.filter(ProjectToken::can_read))
}

/// A token that is good now, whatever it may do.
async fn known(app: &App, secret: &str) -> Result<Option<ProjectToken>, Fault> {
    let (now, digest) = (app.now(), digest_of(secret));
    let token = match app.tokens().get(digest, now) {
        Some(token) => Some(token),
        None => look_up(app, secret, digest, now).await?,
    };
    let Some(token) = token.filter(|token| token.is_valid(now)) else { return Ok(None) };
    if app.tokens().is_note_due(digest, now) {
        // That it cannot be noted, as on a disk that is full, is no reason to refuse the use.
        if let Err(why) = app.store().project_token_used(token.id, now).await {
            tracing::debug!(%why, "a use is not noted");
        }
    }
    Ok(Some(token))
}

async fn look_up(
    app: &App,
    secret: &str,
    digest: Digest,
    now: Timestamp,
) -> Result<Option<ProjectToken>, Fault> {
    let before = app.tokens().changes();
    let token = match app.store().project_token(digest).await? {
        Some(token) => Some(token),
        None => imported_token::find(app, secret, digest).await?,
    };
    if let Some(token) = &token {
        app.tokens().put(digest, token.clone(), now, before);
    }
    Ok(token)
}

/// What is told to a token that opens something else.
pub(crate) fn wrong() -> Fault {
    refused("Not allowed to perform this action")
}

fn refused(words: &str) -> Fault {
    Fault::Forbidden(words.to_owned())
}
