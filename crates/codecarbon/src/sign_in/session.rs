//! An access token that is still good, renewed where it has to be.

use carbon_http::Client;
use carbon_tracker::config::Secret;

use super::error::SignInError;
use super::provider::{Provider, now};
use super::store::{SignIn, SignInStore, normal};

/// The access token for an API. Costs a file read, and two calls to the provider when the token
/// has ended. Processes that find it ended at the same time renew it once: a provider may take a
/// second use of the same renewal for a theft.
///
/// # Errors
/// Nobody is signed in to that API, the sign-in has ended (and is then forgotten), or the provider
/// cannot be asked (and the sign-in is kept).
pub(crate) fn access_token(
    store: &SignInStore,
    client: &Client,
    api_endpoint: &str,
) -> Result<Secret, SignInError> {
    let api_endpoint = normal(api_endpoint);
    let nobody = || SignInError::NotSignedIn { api_endpoint: api_endpoint.to_owned() };
    let found = store.find(api_endpoint)?.ok_or_else(nobody)?;
    if found.tokens.is_good(now()) {
        return Ok(found.tokens.access);
    }
    let mut locked = store.lock()?;
    let found = locked.find(api_endpoint).ok_or_else(nobody)?.clone();
    if found.tokens.is_good(now()) {
        return Ok(found.tokens.access);
    }
    match renewed(&found, client) {
        Ok(sign_in) => {
            let access = sign_in.tokens.access.clone();
            locked.put(sign_in)?;
            Ok(access)
        }
        Err(error @ SignInError::Ended { .. }) => {
            locked.remove(api_endpoint)?;
            Err(error)
        }
        Err(error) => Err(error),
    }
}

fn renewed(found: &SignIn, client: &Client) -> Result<SignIn, SignInError> {
    let ended = || SignInError::Ended { api_endpoint: found.api_endpoint.clone() };
    let refresh = found.tokens.refresh.as_ref().ok_or_else(ended)?;
    let provider = Provider::discover(client.clone(), &found.provider)?;
    let tokens = provider
        .renew(refresh)
        .map_err(|error| if error.is_refusal("invalid_grant") { ended() } else { error })?;
    Ok(SignIn { tokens, ..found.clone() })
}
