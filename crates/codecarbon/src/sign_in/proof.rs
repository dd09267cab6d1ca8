//! The random values that tie the answer of a provider to the question: PKCE verifier (RFC 7636),
//! `state` and `nonce`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;
use ring::rand::{SecureRandom, SystemRandom};

use super::error::SignInError;

/// Bytes of randomness in each value; 43 characters as text, the least that a verifier may have.
const RANDOM_BYTES: usize = 32;

/// The values of one sign-in. They leave this process only in the requests of that sign-in.
pub(super) struct Proof {
    /// Shown to the provider with the code, to prove that who asks for the token is who began.
    pub(super) verifier: String,
    /// Comes back with the browser, which proves that the answer is to our question.
    pub(super) state: String,
    /// Comes back in the identity token, for the same.
    pub(super) nonce: String,
}

impl Proof {
    /// New values from the system's random numbers.
    pub(super) fn new() -> Result<Self, SignInError> {
        Ok(Self { verifier: random()?, state: random()?, nonce: random()? })
    }

    /// What the provider is told of the verifier beforehand: its SHA-256 (method `S256`).
    pub(super) fn challenge(&self) -> String {
        challenge(&self.verifier)
    }
}

fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
}

fn random() -> Result<String, SignInError> {
    let mut bytes = [0; RANDOM_BYTES];
    SystemRandom::new().fill(&mut bytes).map_err(|_| SignInError::NoRandomness)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_standard() {
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn every_sign_in_has_values_of_its_own() {
        let (one, other) = (Proof::new().unwrap(), Proof::new().unwrap());
        let values = [&one.verifier, &one.state, &one.nonce, &other.verifier, &other.state];
        for (i, value) in values.iter().enumerate() {
            assert_eq!(value.len(), 43);
            assert!(!values[i + 1..].contains(value));
        }
    }
}
