//! The key that tokens of this server are signed with (ES256). It is made once and kept by the store,
//! so that all processes of a server have the same.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use crate::app::App;
use crate::fault::Fault;
use crate::sign_in::keys::Keys;

/// Name under which the store keeps it.
const NAME: &str = "token-key-es256";

pub(super) struct SigningKey {
    pair: EcdsaKeyPair,
    id: String,
    keys: Keys,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// The key of this server; made where there is none.
    pub(super) async fn of(app: &App) -> Result<Self, Fault> {
        let broken = |_| Fault::Internal("the key for tokens cannot be used".into());
        let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let candidate = EcdsaKeyPair::generate_pkcs8(algorithm, &random)
            .map_err(|_| Fault::Internal("no key for tokens could be made".into()))?;
        let kept = app.store().server_secret(NAME, candidate.as_ref().to_vec()).await?;
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, &kept, &random).map_err(broken)?;
        let id = URL_SAFE_NO_PAD.encode(&digest(&SHA256, pair.public_key().as_ref()).as_ref()[..8]);
        let keys = Keys::of_json(&public(&pair, &id));
        Ok(Self { pair, id, keys })
    }

    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The public half, as a set of JSON Web Keys.
    pub(super) fn public(&self) -> Value {
        public(&self.pair, &self.id)
    }

    /// A signed token.
    pub(super) fn sign(&self, kind: &str, claims: &Value) -> Result<String, Fault> {
        let header = json!({ "alg": "ES256", "typ": kind, "kid": self.id });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes());
        let signature =
            signature.map_err(|_| Fault::Internal("a token could not be signed".into()))?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

fn public(pair: &EcdsaKeyPair, id: &str) -> Value {
    // The point as it is: 4, x, y.
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    json!({ "keys": [{
        "kty": "EC",
        "crv": "P-256",
        "use": "sig",
        "alg": "ES256",
        "kid": id,
        "x": URL_SAFE_NO_PAD.encode(x),
        "y": URL_SAFE_NO_PAD.encode(y),
    }] })
}
