//! Secrets that this server makes: random, told once, and kept as their digest only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use carbon_store::Digest;
use ring::rand::{SecureRandom, SystemRandom};

use crate::fault::Fault;
pub(crate) use crate::token::digest_of;

/// Random bytes.
///
/// # Errors
/// The system has no random numbers.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Fault::Internal("the system gave no random numbers".into()))?;
    Ok(bytes)
}

/// A fresh secret of 256 bits behind a prefix, and its digest.
///
/// # Errors
/// The system has no random numbers.
pub(crate) fn mint(prefix: &str) -> Result<(String, Digest), Fault> {
    let secret = format!("{prefix}{}", URL_SAFE_NO_PAD.encode(random::<32>()?));
    let digest = digest_of(&secret);
    Ok((secret, digest))
}

/// So many bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}
