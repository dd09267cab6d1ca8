//! A provider as its description says it is (OpenID Connect Discovery), with the keys of its tokens.
//!
//! Both are asked for on first use and kept. They are asked for again when they are old, beside the
//! requests, and when a token names a key that is not known, so that a provider may change its keys
//! at any time; not more often than [`BETWEEN`], whatever tokens say.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use carbon_http::{Client, HttpError, Policy};
use carbon_store::Timestamp;
use serde_json::Value;

use super::form;
use crate::fault::Fault;
use crate::settings::Oidc;
use crate::sign_in::jwt::{Claims, Jwt, Unfit};
use crate::sign_in::keys::Keys;

/// Shortest time between two questions for description and keys.
const BETWEEN: Duration = Duration::from_secs(10);

/// How old keys may become before they are asked for again.
const FRESH_FOR: Duration = Duration::from_hours(1);

/// How old they may become where the provider does not answer: it may have withdrawn one.
const USABLE_FOR: Duration = Duration::from_hours(24);

/// Why a provider is of no help.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It does not answer; worth trying later.
    #[error(transparent)]
    NoAnswer(#[from] HttpError),
    /// It answers with a fault; worth trying later.
    #[error("it answers with status {0}")]
    Status(u16),
    /// Its answer is none of a provider.
    #[error("its answer is not what a provider answers")]
    Strange,
    /// It was asked a moment ago.
    #[error("it did not answer a moment ago")]
    Resting,
    /// It says no.
    #[error("it refuses")]
    Refused,
    /// A token does not count.
    #[error("a token does not count: {0}")]
    Unfit(#[from] Unfit),
    /// Something here is broken.
    #[error("a task ended")]
    Task(#[from] tokio::task::JoinError),
}

impl Failure {
    /// What the client is told; the words are those of the published API where a token is wrong.
    pub(crate) fn into_fault(self) -> Fault {
        match self {
            Self::Unfit(why) => {
                tracing::debug!(%why, "a token of the provider is refused");
                Fault::Unauthorized {
                    detail: "JWKS validation of the token failed",
                    challenge: true,
                }
            }
            other => {
                tracing::warn!(cause = %other, "the sign-in service is of no help");
                Fault::NoSignIn { retry_after: BETWEEN }
            }
        }
    }
}

/// What a provider says of itself.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) userinfo_endpoint: Option<String>,
    pub(super) revocation_endpoint: Option<String>,
    /// Whether this server's password goes in a header, not in the form.
    pub(super) by_header: bool,
    keys: Keys,
    asked: Timestamp,
}

/// The provider.
#[derive(Debug, Clone)]
pub(crate) struct Provider(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    oidc: Oidc,
    client: OnceLock<Client>,
    known: Mutex<Option<Arc<Known>>>,
    /// When it was asked last; held while it is.
    asking: tokio::sync::Mutex<Option<Timestamp>>,
}

impl Provider {
    /// Nothing is asked yet.
    pub(crate) fn new(oidc: Oidc) -> Self {
        let (client, known) = (OnceLock::new(), Mutex::default());
        Self(Arc::new(Inner { oidc, client, known, asking: tokio::sync::Mutex::default() }))
    }

    /// What this server is to the provider.
    pub(super) fn oidc(&self) -> &Oidc {
        &self.0.oidc
    }

    /// Connections to it.
    ///
    /// # Errors
    /// The file of certificate authorities cannot be used.
    pub(super) fn client(&self) -> Result<Client, Failure> {
        if let Some(client) = self.0.client.get() {
            return Ok(client.clone());
        }
        let policy = Policy {
            longest_answer: 1 << 20,
            authorities: self.0.oidc.authorities.clone(),
            ..Policy::default()
        };
        let client = Client::new(policy)?;
        Ok(self.0.client.get_or_init(|| client).clone())
    }

    /// What an access token says, if it is one for this server and good now.
    ///
    /// # Errors
    /// It is not, or the provider's keys cannot be had.
    pub(crate) async fn verify_access(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Claims, Failure> {
        let claims = self.verify(token, now).await?;
        let oidc = &self.0.oidc;
        let listed = oidc.audiences.iter().map(String::as_str);
        let accepted: Vec<&str> = listed.chain([oidc.client_id.as_str()]).collect();
        claims.check_audience(&accepted)?;
        Ok(claims)
    }

    /// What a token of the provider says, whoever it is for.
    pub(super) async fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, Failure> {
        let known = self.known(now).await?;
        let found = known.keys.verify(Jwt::parse(token)?);
        let (known, claims) = match found {
            Err(Unfit::Signature) => {
                let Ok(newer) = self.ask(now, Some(known.asked)).await else {
                    return Err(Unfit::Signature.into());
                };
                let claims = newer.keys.verify(Jwt::parse(token)?)?;
                (newer, claims)
            }
            other => (known, other?),
        };
        claims.check_issuer(&known.issuer)?;
        claims.check_time(now, true)?;
        Ok(claims)
    }

    /// What is known of it; asks where nothing is.
    pub(super) async fn known(&self, now: Timestamp) -> Result<Arc<Known>, Failure> {
        let Some(known) = self.kept().filter(|known| known.asked.plus(USABLE_FOR) > now) else {
            return self.ask(now, None).await;
        };
        if known.asked.plus(FRESH_FOR) <= now {
            let (provider, asked) = (self.clone(), known.asked);
            tokio::spawn(async move {
                if let Err(why) = provider.ask(now, Some(asked)).await {
                    tracing::debug!(%why, "the keys of the sign-in service are not renewed");
                }
            });
        }
        Ok(known)
    }

    /// Asks it, unless what is known is newer than `seen`, or it was asked a moment ago.
    async fn ask(&self, now: Timestamp, seen: Option<Timestamp>) -> Result<Arc<Known>, Failure> {
        let mut last = self.0.asking.lock().await;
        if let Some(known) = self.kept()
            && known.asked.plus(USABLE_FOR) > now
            && seen.is_none_or(|seen| known.asked > seen)
        {
            return Ok(known);
        }
        // One that is still to come is of a clock that was set back.
        if last.is_some_and(|last| last <= now && last.plus(BETWEEN) > now) {
            return Err(Failure::Resting);
        }
        *last = Some(now);
        let (client, url) = (self.client()?, self.0.oidc.well_known_url.clone());
        let asked = tokio::task::spawn_blocking(move || discover(&client, &url, now)).await?;
        let known = Arc::new(asked?);
        *self.0.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&known));
        Ok(known)
    }

    fn kept(&self) -> Option<Arc<Known>> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn discover(client: &Client, url: &str, now: Timestamp) -> Result<Known, Failure> {
    let about = form::get(client, url, None)?;
    let text = |name: &str| about.get(name).and_then(Value::as_str).map(str::to_owned);
    let address = |name: &str| {
        text(name).filter(|url| url.starts_with("https://") || url.starts_with("http://"))
    };
    let needed = |name: &str| address(name).ok_or(Failure::Strange);
    let ways = about.get("token_endpoint_auth_methods_supported").and_then(Value::as_array);
    let by_header = ways.is_none_or(|ways| ways.iter().any(|way| way == "client_secret_basic"));
    let keys = Keys::of_json(&form::get(client, &needed("jwks_uri")?, None)?);
    if keys.is_empty() {
        return Err(Failure::Strange);
    }
    Ok(Known {
        issuer: text("issuer").ok_or(Failure::Strange)?,
        authorization_endpoint: needed("authorization_endpoint")?,
        token_endpoint: needed("token_endpoint")?,
        userinfo_endpoint: address("userinfo_endpoint"),
        revocation_endpoint: address("revocation_endpoint"),
        by_header,
        keys,
        asked: now,
    })
}
