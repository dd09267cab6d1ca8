//! Signed tokens (JWT in compact form, RFC 7515 and 7519): taken apart, and their claims checked.
//! Whose key made the signature is for [`keys`](super::keys) to say.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use carbon_store::Timestamp;
use serde_json::{Map, Value};

/// Longest token, in bytes; longer ones are not looked at.
const LONGEST: usize = 16 * 1024;

/// By how much the clocks of two machines may differ, in seconds.
const LEEWAY_S: f64 = 60.0;

/// A token that has been taken apart, and not believed yet.
#[derive(Debug)]
pub(crate) struct Jwt<'a> {
    /// How it says that it is signed.
    pub(crate) algorithm: String,
    /// Which key it says that it is signed with.
    pub(crate) key_id: Option<String>,
    /// What the signature is of.
    pub(crate) signed: &'a [u8],
    /// The signature.
    pub(crate) signature: Vec<u8>,
    claims: Claims,
}

/// What a token says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Claims(pub(crate) Map<String, Value>);

/// Why what a token says does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    #[error("it is no token")]
    NoToken,
    #[error("its signature is of no key of the provider")]
    Signature,
    #[error("it has ended, or says no end")]
    Ended,
    #[error("it has not begun")]
    NotYet,
    #[error("it is of another issuer")]
    Issuer,
    #[error("it is for somebody else")]
    Audience,
    #[error("it is of another sign-in")]
    Nonce,
    #[error("it says nobody's name")]
    Subject,
}

impl<'a> Jwt<'a> {
    /// Takes a token apart.
    ///
    /// # Errors
    /// It is none, or one with extensions that would have to be understood.
    pub(crate) fn parse(token: &'a str) -> Result<Self, Unfit> {
        let apart = || {
            let (signed, signature) = token.rsplit_once('.')?;
            let (header, claims) = signed.split_once('.')?;
            let header = object(header)?;
            if token.len() > LONGEST || header.contains_key("crit") {
                return None;
            }
            let text = |name: &str| header.get(name).and_then(Value::as_str).map(str::to_owned);
            Some(Self {
                algorithm: text("alg")?,
                key_id: text("kid"),
                signed: signed.as_bytes(),
                signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
                claims: Claims(object(claims)?),
            })
        };
        apart().ok_or(Unfit::NoToken)
    }

    /// What it says, once the signature is known to be right.
    pub(crate) fn believed(self) -> Claims {
        self.claims
    }
}

/// Whether a text looks like a token.
pub(crate) fn looks_like_one(text: &str) -> bool {
    text.split('.').count() == 3
}

impl Claims {
    /// A text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// Who it is about.
    pub(crate) fn subject(&self) -> Result<&str, Unfit> {
        self.text("sub").ok_or(Unfit::Subject)
    }

    /// Checks that it is good now.
    pub(crate) fn check_time(&self, now: Timestamp, needs_end: bool) -> Result<(), Unfit> {
        let now_s = now.micros() as f64 / 1e6;
        let time = |name: &str| match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_f64().map(Some).ok_or(Unfit::NoToken),
        };
        match time("exp")? {
            Some(end) if end + LEEWAY_S <= now_s => return Err(Unfit::Ended),
            None if needs_end => return Err(Unfit::Ended),
            _ => {}
        }
        for begin in ["nbf", "iat"] {
            if time(begin)?.is_some_and(|begin| begin - LEEWAY_S > now_s) {
                return Err(Unfit::NotYet);
            }
        }
        Ok(())
    }

    /// Checks whose it is.
    pub(crate) fn check_issuer(&self, issuer: &str) -> Result<(), Unfit> {
        if self.text("iss") == Some(issuer) { Ok(()) } else { Err(Unfit::Issuer) }
    }

    /// Checks that it is an access token for one of these, or was given to one of these.
    pub(crate) fn check_audience(&self, accepted: &[&str]) -> Result<(), Unfit> {
        let party = self.text("azp").or_else(|| self.text("client_id"));
        let fits = self.audience().into_iter().chain(party).any(|name| accepted.contains(&name));
        if fits { Ok(()) } else { Err(Unfit::Audience) }
    }

    /// Checks that it is an identity token for this client and of this sign-in (OpenID Connect Core,
    /// 3.1.3.7).
    pub(crate) fn check_identity(&self, client_id: &str, nonce: &str) -> Result<(), Unfit> {
        let audience = self.audience();
        let party = self.text("azp");
        let is_ours = audience.contains(&client_id)
            && party.is_none_or(|party| party == client_id)
            && (audience.len() == 1 || party.is_some());
        if !is_ours {
            return Err(Unfit::Audience);
        }
        if self.text("nonce") == Some(nonce) { Ok(()) } else { Err(Unfit::Nonce) }
    }

    fn audience(&self) -> Vec<&str> {
        match self.0.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    match serde_json::from_slice(&bytes).ok()? {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    fn claims(value: Value) -> Claims {
        let Value::Object(map) = value else { panic!("{value}") };
        Claims(map)
    }

    #[test]
    fn a_token_counts_in_its_time_only() {
        for (value, expected) in [
            (json!({"exp": 1_000_010}), Ok(())),
            (json!({"exp": 999_941.5}), Ok(())),
            (json!({"exp": 999_940}), Err(Unfit::Ended)),
            (json!({}), Err(Unfit::Ended)),
            (json!({"exp": null}), Err(Unfit::Ended)),
            (json!({"exp": "tomorrow"}), Err(Unfit::NoToken)),
            (json!({"exp": 2_000_000, "nbf": 1_000_061}), Err(Unfit::NotYet)),
            (json!({"exp": 2_000_000, "nbf": 1_000_059, "iat": 1_000_000}), Ok(())),
        ] {
            assert_eq!(claims(value.clone()).check_time(NOW, true), expected, "{value}");
        }
        assert_eq!(claims(json!({})).check_time(NOW, false), Ok(()));
        assert_eq!(claims(json!({"exp": 1})).check_time(NOW, false), Err(Unfit::Ended));
    }

    #[test]
    fn access_tokens_are_for_those_who_are_listed() {
        let accepted = ["web", "codecarbon-cli"];
        for (value, expected) in [
            (json!({"aud": "web"}), Ok(())),
            (json!({"aud": ["account", "web"]}), Ok(())),
            (json!({"aud": "account", "azp": "codecarbon-cli"}), Ok(())),
            (json!({"client_id": "codecarbon-cli"}), Ok(())),
            (json!({"aud": "account", "azp": "other"}), Err(Unfit::Audience)),
            (json!({"aud": ["account"]}), Err(Unfit::Audience)),
            (json!({}), Err(Unfit::Audience)),
        ] {
            assert_eq!(claims(value.clone()).check_audience(&accepted), expected, "{value}");
        }
    }

    #[test]
    fn identity_tokens_are_for_one_client_and_one_sign_in() {
        for (value, expected) in [
            (json!({"aud": "web", "nonce": "n"}), Ok(())),
            (json!({"aud": ["web", "x"], "azp": "web", "nonce": "n"}), Ok(())),
            (json!({"aud": ["web", "x"], "nonce": "n"}), Err(Unfit::Audience)),
            (json!({"aud": "web", "azp": "x", "nonce": "n"}), Err(Unfit::Audience)),
            (json!({"aud": "x", "azp": "web", "nonce": "n"}), Err(Unfit::Audience)),
            (json!({"aud": "web", "nonce": "m"}), Err(Unfit::Nonce)),
            (json!({"aud": "web"}), Err(Unfit::Nonce)),
        ] {
            assert_eq!(claims(value.clone()).check_identity("web", "n"), expected, "{value}");
        }
    }

    #[test]
    fn extensions_that_must_be_understood_are_refused() {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let token = |header: Value| format!("{}.{}.AA", part(header), part(json!({"sub": "x"})));
        assert!(Jwt::parse(&token(json!({"alg": "RS256"}))).is_ok());
        assert!(Jwt::parse(&token(json!({"alg": "RS256", "crit": ["b64"]}))).is_err());
        assert!(Jwt::parse(&token(json!({"typ": "JWT"}))).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[A-Za-z0-9_.-]{0,200}") {
            let _ = Jwt::parse(&text);
        }
    }
}
