//! Where a run's record is saved: the CSV file, opened before anything is measured.
//!
//! A directory that does not exist stops the command before it starts, not after a night of work.

use std::path::{Path, PathBuf};

use carbon_outputs::{CsvError, CsvFile};
use carbon_tracker::Outcome;
use carbon_tracker::config::OnCsvWrite;

use super::settings::Settings;
use crate::exit::CommandError;
use crate::surroundings::Surroundings;

/// The CSV file of one run, or none.
#[derive(Debug)]
pub(crate) struct RecordFile {
    file: Option<CsvFile>,
}

impl RecordFile {
    /// Checks the place; nothing is written yet.
    pub(crate) fn open(settings: &Settings, start: &Surroundings) -> Result<Self, CommandError> {
        let config = &settings.config;
        let open = || {
            let directory = start.absolute(&config.output_dir);
            CsvFile::new(&directory, &config.output_file, config.on_csv_write).map_err(|error| {
                CommandError::user(error)
                    .hint("create the directory, or choose another with --output-dir")
            })
        };
        Ok(Self { file: settings.csv.then(open).transpose()? })
    }

    /// Saves the record; one that was saved before for the same run is replaced. Returns the file,
    /// and what the user should hear.
    pub(crate) fn save(
        &mut self,
        outcome: &Outcome,
    ) -> Result<(Option<PathBuf>, Vec<String>), CsvError> {
        let Some(file) = &mut self.file else { return Ok((None, Vec::new())) };
        let written = file.write(&outcome.record)?;
        // An absolute path needs no directory.
        *file = CsvFile::new(Path::new(""), file.path(), OnCsvWrite::Update)?;
        let notices = written.notices.iter().map(ToString::to_string).collect();
        Ok((Some(file.path().to_owned()), notices))
    }
}
