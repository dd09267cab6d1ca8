//! Addresses of webhooks, and what calls to them are signed with.
//!
//! Calls follow the Standard Webhooks specification: `webhook-id`, `webhook-timestamp` and
//! `webhook-signature`, an HMAC-SHA256 over all three parts, so that receivers can use its libraries.

use std::net::IpAddr;

use axum::http::Uri;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use carbon_http::is_public;
use carbon_store::SecretText;
use ring::hmac;

use crate::fault::Fault;
use crate::sign_in::secret::random;

/// What keys begin with.
const PREFIX: &str = "whsec_";

/// Longest address, in bytes.
const LONGEST: usize = 2_000;

/// An address that may be called, as far as its text tells: what its host leads to is checked at each
/// call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address(String);

/// Why an address is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    /// It is none.
    #[error("Input should be an address of the form https://host/path")]
    NoAddress,
    /// What is sent could be read on the way.
    #[error("Input should begin with https://")]
    NotSecure,
    /// It names a person or a password.
    #[error("Input should have no user name and no password")]
    HasUser,
    /// It leads into a network that only this server reaches.
    #[error("Input should name a host of the public internet")]
    NotPublic,
}

impl Address {
    /// Reads an address. Where the operator allows it, it may lead into private networks and need
    /// not be secure.
    ///
    /// # Errors
    /// It is not called.
    pub(crate) fn read(text: &str, allows_private: bool) -> Result<Self, Unfit> {
        let text = text.trim();
        let uri: Uri = text.parse().map_err(|_| Unfit::NoAddress)?;
        let (scheme, authority) = (uri.scheme_str(), uri.authority().ok_or(Unfit::NoAddress)?);
        let is_plain = text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_plain || !matches!(scheme, Some("http" | "https")) || authority.host().is_empty() {
            return Err(Unfit::NoAddress);
        }
        if authority.as_str().contains('@') {
            return Err(Unfit::HasUser);
        }
        if allows_private {
            return Ok(Self(text.to_owned()));
        }
        if scheme != Some("https") {
            return Err(Unfit::NotSecure);
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let is_local = host.eq_ignore_ascii_case("localhost")
            || host.parse::<IpAddr>().is_ok_and(|address| !is_public(address));
        if is_local { Err(Unfit::NotPublic) } else { Ok(Self(text.to_owned())) }
    }

    /// The address as it is kept.
    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// A fresh key.
///
/// # Errors
/// The system has no random numbers.
pub(crate) fn mint_key() -> Result<SecretText, Fault> {
    Ok(SecretText(format!("{PREFIX}{}", STANDARD.encode(random::<32>()?))))
}

/// The value of `webhook-signature`.
pub(super) fn signature(key: &SecretText, id: &str, at_unix_s: i64, body: &str) -> String {
    let text = key.0.strip_prefix(PREFIX).unwrap_or(&key.0);
    // Keys are our own; one that is not base64 is used as it is.
    let bytes = STANDARD.decode(text).unwrap_or_else(|_| text.as_bytes().to_vec());
    let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
    let tag = hmac::sign(&key, format!("{id}.{at_unix_s}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_of_the_specification() {
        // The example of the Standard Webhooks specification's own libraries.
        let key = SecretText("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        let made = signature(&key, id, 1_614_265_330, "{\"test\": 2432232314}");
        assert_eq!(made, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn addresses_that_lead_inside_or_can_be_read_on_the_way_are_refused() {
        for (text, why) in [
            ("", Unfit::NoAddress),
            ("/path", Unfit::NoAddress),
            ("ftp://example.org/", Unfit::NoAddress),
            ("https://", Unfit::NoAddress),
            ("https://example.org/a b", Unfit::NoAddress),
            ("http://example.org/", Unfit::NotSecure),
            ("https://user:secret@example.org/", Unfit::HasUser),
            ("https://localhost/", Unfit::NotPublic),
            ("https://127.0.0.1:8443/", Unfit::NotPublic),
            ("https://[::1]/", Unfit::NotPublic),
            ("https://169.254.169.254/latest/meta-data", Unfit::NotPublic),
            ("https://10.0.0.7/", Unfit::NotPublic),
        ] {
            assert_eq!(Address::read(text, false), Err(why), "{text}");
        }
        assert!(Address::read("https://example.org:8443/hook?key=1", false).is_ok());
        assert!(Address::read("http://127.0.0.1:9/hook", true).is_ok());
        assert_eq!(Address::read("http://a:b@127.0.0.1/", true), Err(Unfit::HasUser));
    }
}
