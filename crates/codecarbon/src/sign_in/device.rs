//! Signing in with a browser elsewhere: a short code to type there (RFC 8628).

use std::time::Duration;

use carbon_sensors::{Clock, SystemClock};
use serde::Deserialize;

use super::error::{SignInError, printable};
use super::provider::{Provider, SCOPE};
use super::tokens::Tokens;

/// Time between two questions where the provider names none (RFC 8628, section 3.2).
const USUAL_INTERVAL: Duration = Duration::from_secs(5);
/// Added whenever the provider is asked too often, or gives no answer at all.
const BACK_OFF: Duration = Duration::from_secs(5);
/// Never ask more often.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(100);

/// A sign-in that waits for somebody to type a code.
pub(crate) struct DeviceSignIn<'a> {
    provider: &'a Provider,
    device_code: String,
    interval: Duration,
    limit: Duration,
    /// The code to type.
    pub(crate) user_code: String,
    /// Where to type it.
    pub(crate) url: String,
    /// An address that holds the code already.
    pub(crate) complete_url: Option<String>,
}

/// Answer of the device authorization endpoint.
#[derive(Deserialize)]
struct DeviceAnswer {
    device_code: String,
    user_code: String,
    verification_uri: String,
    verification_uri_complete: Option<String>,
    expires_in: f64,
    interval: Option<f64>,
}

impl<'a> DeviceSignIn<'a> {
    /// Gets a code; it is good for at most `limit`.
    ///
    /// # Errors
    /// The provider does not offer this way, or gives no code.
    pub(crate) fn begin(provider: &'a Provider, limit: Duration) -> Result<Self, SignInError> {
        let Some(endpoint) = &provider.description.device_authorization_endpoint else {
            return Err(SignInError::Unsuitable {
                url: printable(&provider.description.issuer),
                why: "it gives no codes for other devices".to_owned(),
            });
        };
        let answer: DeviceAnswer = provider.ask(endpoint, &[("scope", SCOPE)])?;
        let seconds = |s: f64| Duration::from_secs_f64(s.clamp(0.0, 86_400.0));
        Ok(Self {
            provider,
            device_code: answer.device_code,
            interval: answer.interval.map_or(USUAL_INTERVAL, seconds).max(SHORTEST_INTERVAL),
            limit: seconds(answer.expires_in).min(limit),
            user_code: printable(&answer.user_code),
            url: printable(&answer.verification_uri),
            complete_url: answer.verification_uri_complete.as_deref().map(printable),
        })
    }

    /// Asks until somebody has typed the code; `wait` lets time pass between two questions.
    ///
    /// # Errors
    /// The person or the provider said no, or the code is too old.
    pub(crate) fn finish(self, wait: &mut dyn FnMut(Duration)) -> Result<Tokens, SignInError> {
        let begin = SystemClock.now().boot;
        let (mut interval, mut waited) = (self.interval, Duration::ZERO);
        loop {
            let passed = (SystemClock.now().boot.saturating_sub(begin)).max(waited);
            if passed + interval > self.limit {
                return Err(SignInError::TooLate { limit: self.limit });
            }
            wait(interval);
            waited += interval;
            match self.provider.exchange_device_code(&self.device_code) {
                Err(error) if error.is_refusal("authorization_pending") => {}
                Err(error) if error.is_refusal("slow_down") => interval += BACK_OFF,
                Err(error) if error.is_refusal("access_denied") => {
                    return Err(SignInError::Declined);
                }
                Err(error) if error.is_refusal("expired_token") => {
                    return Err(SignInError::TooLate { limit: self.limit });
                }
                // A fault that may pass; the code is still good.
                Err(SignInError::NoAnswer(fault)) if fault.is_passing() => interval += BACK_OFF,
                result => return result,
            }
        }
    }
}

#[cfg(test)]
#[path = "device_tests.rs"]
mod tests;
