//! Keys that signatures of tokens are checked with. What a key is decides which algorithms it may
//! check: a token cannot choose (RFC 8725, 3.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::signature::{self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::Value;

use super::jwt::{Claims, Jwt, Unfit};

/// A key.
#[derive(Debug, Clone)]
pub(crate) enum Key {
    /// Modulus and exponent, big endian.
    Rsa { n: Vec<u8>, e: Vec<u8> },
    /// A point of P-256, uncompressed.
    P256(Vec<u8>),
    /// A point of P-384, uncompressed.
    P384(Vec<u8>),
    /// A point of Ed25519.
    Ed25519(Vec<u8>),
    /// A secret that both sides know.
    Shared(hmac::Key),
}

/// Keys with their names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys(Vec<(Option<String>, Key)>);

impl Key {
    /// From a JSON Web Key (RFC 7517) that signs; none for other kinds and uses.
    fn of_json(key: &Value) -> Option<Self> {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        if text("use").is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?.trim_end_matches('=')).ok();
        let point = |length: usize| {
            let (x, y) = (bytes("x")?, bytes("y")?);
            let fits = x.len() == length && y.len() == length;
            fits.then(|| [vec![4], x, y].concat())
        };
        match (text("kty")?, text("crv")) {
            ("RSA", _) => Some(Self::Rsa { n: bytes("n")?, e: bytes("e")? }),
            ("EC", Some("P-256")) => Some(Self::P256(point(32)?)),
            ("EC", Some("P-384")) => Some(Self::P384(point(48)?)),
            ("OKP", Some("Ed25519")) => Some(Self::Ed25519(bytes("x")?)),
            _ => None,
        }
    }

    /// A shared secret, for HS256.
    pub(crate) fn shared(secret: &str) -> Self {
        Self::Shared(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()))
    }

    /// Whether a token is signed with it.
    pub(crate) fn signed(&self, token: &Jwt<'_>) -> bool {
        let (message, signature) = (token.signed, token.signature.as_slice());
        let plain = |algorithm, key: &[u8]| {
            UnparsedPublicKey::new(algorithm, key).verify(message, signature).is_ok()
        };
        match (self, token.algorithm.as_str()) {
            (Self::Rsa { n, e }, name) => rsa(name).is_some_and(|parameters| {
                let key = RsaPublicKeyComponents { n: leading(n), e: leading(e) };
                key.verify(parameters, message, signature).is_ok()
            }),
            (Self::P256(key), "ES256") => plain(&signature::ECDSA_P256_SHA256_FIXED, key),
            (Self::P384(key), "ES384") => plain(&signature::ECDSA_P384_SHA384_FIXED, key),
            (Self::Ed25519(key), "EdDSA" | "Ed25519") => {
                UnparsedPublicKey::new(&signature::ED25519, key).verify(message, signature).is_ok()
            }
            (Self::Shared(key), "HS256") => hmac::verify(key, message, signature).is_ok(),
            _ => false,
        }
    }
}

/// RSA of 2048 to 8192 bits.
fn rsa(algorithm: &str) -> Option<&'static RsaParameters> {
    Some(match algorithm {
        "RS256" => &signature::RSA_PKCS1_2048_8192_SHA256,
        "RS384" => &signature::RSA_PKCS1_2048_8192_SHA384,
        "RS512" => &signature::RSA_PKCS1_2048_8192_SHA512,
        "PS256" => &signature::RSA_PSS_2048_8192_SHA256,
        "PS384" => &signature::RSA_PSS_2048_8192_SHA384,
        "PS512" => &signature::RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

/// Without zeros in front, which some providers write and the library refuses.
fn leading(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

impl Keys {
    /// From a set of JSON Web Keys; what is of no use here is left out.
    pub(crate) fn of_json(set: &Value) -> Self {
        let keys = set.get("keys").and_then(Value::as_array).into_iter().flatten();
        let named = keys.filter_map(|key| {
            let name = key.get("kid").and_then(Value::as_str).map(str::to_owned);
            Some((name, Key::of_json(key)?))
        });
        Self(named.collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a token says, if one of the keys made its signature: the one that it names, or any of
    /// those where it names none.
    pub(crate) fn verify(&self, token: Jwt<'_>) -> Result<Claims, Unfit> {
        let may_be = |name: &Option<String>| match (&token.key_id, name) {
            (Some(wanted), Some(name)) => wanted == name,
            _ => true,
        };
        if self.0.iter().any(|(name, key)| may_be(name) && key.signed(&token)) {
            return Ok(token.believed());
        }
        Err(Unfit::Signature)
    }
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
