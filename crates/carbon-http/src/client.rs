//! The client: limits, requests and answers over `ureq`.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ureq::tls::{PemItem, RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, http};

use crate::error::HttpError;
use crate::public::{self, PublicOnly};

/// What a client allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Longest time to find the host and connect.
    pub connect: Duration,
    /// Longest time of a call as a whole.
    pub total: Duration,
    /// Longest body of an answer, in bytes.
    pub longest_answer: u64,
    /// PEM file of certificate authorities, instead of the built-in ones.
    pub authorities: Option<PathBuf>,
    /// Whether proxies of the environment (`HTTPS_PROXY`, `NO_PROXY`, …) are used. Link-local
    /// services must not be asked through one.
    pub proxies: bool,
    /// Whether only hosts of the public internet are connected to ([`crate::is_public`]): for
    /// addresses that strangers give. Proxies are not used then, for they find hosts themselves.
    pub public_only: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(2),
            total: Duration::from_secs(10),
            longest_answer: 4 << 20,
            authorities: None,
            proxies: true,
            public_only: false,
        }
    }
}

/// Kept connections under one policy; cheap to clone, and clones share the connections.
#[derive(Debug, Clone)]
pub struct Client {
    agent: Agent,
    policy: Arc<Policy>,
}

/// The methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are HTTP's")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// A request, as it is sent.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Method.
    pub method: Method,
    /// Full address, `https://host/path?query`.
    pub url: &'a str,
    /// Headers beside those of the connection.
    pub headers: Vec<(&'a str, &'a str)>,
    /// Body; empty for none.
    pub body: &'a [u8],
}

/// An answer with any status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl<'a> Request<'a> {
    /// A GET.
    pub fn get(url: &'a str) -> Self {
        Self { method: Method::Get, url, headers: Vec::new(), body: &[] }
    }

    /// A request with a body of the given media type.
    pub fn with_body(method: Method, url: &'a str, media_type: &'a str, body: &'a [u8]) -> Self {
        Self { method, url, headers: vec![("content-type", media_type)], body }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'a str, value: &'a str) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl Answer {
    /// The first value of a header; the name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The body as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Client {
    /// A client under a policy; nothing is connected yet. Costs about 20 µs.
    ///
    /// # Errors
    /// The file of certificate authorities cannot be used.
    pub fn new(policy: Policy) -> Result<Self, HttpError> {
        let tls = TlsConfig::builder().root_certs(authorities(&policy)?).build();
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("codecarbon-rs/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(policy.connect))
            .timeout_global(Some(policy.total))
            .tls_config(tls);
        if !policy.proxies || policy.public_only {
            config = config.proxy(None);
        }
        let agent = if policy.public_only {
            let connector = DefaultConnector::default();
            Agent::with_parts(config.build(), connector, PublicOnly::default())
        } else {
            Agent::new_with_config(config.build())
        };
        Ok(Self { agent, policy: Arc::new(policy) })
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Sends a request and reads the answer; blocks at most [`Policy::total`].
    ///
    /// # Errors
    /// No whole answer came.
    pub fn send(&self, request: &Request<'_>) -> Result<Answer, HttpError> {
        let explain = |error| self.explain(error, request.url);
        let mut builder = http::Request::builder().method(name(request.method)).uri(request.url);
        for (name, value) in &request.headers {
            builder = builder.header(*name, *value);
        }
        let body = request.body;
        let answer = if body.is_empty() && matches!(request.method, Method::Get | Method::Delete) {
            self.agent.run(builder.body(()).map_err(|error| explain(error.into()))?)
        } else {
            self.agent.run(builder.body(body).map_err(|error| explain(error.into()))?)
        };
        let (parts, body) = answer.map_err(explain)?.into_parts();
        let limit = self.policy.longest_answer;
        let body = body.into_with_config().limit(limit).read_to_vec().map_err(explain)?;
        let text =
            |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers.iter().map(|(k, v)| (k.to_string(), text(v))).collect(),
            body,
        })
    }

    fn explain(&self, error: ureq::Error, url: &str) -> HttpError {
        use ureq::Error;
        let host = host_of(url).to_owned();
        match error {
            Error::Timeout(_) => HttpError::TimedOut { host, limit: self.policy.total },
            Error::HostNotFound => HttpError::Unreachable { host, why: "no such host".to_owned() },
            Error::ConnectionFailed | Error::ConnectProxyFailed(_) | Error::InvalidProxyUrl => {
                HttpError::Unreachable { host, why: error.to_string() }
            }
            Error::Io(cause) if public::is_refusal(&cause) => HttpError::NotPublic { host },
            Error::Io(cause) => of_io(host, &cause, self.policy.total),
            Error::BodyExceedsLimit(limit) => HttpError::TooLong { host, limit },
            Error::Tls(_) | Error::Pem(_) | Error::Rustls(_) | Error::TlsRequired => {
                HttpError::Untrusted { host, why: error.to_string() }
            }
            Error::Http(_) | Error::BadUri(_) => {
                let why = error.to_string().replace(url, "…");
                HttpError::BadAddress { url: without_secrets(url), why }
            }
            other => HttpError::Cut { host, why: other.to_string() },
        }
    }
}

fn of_io(host: String, cause: &io::Error, limit: Duration) -> HttpError {
    use io::ErrorKind as Kind;
    let why = cause.to_string();
    match cause.kind() {
        Kind::TimedOut | Kind::WouldBlock => HttpError::TimedOut { host, limit },
        Kind::ConnectionRefused
        | Kind::HostUnreachable
        | Kind::NetworkUnreachable
        | Kind::AddrNotAvailable
        | Kind::NetworkDown => HttpError::Unreachable { host, why },
        // rustls hands its errors through as invalid data.
        Kind::InvalidData => HttpError::Untrusted { host, why },
        _ => HttpError::Cut { host, why },
    }
}

fn authorities(policy: &Policy) -> Result<RootCerts, HttpError> {
    let Some(path) = &policy.authorities else { return Ok(RootCerts::WebPki) };
    let fault = |why: String| HttpError::Authorities { path: path.clone(), why };
    let pem = std::fs::read(path).map_err(|error| fault(error.to_string()))?;
    let mut certificates = Vec::new();
    for item in ureq::tls::parse_pem(&pem) {
        if let PemItem::Certificate(found) = item.map_err(|error| fault(error.to_string()))? {
            certificates.push(found);
        }
    }
    if certificates.is_empty() {
        return Err(fault("there is no certificate in it".to_owned()));
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

/// Host and port of an address, which messages may name: paths, queries and what stands before an
/// `@` can be secrets.
pub fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

/// An address without its query and without what stands before an `@`.
fn without_secrets(url: &str) -> String {
    let plain = url.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = plain.split_once("://").map_or(("", plain), |(a, b)| (a, b));
    let end = rest.find('/').unwrap_or(rest.len());
    let start = rest[..end].rfind('@').map_or(0, |at| at + 1);
    let joint = if scheme.is_empty() { "" } else { "://" };
    format!("{scheme}{joint}{}", &rest[start..])
}

const fn name(method: Method) -> http::Method {
    match method {
        Method::Get => http::Method::GET,
        Method::Post => http::Method::POST,
        Method::Put => http::Method::PUT,
        Method::Patch => http::Method::PATCH,
        Method::Delete => http::Method::DELETE,
    }
}
