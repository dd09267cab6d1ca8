//! Where OTLP goes: the settings of this project, and below them the variables that OpenTelemetry
//! defines for all exporters, so that a machine which is set up for it needs nothing more.

use std::path::PathBuf;
use std::time::Duration;

use carbon_tracker::config::{Config, OtlpProtocol, Secret};

use crate::metrics::{ANSWER_LIMIT, LONGEST_STOP_WAIT, Variables, set_variable};

/// Path of the metrics service by HTTP.
const PATH: &str = "/v1/metrics";

/// Metrics cannot be exported by these settings; they have to be changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OtlpError {
    /// A protocol that is not spoken here.
    #[error("{name} = {value:?}: this exporter speaks http/protobuf and grpc")]
    Protocol {
        /// The variable.
        name: &'static str,
        /// Its value.
        value: String,
    },
    /// This build has no gRPC.
    #[error(
        "this build speaks no gRPC; set otlp_protocol to http, which collectors offer on port 4318"
    )]
    NoGrpc,
    /// An item of a list is no `name=value`; the list itself may hold secrets and is not shown.
    #[error("item {item} of {name} is not of the form name=value")]
    List {
        /// The setting or variable.
        name: &'static str,
        /// Which item, from 1.
        item: usize,
    },
    /// The address is none.
    #[error("{name} is no address of the form http://host:port or https://host:port")]
    Address {
        /// The setting or variable.
        name: &'static str,
    },
    /// Logfire needs a token.
    #[error("the output logfire needs a write token in the variable LOGFIRE_TOKEN")]
    NoToken,
    /// No connection can be prepared.
    #[error(transparent)]
    Http(#[from] carbon_http::HttpError),
}

/// Where metrics are exported to, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtlpSettings {
    /// Address: with the path for HTTP, host and port for gRPC.
    pub endpoint: String,
    /// Protocol.
    pub protocol: OtlpProtocol,
    /// Headers beside those of the protocol; values may be secret.
    pub headers: Vec<(String, Secret)>,
    /// Whether requests are compressed.
    pub gzip: bool,
    /// PEM file of certificate authorities, instead of the built-in ones.
    pub authorities: Option<PathBuf>,
    /// Longest time of one export.
    pub timeout: Duration,
    /// Longest time that the end of a run waits for the last export.
    pub stop_wait: Duration,
    /// `service.name`; the project's name where nobody gives one.
    pub service_name: Option<String>,
    /// Further attributes of the resource.
    pub attributes: Vec<(String, String)>,
    /// Name of the output in messages.
    pub name: &'static str,
}

impl OtlpSettings {
    /// To an endpoint by HTTP, without headers.
    pub fn new(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            protocol: OtlpProtocol::Http,
            headers: Vec::new(),
            gzip: false,
            authorities: None,
            timeout: ANSWER_LIMIT,
            stop_wait: LONGEST_STOP_WAIT,
            service_name: None,
            attributes: Vec::new(),
            name: "otlp",
        }
    }

    /// By the settings `otlp_endpoint`, `otlp_protocol`, `otlp_headers`, `ca_bundle` and
    /// `api_stop_wait_secs`; what they leave open, by the variables `OTEL_EXPORTER_OTLP_METRICS_*`
    /// and `OTEL_EXPORTER_OTLP_*` (`ENDPOINT`, `PROTOCOL`, `HEADERS`, `COMPRESSION`, `TIMEOUT`,
    /// `CERTIFICATE`), `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`.
    ///
    /// An `otlp_endpoint` may stand with or without `/v1/metrics`.
    ///
    /// # Errors
    /// A setting or variable has a value that it does not take.
    pub fn from_config(config: &Config, variables: &Variables<'_>) -> Result<Self, OtlpError> {
        let protocol = match config.otlp_protocol {
            Some(protocol) => protocol,
            None => protocol(variables)?,
        };
        let mut settings = Self {
            endpoint: endpoint(config, protocol, variables)?,
            protocol,
            headers: headers(config, variables)?,
            ..Self::shared(config, variables)?
        };
        settings.gzip = either(variables, "COMPRESSION").is_some_and(|(_, word)| word == "gzip");
        Ok(settings)
    }

    /// To Pydantic Logfire, by the variables `LOGFIRE_TOKEN` and, if set, `LOGFIRE_BASE_URL`. The
    /// region is that of the token.
    ///
    /// # Errors
    /// There is no token.
    pub fn logfire(config: &Config, variables: &Variables<'_>) -> Result<Self, OtlpError> {
        let token = set_variable(variables, "LOGFIRE_TOKEN").ok_or(OtlpError::NoToken)?;
        let token = token.trim();
        let base = set_variable(variables, "LOGFIRE_BASE_URL")
            .unwrap_or_else(|| logfire_region(token).to_owned());
        Ok(Self {
            endpoint: with_path(&address(&base, "LOGFIRE_BASE_URL")?),
            headers: vec![("authorization".to_owned(), Secret::new(token))],
            name: "logfire",
            ..Self::shared(config, variables)?
        })
    }

    /// What does not depend on the collector.
    fn shared(config: &Config, variables: &Variables<'_>) -> Result<Self, OtlpError> {
        let certificate = || either(variables, "CERTIFICATE").map(|(_, file)| PathBuf::from(file));
        let timeout = either(variables, "TIMEOUT").and_then(|(_, ms)| ms.trim().parse().ok());
        let attributes = "OTEL_RESOURCE_ATTRIBUTES";
        Ok(Self {
            authorities: config.ca_bundle.clone().or_else(certificate),
            timeout: timeout.filter(|ms| *ms > 0).map_or(ANSWER_LIMIT, Duration::from_millis),
            stop_wait: config.api_stop_wait_secs.duration().min(LONGEST_STOP_WAIT),
            service_name: set_variable(variables, "OTEL_SERVICE_NAME"),
            attributes: match set_variable(variables, attributes) {
                Some(list) => pairs(&list, attributes)?,
                None => Vec::new(),
            },
            ..Self::new(String::new())
        })
    }
}

/// A variable of OpenTelemetry: the one for metrics, else the one for everything; with its name.
fn either(variables: &Variables<'_>, last: &str) -> Option<(&'static str, String)> {
    const NAMES: [(&str, [&str; 2]); 6] = [
        ("ENDPOINT", ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]),
        ("PROTOCOL", ["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"]),
        ("HEADERS", ["OTEL_EXPORTER_OTLP_METRICS_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"]),
        (
            "COMPRESSION",
            ["OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION"],
        ),
        ("TIMEOUT", ["OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"]),
        (
            "CERTIFICATE",
            ["OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE"],
        ),
    ];
    let (_, names) = NAMES.into_iter().find(|(name, _)| *name == last)?;
    names.into_iter().find_map(|name| Some((name, set_variable(variables, name)?)))
}

fn protocol(variables: &Variables<'_>) -> Result<OtlpProtocol, OtlpError> {
    match either(variables, "PROTOCOL") {
        None => Ok(OtlpProtocol::Http),
        Some((name, value)) => match value.trim() {
            "http/protobuf" => Ok(OtlpProtocol::Http),
            "grpc" => Ok(OtlpProtocol::Grpc),
            _ => Err(OtlpError::Protocol { name, value }),
        },
    }
}

fn endpoint(
    config: &Config,
    protocol: OtlpProtocol,
    variables: &Variables<'_>,
) -> Result<String, OtlpError> {
    let is_http = protocol == OtlpProtocol::Http;
    let complete = |base: String| if is_http { with_path(&base) } else { base };
    if let Some(given) = &config.otlp_endpoint {
        return Ok(complete(address(given, "otlp_endpoint")?));
    }
    match either(variables, "ENDPOINT") {
        // The variable for metrics holds the whole address, the one for everything the base.
        Some((name, given)) if name.contains("METRICS") => address(&given, name),
        Some((name, given)) => Ok(complete(address(&given, name)?)),
        None if is_http => Ok(format!("http://localhost:4318{PATH}")),
        None => Ok("http://localhost:4317".to_owned()),
    }
}

/// An address with its scheme, `http` unless it says otherwise.
fn address(given: &str, name: &'static str) -> Result<String, OtlpError> {
    let given = given.trim();
    let full = if given.contains("://") { given.to_owned() } else { format!("http://{given}") };
    let (scheme, rest) = full.split_once("://").unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if !matches!(scheme, "http" | "https") || host.is_empty() || full.contains(char::is_whitespace)
    {
        return Err(OtlpError::Address { name });
    }
    Ok(full)
}

/// A base address with the path of the metrics service, unless it has it.
fn with_path(base: &str) -> String {
    let base = base.trim_end_matches('/');
    if base.ends_with(PATH) { base.to_owned() } else { format!("{base}{PATH}") }
}

/// The variables' headers, and over them those of the setting.
fn headers(config: &Config, variables: &Variables<'_>) -> Result<Vec<(String, Secret)>, OtlpError> {
    let mut headers: Vec<(String, Secret)> = Vec::new();
    let mut add = |list: &str, name: &'static str| {
        for (item, (header, value)) in pairs(list, name)?.into_iter().enumerate() {
            let header = header.to_ascii_lowercase();
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            let is_fit = header.chars().all(is_plain) && !value.contains(char::is_control);
            if !is_fit || !value.is_ascii() {
                return Err(OtlpError::List { name, item: item + 1 });
            }
            headers.retain(|(known, _)| *known != header);
            headers.push((header, Secret::new(value)));
        }
        Ok(())
    };
    for name in ["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_METRICS_HEADERS"] {
        if let Some(list) = set_variable(variables, name) {
            add(&list, name)?;
        }
    }
    if let Some(list) = &config.otlp_headers {
        add(list.expose(), "otlp_headers")?;
    }
    Ok(headers)
}

/// `name=value,name=value`, values percent-encoded.
fn pairs(list: &str, name: &'static str) -> Result<Vec<(String, String)>, OtlpError> {
    let items = list.split(',').enumerate().filter(|(_, item)| !item.trim().is_empty());
    items
        .map(|(at, item)| {
            let (key, value) = item.split_once('=').unwrap_or_default();
            let (key, value) = (key.trim(), percent_decoded(value.trim()));
            if key.is_empty() {
                return Err(OtlpError::List { name, item: at + 1 });
            }
            Ok((key.to_owned(), value))
        })
        .collect()
}

/// Text with `%20` and the like replaced; a percent sign that begins nothing stays.
pub(super) fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let byte = code
            .and_then(|code| std::str::from_utf8(code).ok())
            .filter(|code| code.bytes().all(|c| c.is_ascii_hexdigit()))
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        decoded.push(byte.unwrap_or(bytes[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// The address of Logfire that a token belongs to, by its prefix `pylf_v<version>_<region>_`; tokens of
/// old are of the region us.
fn logfire_region(token: &str) -> &'static str {
    let mut words = token.split('_');
    match (words.next(), words.next(), words.next()) {
        (Some("pylf"), Some(_), Some("eu")) => "https://logfire-eu.pydantic.dev",
        _ => "https://logfire-us.pydantic.dev",
    }
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
