//! What can go wrong with the file, and what a user should hear when it went right.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// A row could not be written. The rows that were already in the file are untouched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CsvError {
    /// The directory of the file does not exist.
    #[error(
        "Folder '{}' doesn't exist ! Create it, or set output_dir to a folder that exists.",
        directory.display()
    )]
    MissingDirectory {
        /// The directory.
        directory: PathBuf,
    },
    /// Another program kept the file locked.
    #[error("{} has been locked by another program for {waited_s} s", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
        /// How long we waited, in seconds.
        waited_s: u64,
    },
    /// The file cannot be opened or read.
    #[error("{} cannot be opened: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The row cannot be written (disk full, file read-only).
    #[error("{} cannot be written: {source}; the rows in it are untouched", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file with other columns cannot be put aside.
    #[error("{} has other columns and cannot be renamed: {source}", path.display())]
    Backup {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A remark on a row that was written; its text is a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CsvNotice {
    /// The file had other columns, so it was renamed and a new one begun.
    BackedUp {
        /// The file.
        path: PathBuf,
        /// Its new name.
        backup: PathBuf,
        /// Columns that it lacked.
        missing: Vec<String>,
        /// Columns that records do not have.
        unknown: Vec<String>,
    },
    /// Several rows have the run's id, so none was replaced and a row was added.
    SeveralRows {
        /// The id.
        run_id: String,
        /// How many rows have it.
        rows: usize,
    },
    /// The file system has no locks; rows of concurrent writers are not kept apart.
    NotLocked {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl fmt::Display for CsvNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BackedUp { path, backup, missing, unknown } => {
                write!(
                    f,
                    "The columns of {} have changed, so it was renamed to {}",
                    path.display(),
                    backup.display()
                )?;
                for (what, columns) in [("missing", missing), ("unknown", unknown)] {
                    if !columns.is_empty() {
                        write!(f, "; {what}: {}", columns.join(", "))?;
                    }
                }
                Ok(())
            }
            Self::SeveralRows { run_id, rows } => {
                write!(f, "{rows} rows have the run id {run_id}: a row was added, none replaced")
            }
            Self::NotLocked { path, reason } => {
                write!(
                    f,
                    "{} cannot be locked ({reason}): let only one program write it",
                    path.display()
                )
            }
        }
    }
}
