//! Where a run's record is saved: the CSV file, opened before anything is measured.
//!
//! A directory that does not exist stops the command before it starts, not after a night of work.
//! The file is the first of the run's sinks, so that nothing that is sent keeps a record from the
//! disk; and it can be saved to before the end, which may come without warning.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use carbon_journal::{Kept, Saving};
use carbon_model::EmissionsRecord;
use carbon_outputs::{CsvError, CsvFile};
use carbon_tracker::config::OnCsvWrite;
use carbon_tracker::sink::{Delivery, Sink, SinkError};

use super::settings::Settings;
use crate::console::Console;
use crate::exit::CommandError;
use crate::surroundings::Surroundings;

/// Records that wait to be saved at most; the oldest go first. At one an hour they are a year.
const MOST_WAITING: usize = 10_000;

/// Records of a service that could not be saved, as on a full disk, in the order of their time. Clones
/// are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Backlog(Arc<Mutex<VecDeque<Waiting>>>);

/// A record that waits, with the journal that has it should this program be killed.
type Waiting = (EmissionsRecord, Option<Kept>);

impl Backlog {
    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.waiting().len()
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, VecDeque<Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, record: &EmissionsRecord, journal: Option<&Kept>) {
        let mut waiting = self.waiting();
        if waiting.len() >= MOST_WAITING {
            waiting.pop_front();
        }
        journal.inspect(|journal| journal.hold());
        waiting.push_back((record.clone(), journal.cloned()));
    }

    /// Gives the oldest away as long as they are taken.
    fn drain<E>(&self, mut take: impl FnMut(&EmissionsRecord) -> Result<(), E>) -> Result<(), E> {
        let mut waiting = self.waiting();
        while let Some((oldest, journal)) = waiting.front() {
            take(oldest)?;
            if let Some(journal) = journal {
                journal.note(Saving::Csv, true);
                journal.release();
            }
            waiting.pop_front();
        }
        Ok(())
    }
}

/// The CSV file of one run, or none. Clones are the same file.
#[derive(Debug, Clone)]
pub(crate) struct RecordFile {
    file: Arc<Mutex<Option<CsvFile>>>,
    backlog: Option<Backlog>,
    journal: Option<Kept>,
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
        Ok(Self { file: Arc::new(Mutex::new(file)), backlog: None, journal: None, console })
    }

    /// The same with the records that still wait: they are saved before this run's own, which joins
    /// them where it cannot be saved either.
    pub(crate) fn with_backlog(self, backlog: &Backlog) -> Self {
        Self { backlog: Some(backlog.clone()), ..self }
    }

    /// The same with the journal of the run, which hears whether the record is saved.
    pub(crate) fn with_journal(self, journal: Option<&Kept>) -> Self {
        Self { journal: journal.cloned(), ..self }
    }

    /// Saves the record; one that was saved before for the same run is replaced. What fails is said
    /// at once, in quiet runs too: whoever waits for the file should know.
    pub(crate) fn save(&self, record: &EmissionsRecord) -> Delivery {
        let written = self.write_backlog().and_then(|()| self.write(record));
        if let Some(journal) = &self.journal {
            journal.note(Saving::Csv, written.is_ok());
        }
        written.unwrap_or_else(|error| {
            let mut error = CommandError::file(error);
            if let Some(backlog) = &self.backlog {
                backlog.add(record, self.journal.as_ref());
                let waiting = backlog.len();
                error = error.hint(format!("records that wait for the next try: {waiting}"));
            }
            self.console.error(&error);
            Delivery::default()
        })
    }

    fn write_backlog(&self) -> Result<(), CsvError> {
        let kept = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        match (&*kept, &self.backlog) {
            (Some(file), Some(backlog)) => {
                backlog.drain(|record| file.write(record).map(|_written| ()))
            }
            _ => Ok(()),
        }
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
