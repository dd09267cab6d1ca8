//! Applying fixes, and taking them back: each is recorded before its first change, so that nothing
//! is ever changed that `--undo` does not know of, also when the program is killed half way.
//!
//! The record is `/etc/codecarbon/fixes.json` below the machine's root, written by root for root.

use std::fs;
use std::io;
use std::path::PathBuf;

use carbon_sensors::SysRoot;
use serde::{Deserialize, Serialize};

use super::step::{Stand, Step};
use super::{Offer, new_directories};
use crate::private_file;

const RECORD_FILE: &str = "/etc/codecarbon/fixes.json";

/// What was applied and not yet taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Record {
    /// Of this form; other forms are refused.
    format: u32,
    /// In the order of their application.
    fixes: Vec<Applied>,
    /// Directories that were made for the record itself.
    made: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Applied {
    name: String,
    /// UTC.
    at: String,
    steps: Vec<Step>,
}

const FORMAT: u32 = 1;

/// Why a fix was not applied or not taken back. Everything is as it was before then.
#[derive(Debug, thiserror::Error)]
pub(in crate::doctor) enum FixError {
    /// A file could not be read or changed.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// Something is there that this program has not put there.
    #[error("{0} is there already and not by this program; it is left as it is")]
    Occupied(String),
    /// The record is of another version or damaged.
    #[error("{0} is not a record that this version can read")]
    Unreadable(String),
}

/// What came of a fix that was applied or taken back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::doctor) struct Attempt {
    /// Changes that were made, in words.
    pub(in crate::doctor) done: Vec<String>,
    /// What was found changed by somebody else and left alone.
    pub(in crate::doctor) left: Vec<String>,
}

/// Applies a fix; `at` is the time in UTC, for the record.
///
/// # Errors
/// A change fails: those before it are taken back.
pub(in crate::doctor) fn apply(
    root: &SysRoot,
    offer: &Offer,
    at: &str,
) -> Result<Attempt, FixError> {
    let mut record = read(root)?;
    let mut needed = Vec::new();
    for step in &offer.steps {
        match step.stand(root).map_err(|source| fault(step, source))? {
            Stand::After => {}
            Stand::Before => needed.push(step.clone()),
            Stand::Other => return Err(FixError::Occupied(step.path().to_owned())),
        }
    }
    if needed.is_empty() {
        return Ok(Attempt::default());
    }
    let name = offer.repair.name().to_owned();
    record.fixes.push(Applied { name, at: at.to_owned(), steps: needed.clone() });
    write(root, &mut record)?;
    let mut attempt = Attempt::default();
    for (number, step) in needed.iter().enumerate() {
        if let Err(source) = step.apply(root) {
            for done in needed[..number].iter().rev() {
                // What cannot be taken back now stays in the record, for --undo.
                done.undo(root).map_err(|source| fault(done, source))?;
            }
            record.fixes.pop();
            write(root, &mut record)?;
            return Err(fault(step, source));
        }
        attempt.done.push(step.describe());
    }
    Ok(attempt)
}

/// Takes back what was applied, the last first: all, or the fixes of these names. Each comes with
/// its name.
///
/// # Errors
/// A change cannot be taken back; it and those before it stay in the record.
pub(in crate::doctor) fn undo(
    root: &SysRoot,
    names: &[String],
) -> Result<Vec<(String, Attempt)>, FixError> {
    let mut record = read(root)?;
    let mut undone = Vec::new();
    for index in (0..record.fixes.len()).rev() {
        if !names.is_empty() && !names.contains(&record.fixes[index].name) {
            continue;
        }
        let mut attempt = Attempt::default();
        for step in record.fixes[index].steps.iter().rev() {
            match step.stand(root) {
                Ok(Stand::After) => match step.undo(root) {
                    Ok(()) => attempt.done.push(format!("took back: {}", step.describe())),
                    Err(_) if matches!(step, Step::MakeDirectory { .. }) => {
                        attempt.left.push(format!("{} is not empty", step.path()));
                    }
                    Err(source) => return Err(fault(step, source)),
                },
                Ok(Stand::Before) => {}
                Ok(Stand::Other) => {
                    attempt.left.push(format!("{} was changed since", step.path()));
                }
                // A device or program that is gone needs nothing.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(fault(step, source)),
            }
        }
        let applied = record.fixes.remove(index);
        write(root, &mut record)?;
        undone.push((applied.name, attempt));
    }
    Ok(undone)
}

fn fault(step: &Step, source: io::Error) -> FixError {
    FixError::Io { path: step.path().to_owned(), source }
}

fn read(root: &SysRoot) -> Result<Record, FixError> {
    let path = root.path(RECORD_FILE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Record { format: FORMAT, fixes: Vec::new(), made: Vec::new() });
        }
        Err(source) => return Err(FixError::Io { path: RECORD_FILE.to_owned(), source }),
    };
    serde_json::from_str::<Record>(&text)
        .ok()
        .filter(|record| record.format == FORMAT)
        .ok_or_else(|| FixError::Unreadable(RECORD_FILE.to_owned()))
}

/// Writes the record, or removes it, and what was made for it, when nothing is left in it.
fn write(root: &SysRoot, record: &mut Record) -> Result<(), FixError> {
    let path: PathBuf = root.path(RECORD_FILE);
    let fault = |source| FixError::Io { path: RECORD_FILE.to_owned(), source };
    if record.fixes.is_empty() {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(fault(error)),
            _ => {}
        }
        for step in record.made.drain(..).rev() {
            // A calibration may live there by now.
            let _ = step.undo(root);
        }
        return Ok(());
    }
    for step in new_directories(root, RECORD_FILE) {
        step.apply(root).map_err(fault)?;
        record.made.push(step);
    }
    let text = serde_json::to_string_pretty(record).map_err(|e| fault(e.into()))?;
    private_file::replace(&path, text.as_bytes()).map_err(fault)
}
