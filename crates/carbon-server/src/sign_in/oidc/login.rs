//! A browser's way to the provider and back: authorization code with PKCE (RFC 7636), state and
//! nonce. What is needed on the way back is kept by the server, under the digest of a secret that the
//! browser carries both in its address and in a cookie, so that nobody can be signed in by following
//! somebody else's address.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use carbon_store::{PendingKind, SignedIn};
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value, json};

use super::form;
use super::provider::{Failure, Known, Provider};
use crate::app::App;
use crate::fault::Fault;
use crate::sign_in::Identity;
use crate::sign_in::jwt::{Claims, Unfit};
use crate::sign_in::place::Base;
use crate::sign_in::secret::{digest_of, mint};

/// How long a person may take at the provider.
pub(crate) const TAKES: Duration = Duration::from_mins(10);

/// A way that a browser is sent.
pub(crate) struct Departure {
    /// Where to.
    pub(crate) url: String,
    /// What it has to bring back.
    pub(crate) state: String,
}

/// Who came back.
pub(crate) struct Arrival {
    /// Who it is.
    pub(crate) identity: Identity,
    /// Where they wanted to go.
    pub(crate) next: String,
    /// What the session needs to know to end it at the provider too.
    pub(crate) token: Option<String>,
}

/// Prepares the way to the provider.
///
/// # Errors
/// The provider is of no help.
pub(crate) async fn depart(
    app: &App,
    provider: &Provider,
    base: &Base,
    next: String,
) -> Result<Departure, Fault> {
    let now = app.now();
    let known = provider.known(now).await.map_err(Failure::into_fault)?;
    let ((state, kept), (nonce, _), (verifier, _)) = (mint("")?, mint("")?, mint("")?);
    let redirect = redirect_uri(base);
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", &provider.oidc().client_id)
        .append_pair("redirect_uri", &redirect)
        .append_pair("scope", "openid email profile")
        .append_pair("state", &state)
        .append_pair("nonce", &nonce)
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256")
        .finish();
    let payload = json!({
        "nonce": nonce, "verifier": verifier, "redirect": redirect, "next": next,
    });
    let kept =
        app.store().keep_pending(PendingKind::Login, kept, payload.to_string(), now.plus(TAKES));
    kept.await?;
    let endpoint = &known.authorization_endpoint;
    let joint = if endpoint.contains('?') { '&' } else { '?' };
    Ok(Departure { url: format!("{endpoint}{joint}{query}"), state })
}

/// Receives a browser that brings a code; none where it belongs to no way that is known, or where
/// the provider says no.
///
/// # Errors
/// The provider is of no help.
pub(crate) async fn arrive(
    app: &App,
    provider: &Provider,
    state: &str,
    code: &str,
) -> Result<Option<Arrival>, Fault> {
    let now = app.now();
    let kept = app.store().take_pending(PendingKind::Login, digest_of(state), now).await?;
    let Some(kept) = kept.and_then(|kept| serde_json::from_str::<Value>(&kept).ok()) else {
        return Ok(None);
    };
    let (claims, token) = match exchange(app, provider, code, &kept).await {
        Ok(exchanged) => exchanged,
        Err(failure @ (Failure::Refused | Failure::Unfit(_))) => {
            tracing::info!(why = %failure, "nobody is signed in at the provider");
            return Ok(None);
        }
        Err(failure) => return Err(failure.into_fault()),
    };
    let Ok(identity) = Identity::of(claims) else { return Ok(None) };
    let next = kept["next"].as_str().unwrap_or_default().to_owned();
    Ok(Some(Arrival { identity, next, token }))
}

async fn exchange(
    app: &App,
    provider: &Provider,
    code: &str,
    kept: &Value,
) -> Result<(Claims, Option<String>), Failure> {
    let now = app.now();
    let known = provider.known(now).await?;
    let kept = |name: &str| kept[name].as_str().unwrap_or_default();
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", kept("redirect")),
        ("code_verifier", kept("verifier")),
    ];
    let answer = ask(provider, &known.token_endpoint, &known, &pairs).await?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str);
    let mut claims = provider.verify(text("id_token").ok_or(Failure::Strange)?, now).await?;
    claims.check_identity(&provider.oidc().client_id, kept("nonce"))?;
    let access = text("access_token").map(str::to_owned);
    if claims.text("email").is_none() {
        complete(provider, &known, access.clone(), &mut claims).await?;
    }
    let token = text("refresh_token").map(str::to_owned).or(access);
    Ok((claims, token))
}

/// Asks for the address of a person where the identity token does not tell it.
async fn complete(
    provider: &Provider,
    known: &Known,
    access: Option<String>,
    claims: &mut Claims,
) -> Result<(), Failure> {
    let (Some(url), Some(token)) = (known.userinfo_endpoint.clone(), access) else { return Ok(()) };
    let client = provider.client()?;
    let told =
        tokio::task::spawn_blocking(move || form::get(&client, &url, Some(&token))).await??;
    let told: Map<String, Value> = told.as_object().cloned().ok_or(Failure::Strange)?;
    if told.get("sub").and_then(Value::as_str) != Some(claims.subject()?) {
        return Err(Unfit::Subject.into());
    }
    for name in ["email", "email_verified", "name", "preferred_username"] {
        if let Some(value) = told.get(name) {
            claims.0.entry(name).or_insert_with(|| value.clone());
        }
    }
    Ok(())
}

/// Ends a session at the provider too, where it offers that. The answer changes nothing here.
pub(crate) fn revoke(app: &App, provider: &Provider, session: &SignedIn) {
    let payload: Value = serde_json::from_str(&session.payload).unwrap_or_default();
    let Some(token) = payload["token"].as_str().map(str::to_owned) else { return };
    let (provider, now) = (provider.clone(), app.now());
    tokio::spawn(async move {
        let done = async {
            let known = provider.known(now).await?;
            let Some(url) = &known.revocation_endpoint else { return Ok(()) };
            ask(&provider, url, &known, &[("token", &token)]).await.map(drop)
        };
        if let Err(why) = done.await {
            let _: &Failure = &why;
            tracing::info!(%why, "a session is not ended at the provider");
        }
    });
}

async fn ask(
    provider: &Provider,
    url: &str,
    known: &Known,
    pairs: &[(&str, &str)],
) -> Result<Value, Failure> {
    let (client, oidc) = (provider.client()?, provider.oidc().clone());
    let (url, by_header) = (url.to_owned(), known.by_header);
    let pairs: Vec<(String, String)> =
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    tokio::task::spawn_blocking(move || {
        let pairs: Vec<(&str, &str)> =
            pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        form::post(&client, &oidc, &url, by_header, &pairs)
    })
    .await?
}

/// Where the provider sends the browser back to: the one address that is registered there.
fn redirect_uri(base: &Base) -> String {
    format!("{}/auth/login", base.as_str())
}
