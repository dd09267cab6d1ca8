//! The CSV files as a sink of the tracker.

use std::path::{Path, PathBuf};

use carbon_model::{EmissionsRecord, TaskRecord};
use carbon_tracker::config::{Config, OnCsvWrite};
use carbon_tracker::sink::{Delivery, Sink, SinkError};

use super::error::CsvError;
use super::file::CsvFile;
use super::task::write_tasks;

const NAME: &str = "csv";

/// Writes the record of a run to the emissions file and its tasks to the task file.
#[derive(Debug, Clone)]
pub struct CsvSink {
    file: CsvFile,
    output_dir: PathBuf,
}

impl CsvSink {
    /// Into a directory; see [`CsvFile::new`].
    ///
    /// # Errors
    /// The directory does not exist.
    pub fn new(
        output_dir: &Path,
        output_file: &Path,
        on_write: OnCsvWrite,
    ) -> Result<Self, CsvError> {
        let file = CsvFile::new(output_dir, output_file, on_write)?;
        Ok(Self { file, output_dir: output_dir.to_owned() })
    }

    /// By `output_dir`, `output_file` and `on_csv_write`.
    ///
    /// # Errors
    /// The directory does not exist.
    pub fn from_config(config: &Config) -> Result<Self, CsvError> {
        Self::new(&config.output_dir, &config.output_file, config.on_csv_write)
    }

    /// The emissions file.
    pub fn file(&self) -> &CsvFile {
        &self.file
    }
}

impl Sink for CsvSink {
    fn out(
        &mut self,
        total: &EmissionsRecord,
        _delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        let written = self.file.write(total).map_err(|error| SinkError::new(NAME, error))?;
        Ok(Delivery {
            saved_to: Some(self.file.path().to_owned()),
            notices: written.notices.iter().map(ToString::to_string).collect(),
        })
    }

    fn task_out(
        &mut self,
        tasks: &[TaskRecord],
        experiment_name: &str,
    ) -> Result<Delivery, SinkError> {
        let saved_to = write_tasks(&self.output_dir, experiment_name, tasks)
            .map_err(|error| SinkError::new(NAME, error))?;
        Ok(Delivery { saved_to, notices: Vec::new() })
    }
}
