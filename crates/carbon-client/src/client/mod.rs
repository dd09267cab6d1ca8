//! Calls of the CodeCarbon API, one at a time.
//!
//! Nothing is tried twice here and nothing is kept: that is what [`Outbox`](crate::Outbox) is for.

mod calls;
mod error;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use carbon_api::{IDEMPOTENCY_KEY, TOKEN_HEADER};
use carbon_http::{Answer, Client, HttpError, Method, Policy, Request};
use carbon_tracker::config::{Config, Secret};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

pub use error::ApiError;

/// By what a server knows who calls.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Credentials {
    /// Nothing.
    #[default]
    None,
    /// Token of a project, which writes runs and emissions.
    ProjectToken(Secret),
    /// Access token of a user who has logged in.
    Bearer(Secret),
}

/// How calls are made: what they may take, and whom they trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallLimits {
    /// Longest time of a call as a whole; connecting takes at most 2 s of it.
    pub total: Duration,
    /// PEM file of certificate authorities, instead of the built-in ones.
    pub authorities: Option<PathBuf>,
}

impl Default for CallLimits {
    fn default() -> Self {
        Self { total: Duration::from_secs(10), authorities: None }
    }
}

impl CallLimits {
    /// What a configuration says (`api_timeout_secs`, `ca_bundle`).
    pub fn from_config(config: &Config) -> Self {
        Self { total: config.api_timeout_secs, authorities: config.ca_bundle.clone() }
    }

    /// Connections under these limits; clones share them.
    ///
    /// # Errors
    /// The file of certificate authorities cannot be used.
    pub fn connections(&self) -> Result<Client, HttpError> {
        Client::new(Policy {
            connect: Duration::from_secs(2).min(self.total),
            total: self.total,
            authorities: self.authorities.clone(),
            ..Policy::default()
        })
    }
}

/// Calls of one server, signed in one way. Clones share the kept connection.
#[derive(Clone)]
pub struct ApiClient {
    connections: Client,
    base: String,
    credentials: Credentials,
}

impl ApiClient {
    /// A client of the server at `endpoint`; slashes at its end do not matter. Nothing is connected
    /// yet.
    pub fn new(connections: Client, endpoint: &str, credentials: Credentials) -> Self {
        Self { connections, base: base_of(endpoint).to_owned(), credentials }
    }

    /// The address without slashes at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ApiError> {
        self.call(Method::Get, path, b"", None, 200)
    }

    fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        key: Option<&str>,
    ) -> Result<T, ApiError> {
        let own = key.is_none().then(|| Uuid::new_v4().to_string());
        self.call(Method::Post, path, &json(body), key.or(own.as_deref()), 201)
    }

    fn patch<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, ApiError> {
        self.call(Method::Patch, path, &json(body), None, 200)
    }

    fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &[u8],
        key: Option<&str>,
        expected: u16,
    ) -> Result<T, ApiError> {
        let answer = self.answer(method, path, body, key, expected)?;
        serde_json::from_slice(&answer.body)
            .map_err(|error| ApiError::Strange { status: answer.status, why: error.to_string() })
    }

    fn answer(
        &self,
        method: Method,
        path: &str,
        body: &[u8],
        key: Option<&str>,
        expected: u16,
    ) -> Result<Answer, ApiError> {
        let url = format!("{}{path}", self.base);
        let mut request = Request::with_body(method, &url, "application/json", body)
            .header("accept", "application/json");
        let bearer;
        match &self.credentials {
            Credentials::None => {}
            Credentials::ProjectToken(token) => {
                request = request.header(TOKEN_HEADER, token.expose());
            }
            Credentials::Bearer(token) => {
                bearer = format!("Bearer {}", token.expose());
                request = request.header("authorization", &bearer);
            }
        }
        if let Some(key) = key {
            request = request.header(IDEMPOTENCY_KEY, key);
        }
        let answer = self.connections.send(&request)?;
        if answer.status == expected { Ok(answer) } else { Err(ApiError::of(&answer)) }
    }
}

impl fmt::Debug for ApiClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiClient").field("base", &self.base).finish_non_exhaustive()
    }
}

/// An address without slashes at its end.
pub(crate) fn base_of(endpoint: &str) -> &str {
    endpoint.trim().trim_end_matches('/')
}

fn json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("the wire types are plain values with text keys")
}
