//! Files of records to entries: CSV and JSON, told apart by their first character.
//!
//! What cannot be read is a [`Fault`] that names file and line; the rest is read all the same.

mod cells;
pub(crate) mod csv;
mod json;

use std::io;
use std::path::{Path, PathBuf};

pub use cells::RowFault;
pub(crate) use cells::Texts;
pub use json::JsonFault;

use crate::entry::Entry;

/// What files say.
#[derive(Debug, Default)]
pub struct Reading {
    /// The files, in the order in which they were read.
    pub files: Vec<PathBuf>,
    /// Every run and task, in the order of the files.
    pub entries: Vec<Entry>,
    /// What could not be read.
    pub faults: Vec<Fault>,
    /// Rows whose cells had slipped to the left, as CodeCarbon 3.3.0 writes them, and were put right.
    pub realigned: usize,
    texts: Texts,
}

/// A file or a part of it that could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The file cannot be opened or read.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Its first line does not name the columns of a record.
    #[error(
        "{}: no file of emissions records: its first line names no columns duration, emissions \
         and energy_consumed",
        path.display()
    )]
    NoRecords {
        /// The file.
        path: PathBuf,
    },
    /// A row of a CSV file.
    #[error("{}, line {line}: {fault}", path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// The line on which the row begins.
        line: usize,
        /// What is wrong with it.
        fault: RowFault,
    },
    /// An item of a JSON file.
    #[error("{}: {fault}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: JsonFault,
    },
}

impl Reading {
    /// Reads files, one after the other. Costs about 5 µs a row.
    pub fn of_files<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Self {
        let mut reading = Self::default();
        for path in paths {
            let path = path.as_ref();
            match std::fs::read(path) {
                Ok(bytes) => reading.add(path, &bytes),
                Err(source) => {
                    reading.faults.push(Fault::File { path: path.to_owned(), source });
                }
            }
        }
        reading
    }

    /// Reads the content of one more file.
    pub fn add(&mut self, path: &Path, bytes: &[u8]) {
        let file = self.files.len();
        self.files.push(path.to_owned());
        if bytes.iter().all(u8::is_ascii_whitespace) {
            // A file that was begun and not written yet holds no record and no fault.
            return;
        }
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        if matches!(first, Some(b'{' | b'[')) {
            let (entries, faults) = json::read(bytes, file, &mut self.texts);
            self.entries.extend(entries);
            let named = |fault| Fault::Json { path: path.to_owned(), fault };
            self.faults.extend(faults.into_iter().map(named));
            return;
        }
        let Some(rows) = csv::read(bytes, file, &mut self.texts) else {
            self.faults.push(Fault::NoRecords { path: path.to_owned() });
            return;
        };
        self.entries.extend(rows.entries);
        self.realigned += rows.realigned;
        let named = |(line, fault)| Fault::Row { path: path.to_owned(), line, fault };
        self.faults.extend(rows.faults.into_iter().map(named));
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
