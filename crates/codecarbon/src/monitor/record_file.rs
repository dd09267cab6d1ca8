//! Where a run's record is saved: the CSV file, opened before anything is measured.
//!
//! A directory that does not exist stops the command before it starts, not after a night of work.

use std::path::PathBuf;

use carbon_outputs::CsvFile;
use carbon_tracker::Outcome;
use carbon_tracker::config::OnCsvWrite;

use super::settings::Settings;
use crate::exit::CommandError;
use crate::surroundings::Surroundings;

/// The CSV file of one run, or none.
#[derive(Debug)]
pub(crate) struct RecordFile {
    first: Option<CsvFile>,
    again: Option<CsvFile>,
    written: bool,
}

impl RecordFile {
    /// Checks the place; nothing is written yet.
    pub(crate) fn open(settings: &Settings, start: &Surroundings) -> Result<Self, CommandError> {
        if !settings.csv {
            return Ok(Self { first: None, again: None, written: false });
        }
        let config = &settings.config;
        let directory = start.absolute(&config.output_dir);
        let open = |on_write| {
            CsvFile::new(&directory, &config.output_file, on_write).map_err(|error| {
                CommandError::user(error)
                    .hint("create the directory, or choose another with --output-dir")
            })
        };
        Ok(Self {
            first: Some(open(config.on_csv_write)?),
            again: Some(open(OnCsvWrite::Update)?),
            written: false,
        })
    }

    /// Saves the record; one that was saved before for the same run is replaced. Returns the file,
    /// and what the user should hear.
    pub(crate) fn save(
        &mut self,
        outcome: &Outcome,
    ) -> Result<(Option<PathBuf>, Vec<String>), String> {
        let file = if self.written { &self.again } else { &self.first };
        let Some(file) = file else { return Ok((None, Vec::new())) };
        let written = file.write(&outcome.record).map_err(|error| error.to_string())?;
        self.written = true;
        let notices = written.notices.iter().map(ToString::to_string).collect();
        Ok((Some(file.path().to_owned()), notices))
    }
}
