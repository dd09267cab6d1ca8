//! Reports in the BoAmps format, which Boavizta defines for sharing what machine learning consumes:
//! <https://github.com/Boavizta/BoAmps>.
//!
//! A report is a record and what only the user knows, the [`Context`]. It is written whatever is
//! missing, and says what keeps it from being valid.

mod context;
mod format;
mod mapper;

use std::io;
use std::path::{Path, PathBuf};

use carbon_model::EmissionsRecord;
use carbon_tracker::sink::{Delivery, Sink, SinkError};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value};

use crate::atomic;
pub use context::{Context, ContextError};
use format::{REPORT, Shape};

const NAME: &str = "boamps";

/// A report could not be written; a former one is as it was.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be written: {source}", path.display())]
pub struct BoampsError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct BoampsReport(Map<String, Value>);

impl BoampsReport {
    /// Of a record and its context. `processors` is the number of sockets of the machine, 1 if it is
    /// not known.
    pub fn new(record: &EmissionsRecord, context: &Context, processors: Option<u32>) -> Self {
        Self(mapper::report(record, context, processors))
    }

    /// What keeps it from being valid: fields that are missing or have a value that they do not
    /// take.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        REPORT.faults(&self.0, "", &mut faults);
        faults
    }

    /// As JSON, indented by two spaces, with a line end; fields in the order of the format.
    pub fn pretty(&self) -> String {
        let ordered = Ordered { part: &self.0, shape: &REPORT };
        serde_json::to_string_pretty(&ordered).map(|text| text + "\n").unwrap_or_default()
    }
}

/// `boamps_report_<run id>.json`.
pub fn report_file_name(run_id: &str) -> String {
    format!("boamps_report_{run_id}.json").replace(['/', '\\', '\0'], "_")
}

/// Writes the report of a run when it ends and when it is flushed.
#[derive(Debug, Clone)]
pub struct BoampsSink {
    directory: PathBuf,
    context: Context,
    processors: Option<u32>,
}

impl BoampsSink {
    /// Into a directory, which is made if need be. `processors` is the number of sockets of the
    /// machine.
    pub fn new(directory: &Path, context: Context, processors: Option<u32>) -> Self {
        Self { directory: directory.to_owned(), context, processors }
    }

    fn write(&self, record: &EmissionsRecord, text: &str) -> Result<PathBuf, BoampsError> {
        let path = self.directory.join(report_file_name(&record.run_id));
        std::fs::create_dir_all(&self.directory)
            .and_then(|()| atomic::replace(&path, &[text.as_bytes()]))
            .map_err(|source| BoampsError { path: path.clone(), source })?;
        Ok(path)
    }
}

impl Sink for BoampsSink {
    fn out(
        &mut self,
        total: &EmissionsRecord,
        _delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        let report = BoampsReport::new(total, &self.context, self.processors);
        let path =
            self.write(total, &report.pretty()).map_err(|error| SinkError::new(NAME, error))?;
        let faults = report.faults();
        let notices = if faults.is_empty() {
            Vec::new()
        } else {
            vec![format!(
                "the BoAmps report is not complete: {}; the file that metadata names can say it",
                faults.join(", ")
            )]
        };
        Ok(Delivery { saved_to: Some(path), notices })
    }
}

/// A part whose fields are written in the order of its shape.
struct Ordered<'a> {
    part: &'a Map<String, Value>,
    shape: &'static Shape,
}

/// What stands in a field.
struct Inside<'a>(&'a Value, Option<&'static Shape>);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value, shape) in self.shape.in_order(self.part) {
            map.serialize_entry(name, &Inside(value, shape))?;
        }
        map.end()
    }
}

impl Serialize for Inside<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.0, self.1) {
            (Value::Object(part), Some(shape)) => Ordered { part, shape }.serialize(serializer),
            (Value::Array(parts), Some(_)) => {
                serializer.collect_seq(parts.iter().map(|part| Inside(part, self.1)))
            }
            (value, _) => value.serialize(serializer),
        }
    }
}
