//! Files of records to entries: CSV and JSON, told apart by their first character; compressed ones,
//! and the files of a folder too.
//!
//! What cannot be read is a [`Fault`] that names file and line; the rest is read all the same.

mod cells;
pub(crate) mod csv;
mod fault;
mod json;
mod source;

use std::path::{Path, PathBuf};

pub use cells::RowFault;
pub(crate) use cells::Texts;
pub use fault::Fault;
pub use json::JsonFault;
use source::files_of;
pub use source::{FileState, FormatFault, states_of, unpacked};

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

impl Reading {
    /// Reads files and folders, one after the other. Costs about 5 µs a row.
    pub fn of_files<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Self {
        let mut reading = Self::default();
        for path in paths {
            reading.read(path.as_ref(), path.as_ref());
        }
        reading
    }

    /// Reads a file, or the files of a folder that are named like records. `named` is what messages
    /// call it.
    pub fn read(&mut self, at: &Path, named: &Path) {
        if !at.is_dir() {
            self.read_file(at, named);
            return;
        }
        let members = match files_of(at) {
            Ok(members) => members,
            Err(source) => {
                self.faults.push(Fault::File { path: named.to_owned(), source });
                return;
            }
        };
        let mut has_records = false;
        for member in members {
            let (faults, entries) = (self.faults.len(), self.entries.len());
            let name = member.file_name().map_or_else(|| named.to_owned(), |name| named.join(name));
            self.read_file(&member, &name);
            let new = &self.faults[faults..];
            // A folder of results has other tables and documents too.
            let is_other = self.entries.len() == entries
                && !new.is_empty()
                && new.iter().all(Fault::is_of_another_kind);
            if is_other {
                self.faults.truncate(faults);
            } else {
                has_records = true;
            }
        }
        if !has_records {
            self.faults.push(Fault::NoFiles { path: named.to_owned() });
        }
    }

    fn read_file(&mut self, at: &Path, named: &Path) {
        match source::bytes_of(at) {
            Ok(bytes) => self.add(named, &bytes),
            Err(source) => self.faults.push(Fault::File { path: named.to_owned(), source }),
        }
    }

    /// Reads the content of one more file.
    pub fn add(&mut self, path: &Path, bytes: &[u8]) {
        let file = self.files.len();
        self.files.push(path.to_owned());
        let bytes = match unpacked(bytes) {
            Ok(bytes) => bytes,
            Err(fault) => {
                self.faults.push(Fault::Format { path: path.to_owned(), fault });
                return;
            }
        };
        let bytes = &*bytes;
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
            let path = path.to_owned();
            self.faults.push(match csv::other_separator(bytes) {
                Some(separator) => Fault::Separator { path, separator },
                None => Fault::NoRecords { path },
            });
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
