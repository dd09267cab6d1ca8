//! The JSON report: everything that is known about a run, for programs.
//!
//! Where the CSV has one number, the report has an interval, its sources and its gaps. The shape is
//! documented field by field in [`JsonReport`] and held by a golden file; within one
//! [`SCHEMA_VERSION`] fields are only added. A number that is not known is `null`, never NaN.

mod energy;
mod report;

use std::io;
use std::path::{Path, PathBuf};

pub use energy::{
    Bounds, EnergyNote, EnergyPart, MachineEnergy, MeterNote, ProcessEnergy, SourceNote,
};
pub use report::{
    CommandNote, CostNote, GapNote, GridNote, JsonReport, PlaceNote, PriceNote, PricingNote,
    RunNote, SCHEMA_VERSION, UtilizationNote,
};

use crate::atomic;

/// The report could not be written; a former one is as it was.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be written: {source}", path.display())]
pub struct JsonError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

/// `emissions_report_<run id>.json`.
pub fn report_file_name(run_id: &str) -> String {
    format!("emissions_report_{run_id}.json").replace(['/', '\\', '\0'], "_")
}

impl JsonReport<'_> {
    /// Indented by two spaces, with a line end: for files and people.
    pub fn pretty(&self) -> String {
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }

    /// On one line, without a line end: for streams of reports.
    pub fn line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Writes the report to its own file in a directory and says where.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_into(&self, output_dir: &Path) -> Result<PathBuf, JsonError> {
        let path = output_dir.join(report_file_name(&self.record.run_id));
        self.write_to(&path)?;
        Ok(path)
    }

    /// Writes the report to a file, replacing a former one at once.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_to(&self, path: &Path) -> Result<(), JsonError> {
        atomic::replace(path, &[self.pretty().as_bytes()])
            .map_err(|source| JsonError { path: path.to_owned(), source })
    }
}
