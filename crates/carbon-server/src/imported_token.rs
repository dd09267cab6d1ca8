//! Tokens that came with a database of the reference server. It kept their bcrypt hashes; checking one
//! takes a quarter of a second of a processor. So a token is checked once, when its secret is shown for
//! the first time, and from then on known by its digest as all others are.
//!
//! Whoever does not have such a token costs nothing: hashes are looked up by the first digits of the
//! secret's SHA-256, and nearly all secrets have others.

use std::fmt::Write;
use std::num::NonZero;
use std::sync::Arc;

use carbon_store::{Digest, ProjectToken};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::fault::Fault;

/// Longest secret that bcrypt takes, in bytes; tokens have 47.
const LONGEST: usize = 72;

/// How many are checked at once.
#[derive(Debug, Clone)]
pub(crate) struct Checks(Arc<Semaphore>);

impl Default for Checks {
    /// Half of the processors, so that other requests go on.
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self(Arc::new(Semaphore::new(processors.div_ceil(2))))
    }
}

/// The imported token of a secret, which is found by its digest from now on.
///
/// # Errors
/// The store does not answer.
pub(crate) async fn find(
    app: &App,
    secret: &str,
    digest: Digest,
) -> Result<Option<ProjectToken>, Fault> {
    let look_up_value = look_up_value(digest);
    if secret.len() > LONGEST {
        return Ok(None);
    }
    if app.store().imported_tokens(&look_up_value).await?.is_empty() {
        // Or another request with this secret has just made it one that is known by its digest.
        return Ok(app.store().project_token(digest).await?);
    }
    // To its end, also when the client does not wait so long: the next request finds it done.
    let (app, secret) = (app.clone(), secret.to_owned());
    let check = tokio::spawn(async move { check(&app, secret, digest, &look_up_value).await });
    check.await.map_err(|error| Fault::Internal(error.into()))?
}

async fn check(
    app: &App,
    secret: String,
    digest: Digest,
    look_up_value: &str,
) -> Result<Option<ProjectToken>, Fault> {
    let turn = app.tokens().checks().0.acquire_owned().await;
    let turn = turn.map_err(|error| Fault::Internal(error.into()))?;
    // Another request with this secret may have been quicker.
    if let Some(token) = app.store().project_token(digest).await? {
        return Ok(Some(token));
    }
    let candidates = app.store().imported_tokens(look_up_value).await?;
    let found = tokio::task::spawn_blocking(move || {
        let is_of = |hash: &str| bcrypt::verify(&secret, hash).unwrap_or(false);
        let found = candidates.into_iter().find(|(hash, _)| is_of(&hash.0));
        drop(turn);
        found.map(|(_, token)| token)
    });
    let found = found.await.map_err(|error| Fault::Internal(error.into()))?;
    let Some(token) = found else { return Ok(app.store().project_token(digest).await?) };
    app.store().upgrade_project_token(token.id, digest).await?;
    Ok(Some(token))
}

/// The first eight hexadecimal digits of the SHA-256 of a secret: under these the reference keeps it.
fn look_up_value(digest: Digest) -> String {
    digest.0[..4].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::digest_of;

    #[test]
    fn look_up_values_are_those_of_the_reference() {
        // The SHA-256 of "abc" begins with ba7816bf (FIPS 180-4).
        assert_eq!(look_up_value(digest_of("abc")), "ba7816bf");
    }
}
