//! One configuration file: read, and written back with changes.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use carbon_tracker::config::{IniFile, SECTION, parse_ini};

use super::edit::{Change, edited, value_of};
use crate::exit::CommandError;
use crate::private_file;

/// A file as it was read; it need not exist.
#[derive(Debug)]
pub(super) struct ConfigFile {
    /// Where it is.
    pub(super) path: PathBuf,
    /// Whether it is there.
    pub(super) exists: bool,
    text: String,
    parsed: IniFile,
}

impl ConfigFile {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, is no text or breaks the syntax.
    pub(super) fn read(path: PathBuf) -> Result<Self, CommandError> {
        let (exists, text) = match fs::read_to_string(&path) {
            Ok(text) => (true, text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => (false, String::new()),
            Err(error) => {
                return Err(CommandError::file(format!(
                    "{} cannot be read: {error}",
                    path.display()
                )));
            }
        };
        let parsed = parse_ini(&text, &path).map_err(unusable)?;
        Ok(Self { path, exists, text, parsed })
    }

    /// Value of a key; empty ones count as none.
    pub(super) fn value(&self, key: &str) -> Option<&str> {
        value_of(&self.parsed, key).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Line of a key, counted from 1; 0 when it is not there.
    pub(super) fn line(&self, key: &str) -> usize {
        let entries = self.parsed.section(SECTION).map_or(&[][..], |section| &section.entries);
        entries.iter().find(|entry| entry.key == key).map_or(0, |entry| entry.line)
    }

    /// Keys and values in order.
    pub(super) fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        let entries = self.parsed.section(SECTION).map_or(&[][..], |section| &section.entries);
        entries.iter().map(|entry| (entry.key.as_str(), entry.value.as_str()))
    }

    /// Whether a key is there, with or without a value.
    pub(super) fn has(&self, key: &str) -> bool {
        value_of(&self.parsed, key).is_some()
    }

    /// Makes sure that the file can be written, without doing it.
    pub(super) fn probe(&self) -> Result<(), CommandError> {
        let directory = self.path.ancestors().skip(1).find(|path| path.is_dir());
        let directory = directory.unwrap_or(Path::new("."));
        private_file::probe(directory).map_err(|error| self.unwritable(&error))
    }

    /// Writes the file with changes, and the directory where there is none.
    ///
    /// # Errors
    /// A change cannot be made, or the file not be written; it is then as it was.
    pub(super) fn write(&self, changes: &[Change]) -> Result<(), CommandError> {
        let text = edited(&self.text, &self.path, changes).map_err(unusable)?;
        if self.exists && text == self.text {
            return Ok(());
        }
        if let Some(directory) = self.path.parent() {
            private_file::create_directory(directory).map_err(|error| self.unwritable(&error))?;
        }
        private_file::replace(&self.path, text.as_bytes()).map_err(|error| self.unwritable(&error))
    }

    /// Whether others than the owner may read the file.
    pub(super) fn is_open_to_others(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|file| file.permissions().mode() & 0o044 != 0)
    }

    fn unwritable(&self, error: &io::Error) -> CommandError {
        CommandError::user(format!("{} cannot be written: {error}", self.path.display()))
            .hint("the configuration is as it was")
    }
}

/// A file whose text is not that of a configuration.
pub(super) fn unusable(error: impl std::fmt::Display) -> CommandError {
    CommandError::user(error)
        .hint("correct that line; a configuration is [codecarbon] and lines key = value")
}
