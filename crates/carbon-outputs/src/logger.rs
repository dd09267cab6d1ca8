//! Records as lines of JSON on a stream: the output `logger` of the commands.
//!
//! One line per record, live ones included, for whatever collects standard error. The Python
//! package has a logger of the program's own instead.

use std::io::Write;

use carbon_model::EmissionsRecord;
use carbon_tracker::sink::{Delivery, Sink, SinkError};

use crate::record_json;

/// Writes each record as one line.
#[derive(Debug)]
pub struct LoggerSink<W> {
    stream: W,
}

impl<W: Write + Send> LoggerSink<W> {
    /// To a stream; a line is one call of `write`, so that lines of others do not get into it.
    pub fn new(stream: W) -> Self {
        Self { stream }
    }
}

impl<W: Write + Send> Sink for LoggerSink<W> {
    fn out(
        &mut self,
        total: &EmissionsRecord,
        _delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        let line = record_json::line(total) + "\n";
        self.stream.write_all(line.as_bytes()).map_err(|error| SinkError::new("logger", error))?;
        Ok(Delivery::default())
    }

    fn live_out(
        &mut self,
        total: &EmissionsRecord,
        delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        self.out(total, delta)
    }
}
