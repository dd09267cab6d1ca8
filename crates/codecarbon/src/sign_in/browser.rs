//! Signing in with a browser on this machine: authorization code with PKCE.
//!
//! The browser is sent to the provider with a question, and comes back to a port of loopback with a
//! code. Only an answer with our `state` counts; what else visits the port is turned away and the
//! wait goes on.

use std::time::Duration;

use carbon_sensors::{Clock, SystemClock};

use super::callback::{Callback, Visit};
use super::error::{SignInError, printable};
use super::form;
use super::page::page;
use super::proof::Proof;
use super::provider::{Provider, SCOPE};
use super::tokens::Tokens;

/// Path to which the browser returns.
const PATH: &str = "/callback";

/// A sign-in that waits for the browser to come back.
pub(crate) struct BrowserSignIn<'a> {
    provider: &'a Provider,
    callback: Callback,
    proof: Proof,
    redirect: String,
    /// The address that the person has to visit.
    pub(crate) url: String,
}

impl<'a> BrowserSignIn<'a> {
    /// Listens on a port of loopback and makes the address to visit.
    ///
    /// # Errors
    /// The provider has no page to sign in, or the port is taken.
    pub(crate) fn begin(provider: &'a Provider, port: u16) -> Result<Self, SignInError> {
        let Some(endpoint) = &provider.description.authorization_endpoint else {
            return Err(SignInError::Unsuitable {
                url: printable(&provider.description.issuer),
                why: "it has no page to sign in with a browser".to_owned(),
            });
        };
        let callback = Callback::listen(port)
            .map_err(|error| SignInError::Port { port, why: error.to_string() })?;
        let proof = Proof::new()?;
        let redirect = format!("http://localhost:{}{PATH}", callback.port());
        let query = form::encode(&[
            ("response_type", "code"),
            ("client_id", &provider.client_id),
            ("redirect_uri", &redirect),
            ("scope", SCOPE),
            // Without it a provider must not give tokens for renewal (OpenID Connect Core, 11).
            ("prompt", "consent"),
            ("state", &proof.state),
            ("nonce", &proof.nonce),
            ("code_challenge", &proof.challenge()),
            ("code_challenge_method", "S256"),
        ]);
        let joint = if endpoint.contains('?') { '&' } else { '?' };
        let url = format!("{endpoint}{joint}{query}");
        Ok(Self { provider, callback, proof, redirect, url })
    }

    /// Waits for the browser and gets the tokens; the browser is told how it went.
    ///
    /// # Errors
    /// The person or the provider said no, the time is over, or no tokens could be had.
    pub(crate) fn finish(self, limit: Duration) -> Result<Tokens, SignInError> {
        let deadline = SystemClock.now().boot + limit;
        loop {
            let left = deadline.saturating_sub(SystemClock.now().boot);
            let Some(visit) = self.callback.next(left) else {
                return Err(SignInError::TooLate { limit });
            };
            if visit.path() != PATH {
                visit.answer("404 Not Found", &page("Not found", "There is nothing here."));
                continue;
            }
            match self.read(&visit) {
                Reply::Foreign(why) => visit.answer(
                    "400 Bad Request",
                    &page("Not this sign-in", &format!("This answer does not count: {why}.")),
                ),
                Reply::Error(error) => return self.end(visit, Err(error)),
                Reply::Code(code) => {
                    let proof = &self.proof;
                    let tokens = self.provider.exchange(
                        &code,
                        &proof.verifier,
                        &self.redirect,
                        &proof.nonce,
                    );
                    return self.end(visit, tokens);
                }
            }
        }
    }

    /// What the browser brought.
    fn read(&self, visit: &Visit) -> Reply {
        let pairs = form::decode(visit.query());
        let value = |name: &str| {
            let mut values = pairs.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str());
            values.next().filter(|value| !value.is_empty())
        };
        if value("state") != Some(&self.proof.state) {
            return Reply::Foreign("it belongs to another sign-in");
        }
        let description = &self.provider.description;
        match value("iss") {
            Some(issuer) if issuer != description.issuer => {
                return Reply::Foreign("it comes from another sign-in service");
            }
            None if description.names_itself => {
                return Reply::Foreign("it does not say from whom it comes");
            }
            _ => {}
        }
        match (value("error"), value("code")) {
            (Some("access_denied"), _) => Reply::Error(SignInError::Declined),
            (Some(error), _) => Reply::Error(SignInError::Refused {
                code: printable(error),
                description: value("error_description").map(printable),
            }),
            (None, Some(code)) => Reply::Code(code.to_owned()),
            (None, None) => Reply::Foreign("there is no code in it"),
        }
    }

    /// Tells the browser, and whoever else has come meanwhile, how it went.
    fn end(
        &self,
        visit: Visit,
        result: Result<Tokens, SignInError>,
    ) -> Result<Tokens, SignInError> {
        let (status, text) = match &result {
            Ok(_) => (
                "200 OK",
                page("Signed in", "You can close this page and go back to the terminal."),
            ),
            Err(error) => (
                "400 Bad Request",
                page("Not signed in", &format!("{error}. The terminal says what to do.")),
            ),
        };
        visit.answer(status, &text);
        while let Some(other) = self.callback.next(Duration::ZERO) {
            other.answer(status, &text);
        }
        result
    }
}

/// What a visit of the right path means.
enum Reply {
    Code(String),
    Error(SignInError),
    /// Not an answer to our question.
    Foreign(&'static str),
}
