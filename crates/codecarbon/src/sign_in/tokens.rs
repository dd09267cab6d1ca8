//! The tokens of a sign-in: read from a provider's answer, with the time at which they end.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use carbon_tracker::config::Secret;
use serde::Deserialize;
use serde_json::Value;

/// An access token is renewed so long before it ends, so that it does not end on its way.
const LEEWAY: Duration = Duration::from_secs(30);

/// What a provider gave. `Debug` shows no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tokens {
    /// Sent to the API with every call.
    pub(crate) access: Secret,
    /// Gets a new access token from the provider.
    pub(crate) refresh: Option<Secret>,
    /// When the access token ends, since the Unix epoch; unknown where neither the provider nor the
    /// token says.
    pub(crate) ends_at: Option<Duration>,
}

/// Answer of a token endpoint (RFC 6749, section 5.1).
#[derive(Deserialize)]
pub(super) struct TokenAnswer {
    access_token: String,
    #[serde(default)]
    token_type: String,
    refresh_token: Option<String>,
    expires_in: Option<f64>,
    /// Says who signed in; read for its nonce.
    pub(super) id_token: Option<String>,
}

impl TokenAnswer {
    /// The tokens; `now` is the time since the Unix epoch at which the answer came. `None` when
    /// they are of a kind that cannot be sent as a bearer token.
    pub(super) fn tokens(self, now: Duration) -> Option<Tokens> {
        let bearer = self.token_type.is_empty() || self.token_type.eq_ignore_ascii_case("bearer");
        let sendable = !self.access_token.is_empty()
            && self.access_token.bytes().all(|byte| byte.is_ascii_graphic());
        if !bearer || !sendable {
            return None;
        }
        let told = self.expires_in.filter(|s| (0.0..1e10).contains(s)).map(Duration::from_secs_f64);
        let ends_at = told.map(|length| now + length).or_else(|| end_of(&self.access_token));
        Some(Tokens {
            access: Secret::new(self.access_token),
            refresh: self.refresh_token.filter(|token| !token.is_empty()).map(Secret::new),
            ends_at,
        })
    }
}

impl Tokens {
    /// Whether the access token can still be sent. One that does not say when it ends is renewed
    /// where that is possible.
    pub(crate) fn is_good(&self, now: Duration) -> bool {
        match self.ends_at {
            Some(end) => now + LEEWAY < end,
            None => self.refresh.is_none(),
        }
    }
}

/// The claims of a JSON web token, unchecked.
pub(super) fn claims(token: &str) -> Option<Value> {
    let payload = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?).ok()
}

/// When a token says that it ends, since the Unix epoch.
fn end_of(token: &str) -> Option<Duration> {
    let end_s = claims(token)?.get("exp")?.as_f64()?;
    (0.0..1e12).contains(&end_s).then(|| Duration::from_secs_f64(end_s))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_000_000);

    fn read(json: &str) -> Option<Tokens> {
        serde_json::from_str::<TokenAnswer>(json).unwrap().tokens(NOW)
    }

    fn jwt(claims: &str) -> String {
        format!("e30.{}.signature", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn the_end_is_what_the_provider_says_else_what_the_token_says() {
        let end = |json: &str| read(json).unwrap().ends_at.map(|end| end.as_secs());
        let token = jwt(r#"{"exp":2000000}"#);
        assert_eq!(end(r#"{"access_token":"a","expires_in":60}"#), Some(1_000_060));
        assert_eq!(end(&format!(r#"{{"access_token":"{token}"}}"#)), Some(2_000_000));
        assert_eq!(
            end(&format!(r#"{{"access_token":"{token}","expires_in":5}}"#)),
            Some(1_000_005)
        );
        assert_eq!(end(r#"{"access_token":"opaque"}"#), None);
        assert_eq!(end(r#"{"access_token":"a.!!.c"}"#), None);
        assert_eq!(end(r#"{"access_token":"a","expires_in":-5}"#), None);
    }

    #[test]
    fn a_token_is_renewed_before_it_ends_and_when_nobody_knows_its_end() {
        let tokens = read(r#"{"access_token":"a","refresh_token":"r","expires_in":60}"#).unwrap();
        assert!(tokens.is_good(NOW + Duration::from_secs(29)));
        assert!(!tokens.is_good(NOW + Duration::from_secs(31)));
        assert!(!read(r#"{"access_token":"a","refresh_token":"r"}"#).unwrap().is_good(NOW));
        assert!(read(r#"{"access_token":"a"}"#).unwrap().is_good(NOW));
    }

    #[test]
    fn tokens_that_cannot_be_sent_are_none() {
        assert!(read(r#"{"access_token":"a","token_type":"DPoP"}"#).is_none());
        assert!(read(r#"{"access_token":"a\r\nx: y","token_type":"Bearer"}"#).is_none());
        assert!(read(r#"{"access_token":""}"#).is_none());
        assert!(read(r#"{"access_token":"a","token_type":"bearer"}"#).is_some());
    }

    #[test]
    fn tokens_are_not_printed() {
        let tokens = read(r#"{"access_token":"hunter2","refresh_token":"hunter3"}"#).unwrap();
        assert!(!format!("{tokens:?}").contains("hunter"));
    }
}
