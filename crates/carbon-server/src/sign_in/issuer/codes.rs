//! Codes that a browser brings to a command, and tokens for renewal.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use carbon_store::{PendingKind, User};
use ring::digest::{SHA256, digest};
use serde_json::Value;

use super::{CLIENT, Grant, INVALID, Refusal};
use crate::app::App;
use crate::fault::Fault;
use crate::sign_in::place::{Base, origin_of};
use crate::sign_in::secret::{digest_of, mint};

/// How long a code is good.
const CODE_FOR: Duration = Duration::from_mins(2);

/// How long a token for renewal is good, from its last use.
const RENEWAL_FOR: Duration = Duration::from_hours(24 * 30);

/// What a command asks of a person, by way of the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) redirect: String,
    pub(crate) state: String,
    challenge: String,
    nonce: Option<String>,
    scope: String,
}

/// Names under which a question travels.
const NAMES: [&str; 7] = [
    "response_type",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
];

impl Question {
    /// Reads a question.
    ///
    /// # Errors
    /// What is wrong with it. Nobody is sent anywhere then: the address may be anyone's.
    pub(crate) fn read(value: impl Fn(&str) -> Option<String>) -> Result<Self, &'static str> {
        if value("client_id").as_deref() != Some(CLIENT) {
            return Err("this client is not known here");
        }
        let redirect = value("redirect_uri").filter(|url| is_loopback(url));
        let redirect = redirect.ok_or("the way back does not lead to this machine")?;
        if value("response_type").as_deref() != Some("code") {
            return Err("only codes are given");
        }
        let challenge = value("code_challenge").filter(|challenge| challenge.len() == 43);
        let is_hashed = value("code_challenge_method").as_deref() == Some("S256");
        let challenge = challenge.filter(|_| is_hashed);
        Ok(Self {
            redirect,
            state: value("state").unwrap_or_default(),
            challenge: challenge.ok_or("the client proves nothing (PKCE with S256 is needed)")?,
            nonce: value("nonce"),
            scope: value("scope").unwrap_or_default(),
        })
    }

    /// The question as names and values, to be asked again.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, &str)> {
        let values = [
            "code",
            &self.redirect,
            &self.scope,
            &self.state,
            self.nonce.as_deref().unwrap_or_default(),
            &self.challenge,
            "S256",
        ];
        [("client_id", CLIENT)].into_iter().chain(NAMES.into_iter().zip(values)).collect()
    }

    /// Where the browser goes with an answer.
    pub(crate) fn back(&self, base: &Base, name: &str, value: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair(name, value);
        if !self.state.is_empty() {
            query.append_pair("state", &self.state);
        }
        query.append_pair("iss", base.as_str());
        let joint = if self.redirect.contains('?') { '&' } else { '?' };
        format!("{}{joint}{}", self.redirect, query.finish())
    }
}

/// Whether an address is one of the machine that the browser runs on (RFC 8252, 7.3).
fn is_loopback(url: &str) -> bool {
    let Some(host) = origin_of(url).and_then(|origin| origin.strip_prefix("http://")) else {
        return false;
    };
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_plain = url.bytes().all(|byte| byte.is_ascii_graphic()) && !url.contains('#');
    is_plain && ["localhost", "127.0.0.1", "[::1]"].contains(&name)
}

/// A code that answers a question for a person.
///
/// # Errors
/// The store does not answer.
pub(crate) async fn give_code(app: &App, question: &Question, user: User) -> Result<String, Fault> {
    let grant = Grant::new(app, user, question.nonce.clone(), question.scope.clone()).await?;
    let mut kept = grant.kept();
    kept["redirect"] = question.redirect.as_str().into();
    kept["challenge"] = question.challenge.as_str().into();
    let (code, digest) = mint("")?;
    let end = app.now().plus(CODE_FOR);
    app.store().keep_pending(PendingKind::AuthorizationCode, digest, kept.to_string(), end).await?;
    Ok(code)
}

/// Tokens for a code, once, for whoever asked the question.
///
/// # Errors
/// The code is not good, or somebody else's.
pub(crate) async fn exchange_code(
    app: &App,
    base: &Base,
    code: &str,
    verifier: &str,
    redirect: &str,
) -> Result<Value, Refusal> {
    let kept = take(app, PendingKind::AuthorizationCode, code).await?;
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
    if kept["challenge"] != challenge.as_str() || kept["redirect"] != redirect {
        return Err(INVALID);
    }
    Grant::read(app, &kept).await?.tokens(app, base).await
}

/// New tokens for old: the old one is of no use any more.
///
/// # Errors
/// The token is not good, or the person may not sign in any more.
pub(crate) async fn renew(app: &App, base: &Base, token: &str) -> Result<Value, Refusal> {
    let kept = take(app, PendingKind::RefreshToken, token).await?;
    let mut grant = Grant::read(app, &kept).await?;
    grant.nonce = None;
    grant.tokens(app, base).await
}

/// Makes a token for renewal useless; others end by themselves.
///
/// # Errors
/// The store does not answer.
pub(crate) async fn revoke(app: &App, token: &str) -> Result<(), Fault> {
    let (kind, digest) = (PendingKind::RefreshToken, digest_of(token));
    app.store().take_pending(kind, digest, app.now()).await?;
    Ok(())
}

/// A token with which a grant is renewed.
pub(super) async fn keep_renewal(app: &App, grant: &Grant) -> Result<String, Fault> {
    let (token, digest) = mint("ccr_")?;
    let end = app.now().plus(RENEWAL_FOR);
    let kept = grant.kept().to_string();
    app.store().keep_pending(PendingKind::RefreshToken, digest, kept, end).await?;
    Ok(token)
}

async fn take(app: &App, kind: PendingKind, secret: &str) -> Result<Value, Refusal> {
    let kept = app.store().take_pending(kind, digest_of(secret), app.now()).await?;
    kept.and_then(|kept| serde_json::from_str(&kept).ok()).ok_or(INVALID)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_sent_to_their_own_machine_only() {
        for url in [
            "http://localhost:8090/callback",
            "http://127.0.0.1:1/x",
            "http://[::1]:9/callback?a=b",
        ] {
            assert!(is_loopback(url), "{url}");
        }
        for url in [
            "https://localhost.evil.example/callback",
            "http://localhost:8090@evil.example/",
            "http://evil.example/?http://localhost/",
            "http://localhost:1/#x",
            "http://localhost:1/\r\nx: y",
            "codecarbon://callback",
            "",
        ] {
            assert!(!is_loopback(url), "{url}");
        }
    }

    #[test]
    fn a_question_without_proof_is_not_asked() {
        let mut pairs = vec![
            ("client_id", "codecarbon-cli"),
            ("redirect_uri", "http://localhost:8090/callback"),
            ("response_type", "code"),
            ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            ("code_challenge_method", "S256"),
            ("state", "s&s"),
        ];
        let read = |pairs: &[(&str, &str)]| {
            Question::read(|wanted| {
                pairs.iter().find(|(name, _)| *name == wanted).map(|(_, v)| (*v).to_owned())
            })
        };
        let question = read(&pairs).unwrap();
        assert_eq!(read(&question.pairs()).unwrap().state, "s&s");
        for left_out in 0..5 {
            let mut fewer = pairs.clone();
            fewer.remove(left_out);
            assert!(read(&fewer).is_err(), "{:?}", pairs[left_out]);
        }
        pairs[4].1 = "plain";
        assert!(read(&pairs).is_err());
    }
}
