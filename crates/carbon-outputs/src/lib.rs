//! Where records go, one directory or file each: the emissions CSV, the task CSV, the JSON report,
//! BoAmps reports, an endpoint of the user's own, a stream, collectors of metrics; and what is told to
//! the server's makers.
//!
//! A sink takes what it is given and says what became of it; it computes no energy and no
//! emissions. Files of the reference are read and extended as they are. The parsers here take bytes,
//! so that they can be fuzzed.

mod atomic;
pub mod boamps;
pub mod csv;
pub mod float;
pub mod http;
pub mod json;
pub mod logger;
pub mod metrics;
pub mod otlp;
pub mod prometheus;
mod record_json;
pub mod telemetry;

pub use boamps::{BoampsReport, BoampsSink};
pub use csv::{CsvError, CsvFile, CsvSink};
pub use http::HttpSink;
pub use json::{JsonError, JsonReport};
pub use logger::LoggerSink;
pub use metrics::ExportError;
pub use otlp::{OtlpError, OtlpSettings, OtlpSink};
pub use prometheus::{ListenError, Listener, PushGateway, PushSettings};

#[cfg(test)]
#[path = "../tests/example/mod.rs"]
mod example;
