//! From what a request shows to who asks.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use carbon_store::User;

use super::jwt::{self, Jwt};
use super::place::Base;
use super::secret::digest_of;
use super::session::{self, USED_EVERY};
use super::{Caller, Credential, Identity, accounts, cross_site};
use crate::app::App;
use crate::fault::Fault;
use crate::token;

/// What personal access tokens begin with.
pub(crate) const PERSONAL: &str = "ccp_";

/// Who asks.
///
/// # Errors
/// A bearer that is not good, a request that another site makes with a person's cookie, or a store
/// or provider that does not answer.
pub(super) async fn caller(app: &App, parts: &Parts) -> Result<Caller, Fault> {
    if let Some(cookie) = session::cookie(&parts.headers)
        && let Some(caller) = by_cookie(app, cookie).await?
    {
        if !cross_site::is_safe(&parts.method) {
            let settings = app.settings();
            cross_site::require(settings, &Base::of(settings, parts), &parts.headers)?;
        }
        return Ok(caller);
    }
    if let Some(bearer) = bearer(&parts.headers) {
        return by_bearer(app, bearer).await;
    }
    if cross_site::is_safe(&parts.method) {
        return Ok(token::reader(app, &parts.headers)
            .await?
            .map_or(Caller::Nobody, Caller::Reader));
    }
    Ok(Caller::Nobody)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    Some(token.trim()).filter(|token| scheme.eq_ignore_ascii_case("bearer") && !token.is_empty())
}

/// A session of ours, or an access token as existing web apps keep it in the same cookie.
async fn by_cookie(app: &App, cookie: &str) -> Result<Option<Caller>, Fault> {
    if jwt::looks_like_one(cookie) {
        return match by_token(app, cookie).await {
            Err(Fault::Unauthorized { .. }) => Ok(None),
            other => other.map(Some),
        };
    }
    let (now, digest) = (app.now(), digest_of(cookie));
    let session = app.store().session(digest, now).await?;
    let Some(session) = session.filter(|session| session.user.is_active) else { return Ok(None) };
    if session.last_seen.plus(USED_EVERY) <= now {
        let end = session::end(app, &session);
        noted(app.store().session_used(digest, now, end).await);
    }
    let claims = session::claims(&session);
    Ok(Some(Caller::Person { user: session.user, claims, by: Credential::Session(digest) }))
}

/// That a use cannot be noted, as on a disk that is full, is no reason to refuse it.
fn noted(outcome: carbon_store::Result<()>) {
    if let Err(why) = outcome {
        tracing::debug!(%why, "a use is not noted");
    }
}

async fn by_bearer(app: &App, bearer: &str) -> Result<Caller, Fault> {
    if !bearer.starts_with(PERSONAL) {
        return by_token(app, bearer).await;
    }
    let now = app.now();
    let found = app.store().access_token(digest_of(bearer), now).await?;
    let Some((token, user)) = found.filter(|(_, user)| user.is_active) else {
        return Err(refused());
    };
    if token.last_used.is_none_or(|last| last.plus(USED_EVERY) <= now) {
        noted(app.store().access_token_used(token.id, now).await);
    }
    let claims = accounts::claims(&user);
    Ok(Caller::Person { user, claims, by: Credential::Personal(token.id) })
}

/// A token of a test, of the provider, or of ourselves.
async fn by_token(app: &App, token: &str) -> Result<Caller, Fault> {
    let now = app.now();
    let sign_in = app.sign_in();
    let mut wrong = refused();
    if let Some(key) = &sign_in.develop {
        let believed = Jwt::parse(token).ok().filter(|token| key.signed(token)).map(Jwt::believed);
        if let Some(claims) = believed.filter(|claims| claims.check_time(now, false).is_ok())
            && let Ok(identity) = Identity::of(claims)
        {
            return of_identity(app, identity).await;
        }
        wrong =
            Fault::Unauthorized { detail: "develop jwt_key validation failed", challenge: true };
    }
    let claims = match &sign_in.provider {
        Some(provider) => match provider.verify_access(token, now).await {
            Ok(claims) => claims,
            Err(failure) => {
                let fault = failure.into_fault();
                let is_refusal = matches!(fault, Fault::Unauthorized { .. });
                return Err(if is_refusal && sign_in.develop.is_some() { wrong } else { fault });
            }
        },
        None => sign_in.issuer.verify(app, token).await?.ok_or(wrong)?,
    };
    of_identity(app, Identity::of(claims).map_err(|_| refused())?).await
}

async fn of_identity(app: &App, identity: Identity) -> Result<Caller, Fault> {
    match accounts::of_subject(app, &identity.subject).await? {
        Some(User { is_active: false, .. }) => Err(refused()),
        Some(user) => Ok(Caller::Person { user, claims: identity.claims, by: Credential::Token }),
        None => Ok(Caller::Stranger(identity)),
    }
}

fn refused() -> Fault {
    Fault::Unauthorized { detail: "Could not validate credentials", challenge: true }
}
