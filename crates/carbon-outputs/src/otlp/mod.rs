//! Metrics for OpenTelemetry collectors, by OTLP over HTTP or, where this is built in, gRPC.
//!
//! Pydantic Logfire is such a collector. Left out: traces and logs, the JSON encoding, and client
//! certificates.

#[cfg(feature = "grpc")]
mod grpc;
mod http;
mod message;
mod protobuf;
mod settings;
mod sink;

pub use settings::{OtlpError, OtlpSettings};
pub use sink::OtlpSink;

use crate::metrics::ExportError;

/// A way to a collector.
trait Transport: Send {
    /// Sends one request and waits for the answer.
    fn send(&mut self, request: &[u8]) -> Result<(), ExportError>;
}
