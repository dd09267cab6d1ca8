//! Where spans of requests are sent.

use std::path::PathBuf;
use std::time::Duration;

use carbon_store::SecretText;

/// A receiver of OpenTelemetry traces (OTLP over HTTP), and what it gets.
#[derive(Debug, Clone, PartialEq)]
pub struct Traces {
    /// Address, with its path: `http://127.0.0.1:4318/v1/traces`.
    pub endpoint: String,
    /// Headers that the receiver asks for; their values are secrets.
    pub headers: Vec<(String, SecretText)>,
    /// `service.name` of the spans.
    pub service_name: String,
    /// Share of the requests that are traced, 0 to 1. A request that says itself whether it is traced
    /// is believed.
    pub share: f64,
    /// Longest time to send a batch.
    pub timeout: Duration,
    /// PEM file of certificate authorities, instead of the built-in ones.
    pub authorities: Option<PathBuf>,
}

impl Traces {
    /// Everything to one receiver, within ten seconds.
    pub fn to(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            headers: Vec::new(),
            service_name: "codecarbon-server".to_owned(),
            share: 1.0,
            timeout: Duration::from_secs(10),
            authorities: None,
        }
    }
}
