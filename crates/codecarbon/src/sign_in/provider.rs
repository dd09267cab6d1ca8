//! A provider as its description says it is (OpenID Connect Discovery), and the calls to its token
//! endpoint: a code for tokens, renewal, revocation.

use std::time::Duration;

use carbon_http::{Answer, Client, Method, Request};
use carbon_sensors::{Clock, SystemClock};
use carbon_tracker::config::Secret;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::address::ProviderAddress;
use super::error::{SignInError, printable};
use super::form;
use super::tokens::{TokenAnswer, Tokens, claims};

/// What is asked for: who the person is, and to be renewed without them.
pub(super) const SCOPE: &str = "openid offline_access";

/// A provider that has been asked what it offers.
#[derive(Debug)]
pub(crate) struct Provider {
    client: Client,
    pub(super) client_id: String,
    pub(super) description: Description,
}

/// The part of a provider's description that is used.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Description {
    pub(super) issuer: String,
    token_endpoint: String,
    pub(super) authorization_endpoint: Option<String>,
    pub(super) device_authorization_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    /// Whether the provider names itself when it sends the browser back (RFC 9207).
    #[serde(default, rename = "authorization_response_iss_parameter_supported")]
    pub(super) names_itself: bool,
}

/// An error of a token endpoint (RFC 6749, section 5.2).
#[derive(Deserialize)]
struct Refusal {
    error: String,
    error_description: Option<String>,
}

impl Provider {
    /// Asks a provider for its description.
    ///
    /// # Errors
    /// No answer, or one that describes no provider.
    pub(crate) fn discover(client: Client, address: &ProviderAddress) -> Result<Self, SignInError> {
        let url = &address.well_known;
        let answer = client.send(&Request::get(url).header("accept", "application/json"))?;
        if !answer.is_success() {
            return Err(unsuitable(url, &format!("it answers with status {}", answer.status)));
        }
        let description: Description = parse(&answer, url)?;
        let endpoints = [
            Some(&description.token_endpoint),
            description.authorization_endpoint.as_ref(),
            description.device_authorization_endpoint.as_ref(),
            description.revocation_endpoint.as_ref(),
        ];
        for endpoint in endpoints.into_iter().flatten() {
            // An address of another kind would be opened by another program than a browser.
            if !endpoint.starts_with("https://") && !endpoint.starts_with("http://") {
                let why = format!("it names {:?}, which is no web address", printable(endpoint));
                return Err(unsuitable(url, &why));
            }
        }
        Ok(Self { client, client_id: address.client_id.clone(), description })
    }

    /// Whether a code for another device can be had.
    pub(crate) fn offers_device_codes(&self) -> bool {
        self.description.device_authorization_endpoint.is_some()
    }

    /// Tokens for a code that the browser brought. The identity token, where there is one, must be
    /// of this provider, for this client and of this sign-in.
    pub(super) fn exchange(
        &self,
        code: &str,
        verifier: &str,
        redirect: &str,
        nonce: &str,
    ) -> Result<Tokens, SignInError> {
        let answer = self.ask_for_tokens(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("code_verifier", verifier),
        ])?;
        if let Some(token) = &answer.id_token {
            self.check_identity(token, nonce)?;
        }
        self.tokens_of(answer)
    }

    /// Tokens once the person has typed the code of a device.
    pub(super) fn exchange_device_code(&self, device_code: &str) -> Result<Tokens, SignInError> {
        let answer = self.ask_for_tokens(&[
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", device_code),
        ])?;
        self.tokens_of(answer)
    }

    /// New tokens for old. A provider may give a new token for the next renewal, or leave the old.
    ///
    /// # Errors
    /// `invalid_grant` when the sign-in has ended.
    pub(super) fn renew(&self, refresh: &Secret) -> Result<Tokens, SignInError> {
        let answer = self.ask_for_tokens(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.expose()),
        ])?;
        let mut tokens = self.tokens_of(answer)?;
        tokens.refresh.get_or_insert_with(|| refresh.clone());
        Ok(tokens)
    }

    /// Makes a token void (RFC 7009); false when the provider has no means for it.
    pub(crate) fn revoke(&self, token: &Secret, kind: &str) -> Result<bool, SignInError> {
        let Some(url) = &self.description.revocation_endpoint else { return Ok(false) };
        let answer = self.post(url, &[("token", token.expose()), ("token_type_hint", kind)])?;
        if answer.is_success() { Ok(true) } else { Err(refusal(&answer, url)) }
    }

    /// Sends a form to an endpoint and reads an answer of JSON.
    pub(super) fn ask<T: DeserializeOwned>(
        &self,
        url: &str,
        pairs: &[(&str, &str)],
    ) -> Result<T, SignInError> {
        let answer = self.post(url, pairs)?;
        if answer.is_success() { parse(&answer, url) } else { Err(refusal(&answer, url)) }
    }

    fn ask_for_tokens(&self, pairs: &[(&str, &str)]) -> Result<TokenAnswer, SignInError> {
        self.ask(&self.description.token_endpoint, pairs)
    }

    fn post(&self, url: &str, pairs: &[(&str, &str)]) -> Result<Answer, SignInError> {
        let mut pairs = pairs.to_vec();
        pairs.push(("client_id", &self.client_id));
        let body = form::encode(&pairs);
        let request = Request::with_body(Method::Post, url, form::MEDIA_TYPE, body.as_bytes())
            .header("accept", "application/json");
        Ok(self.client.send(&request)?)
    }

    fn tokens_of(&self, answer: TokenAnswer) -> Result<Tokens, SignInError> {
        let url = &self.description.token_endpoint;
        let why = "it gives tokens that are not sent as they are (type is not Bearer)";
        answer.tokens(now()).ok_or_else(|| unsuitable(url, why))
    }

    fn check_identity(&self, token: &str, nonce: &str) -> Result<(), SignInError> {
        let foreign = |why| Err(SignInError::Foreign { why });
        let Some(claims) = claims(token) else { return foreign("its identity token is none") };
        let text = |name: &str| claims.get(name).and_then(|value| value.as_str());
        let mine = |value: &serde_json::Value| value.as_str() == Some(&self.client_id);
        let audience = claims.get("aud");
        let for_me = audience.is_some_and(mine)
            || audience.and_then(|list| list.as_array()).is_some_and(|list| list.iter().any(mine));
        if text("nonce") != Some(nonce) {
            return foreign("its identity token is of another sign-in");
        }
        if text("iss") != Some(&self.description.issuer) {
            return foreign("its identity token is of another provider");
        }
        if !for_me {
            return foreign("its identity token is for another client");
        }
        Ok(())
    }
}

/// The time since the Unix epoch.
pub(super) fn now() -> Duration {
    SystemClock.now().wall
}

fn parse<T: DeserializeOwned>(answer: &Answer, url: &str) -> Result<T, SignInError> {
    serde_json::from_slice(&answer.body).map_err(|error| {
        // The message of a missing field names the field, never a value.
        let why = if error.is_data() { error.to_string() } else { "no JSON".to_owned() };
        unsuitable(url, &format!("its answer is not what is expected: {}", printable(&why)))
    })
}

fn refusal(answer: &Answer, url: &str) -> SignInError {
    match serde_json::from_slice::<Refusal>(&answer.body) {
        Ok(refusal) => SignInError::Refused {
            code: printable(&refusal.error),
            description: refusal.error_description.as_deref().map(printable),
        },
        Err(_) => unsuitable(url, &format!("it answers with status {}", answer.status)),
    }
}

fn unsuitable(url: &str, why: &str) -> SignInError {
    SignInError::Unsuitable { url: printable(url), why: why.to_owned() }
}
