//! What could not be read, in words that name the file, the line and what to do.

use std::io;
use std::path::PathBuf;

use super::cells::RowFault;
use super::json::JsonFault;
use super::source::FormatFault;

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
    /// Its columns stand apart by something else than commas.
    #[error(
        "{}: its columns are separated by {separator}: save it as CSV with commas and decimal \
         points, as the tracker wrote it",
        path.display()
    )]
    Separator {
        /// The file.
        path: PathBuf,
        /// By what, for people.
        separator: &'static str,
    },
    /// It is a file of another kind.
    #[error("{}: {fault}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Of which, and what to do.
        fault: FormatFault,
    },
    /// A folder without such files.
    #[error(
        "{}: no file of emissions records in this folder (*.csv, *.json, *.jsonl, also with .gz)",
        path.display()
    )]
    NoFiles {
        /// The folder.
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

impl Fault {
    /// Whether the file is simply none of records: in a folder such files are passed over.
    pub(super) fn is_of_another_kind(&self) -> bool {
        match self {
            Self::NoRecords { .. } | Self::Format { .. } => true,
            Self::Json { fault, .. } => matches!(fault, JsonFault::NotARecord),
            _ => false,
        }
    }
}
