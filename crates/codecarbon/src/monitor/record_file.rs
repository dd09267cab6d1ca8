//! Where a run's record is saved: the CSV file, opened before anything is measured.
//!
//! A directory that does not exist stops the command before it starts, not after a night of work.
//! The file is the first of the run's sinks, so that nothing that is sent keeps a record from the
//! disk; and it can be saved to before the end, which may come without warning.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use carbon_model::EmissionsRecord;
use carbon_outputs::{CsvError, CsvFile};
use carbon_tracker::config::OnCsvWrite;
use carbon_tracker::sink::{Delivery, Sink, SinkError};

use super::settings::Settings;
use crate::console::Console;
use crate::exit::CommandError;
use crate::surroundings::Surroundings;

/// The CSV file of one run, or none. Clones are the same file.
#[derive(Debug, Clone)]
pub(crate) struct RecordFile {
    file: Arc<Mutex<Option<CsvFile>>>,
    console: Console,
}

impl RecordFile {
    /// Checks the place; nothing is written yet.
    pub(crate) fn open(
        settings: &Settings,
        start: &Surroundings,
        console: Console,
    ) -> Result<Self, CommandError> {
        let config = &settings.config;
        let open = || {
            let directory = start.absolute(&config.output_dir);
            CsvFile::new(&directory, &config.output_file, config.on_csv_write).map_err(|error| {
                CommandError::user(error)
                    .hint("create the directory, or choose another with --output-dir")
            })
        };
        let file = settings.csv.then(open).transpose()?;
        Ok(Self { file: Arc::new(Mutex::new(file)), console })
    }

    /// Saves the record; one that was saved before for the same run is replaced. What fails is said
    /// at once, in quiet runs too: whoever waits for the file should know.
    pub(crate) fn save(&self, record: &EmissionsRecord) -> Delivery {
        self.write(record).unwrap_or_else(|error| {
            self.console.error(&CommandError::user(error));
            Delivery::default()
        })
    }

    fn write(&self, record: &EmissionsRecord) -> Result<Delivery, CsvError> {
        let mut kept = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = &mut *kept else { return Ok(Delivery::default()) };
        let written = file.write(record)?;
        // An absolute path needs no directory.
        *file = CsvFile::new(Path::new(""), file.path(), OnCsvWrite::Update)?;
        let notices = written.notices.iter().map(ToString::to_string).collect();
        Ok(Delivery { saved_to: Some(file.path().to_owned()), notices })
    }
}

impl Sink for RecordFile {
    fn out(
        &mut self,
        total: &EmissionsRecord,
        _delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        Ok(self.save(total))
    }
}
