//! Codes for a device without a browser: a short one that a person types elsewhere, and a long one
//! that the device asks with meanwhile (RFC 8628).

use std::time::Duration;

use carbon_store::{Digest, PendingKind, User};
use serde_json::{Value, json};

use super::{Grant, Refusal};
use crate::app::App;
use crate::fault::Fault;
use crate::sign_in::place::Base;
use crate::sign_in::secret::{digest_of, hex, mint, random};

/// Name of this way.
pub(super) const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// How long a person may take.
const TAKES: Duration = Duration::from_mins(10);

/// How often a device may ask, in seconds.
const INTERVAL_S: u64 = 5;

/// What tells short codes from long ones where both are kept.
const SHORT: &str = "user-code:";

/// Letters of short codes: no vowels, so no words, and none that look alike.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// Codes for a device.
///
/// # Errors
/// The store does not answer.
pub(crate) async fn begin_device(app: &App, base: &Base, scope: &str) -> Result<Value, Fault> {
    let (device_code, digest) = mint("")?;
    let user_code = short_code()?;
    let end = app.now().plus(TAKES);
    let waiting = json!({ "scope": scope }).to_string();
    app.store().keep_pending(PendingKind::DeviceCode, digest, waiting, end).await?;
    let pointer = hex(&digest.0);
    app.store().keep_pending(PendingKind::DeviceCode, short(&user_code), pointer, end).await?;
    let page = format!("{}/auth/device", base.as_str());
    Ok(json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": page,
        "verification_uri_complete": format!("{page}?user_code={user_code}"),
        "expires_in": TAKES.as_secs(),
        "interval": INTERVAL_S,
    }))
}

/// Whether a device waits for an answer to a short code.
///
/// # Errors
/// The store does not answer.
pub(crate) async fn is_waiting(app: &App, user_code: &str) -> Result<bool, Fault> {
    let kept = app.store().pending(PendingKind::DeviceCode, short(user_code), app.now()).await?;
    Ok(kept.is_some())
}

/// A person's answer to a short code; whether there was a device that waits for it.
///
/// # Errors
/// The store does not answer.
pub(crate) async fn answer_device(
    app: &App,
    user_code: &str,
    user: User,
    is_yes: bool,
) -> Result<bool, Fault> {
    let (kind, now) = (PendingKind::DeviceCode, app.now());
    let pointer = app.store().take_pending(kind, short(user_code), now).await?;
    let Some(digest) = pointer.as_deref().and_then(digest_of_hex) else { return Ok(false) };
    let Some(waiting) = app.store().pending(kind, digest, now).await? else { return Ok(false) };
    let waiting: Value = serde_json::from_str(&waiting).unwrap_or_default();
    let answer = if is_yes {
        let scope = waiting["scope"].as_str().unwrap_or_default().to_owned();
        Grant::new(app, user, None, scope).await?.kept()
    } else {
        json!({ "denied": true })
    };
    app.store().keep_pending(kind, digest, answer.to_string(), now.plus(TAKES)).await?;
    Ok(true)
}

/// Tokens for a device whose person said yes.
///
/// # Errors
/// There is no answer yet, or it is no, or the code is too old.
pub(crate) async fn exchange_device_code(
    app: &App,
    base: &Base,
    code: &str,
) -> Result<Value, Refusal> {
    if code.starts_with(SHORT) {
        // Nobody learns here whether a device waits for a short code.
        return Err(Refusal::Named("expired_token"));
    }
    let (kind, digest, now) = (PendingKind::DeviceCode, digest_of(code), app.now());
    let read = |kept: String| serde_json::from_str::<Value>(&kept).unwrap_or_default();
    let kept = app.store().pending(kind, digest, now).await?.map(read);
    let kept = kept.ok_or(Refusal::Named("expired_token"))?;
    if kept["denied"] == true {
        return Err(Refusal::Named("access_denied"));
    }
    if kept["user"].is_null() {
        return Err(Refusal::Named("authorization_pending"));
    }
    // Only one asker gets it.
    let kept = app.store().take_pending(kind, digest, now).await?.map(read);
    let kept = kept.ok_or(Refusal::Named("expired_token"))?;
    Grant::read(app, &kept).await?.tokens(app, base).await
}

fn short_code() -> Result<String, Fault> {
    let letters = random::<32>()?.into_iter().filter(|byte| *byte < 240);
    let letters: Vec<u8> = letters.map(|byte| LETTERS[usize::from(byte % 20)]).take(8).collect();
    let text = String::from_utf8_lossy(&letters).into_owned();
    let (first, second) = text.split_at(text.len() / 2);
    Ok(format!("{first}-{second}"))
}

/// How a short code is found, however a person writes it.
fn short(user_code: &str) -> Digest {
    let letters = user_code.chars().filter(char::is_ascii_alphanumeric);
    let letters: String = letters.take(16).map(|letter| letter.to_ascii_uppercase()).collect();
    digest_of(&format!("{SHORT}{letters}"))
}

fn digest_of_hex(text: &str) -> Option<Digest> {
    let mut bytes = [0; 32];
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(Digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_codes_are_found_as_people_write_them() {
        let code = short_code().unwrap();
        assert_eq!(code.len(), 9, "{code}");
        assert_ne!(code, short_code().unwrap());
        assert_eq!(short(&code), short(&code.to_lowercase().replace('-', " ")));
        assert_eq!(digest_of_hex(&hex(&short(&code).0)), Some(short(&code)));
    }
}
