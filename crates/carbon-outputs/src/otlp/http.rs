//! OTLP over HTTP: a POST of the request as it is.

use std::io::Write as _;
use std::time::Duration;

use carbon_http::{Client, HttpError, Method, Policy, Request};
use carbon_tracker::config::Secret;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::Transport;
use super::message::{dropped, status_text};
use super::settings::OtlpSettings;
use crate::metrics::error::{excerpt, host_of};
use crate::metrics::{CONNECT_LIMIT, ExportError};

const MEDIA_TYPE: &str = "application/x-protobuf";

/// A kept connection to a collector.
pub(super) struct Http {
    client: Client,
    endpoint: String,
    headers: Vec<(String, Secret)>,
    gzip: bool,
}

impl Http {
    pub(super) fn new(settings: &OtlpSettings) -> Result<Self, HttpError> {
        let policy = Policy {
            connect: CONNECT_LIMIT.min(settings.timeout),
            total: settings.timeout.max(Duration::from_millis(1)),
            authorities: settings.authorities.clone(),
            ..Policy::default()
        };
        Ok(Self {
            client: Client::new(policy)?,
            endpoint: settings.endpoint.clone(),
            headers: settings.headers.clone(),
            gzip: settings.gzip,
        })
    }
}

impl Transport for Http {
    fn send(&mut self, request: &[u8]) -> Result<(), ExportError> {
        let packed = self.gzip.then(|| gzip(request));
        let body = packed.as_deref().unwrap_or(request);
        let mut request = Request::with_body(Method::Post, &self.endpoint, MEDIA_TYPE, body);
        if packed.is_some() {
            request = request.header("content-encoding", "gzip");
        }
        for (name, value) in &self.headers {
            request = request.header(name, value.expose());
        }
        let mut answer = self.client.send(&request)?;
        if !answer.is_success() {
            if answer.header("content-type").is_some_and(|kind| kind.starts_with(MEDIA_TYPE)) {
                answer.body = status_text(&answer.body).unwrap_or_default().into_bytes();
            }
            return Err(ExportError::of_answer(&self.endpoint, &answer));
        }
        match dropped(&answer.body) {
            None => Ok(()),
            Some((rejected, why)) => {
                let host = host_of(&self.endpoint);
                Err(ExportError::Partial { host, rejected, answer: excerpt(&why) })
            }
        }
    }
}

/// The bytes compressed; writing to memory cannot fail, and an empty body would be refused aloud.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
