//! What lies in a spool, without touching it.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::spool::{Amount, Directory, runs_of};

/// What a spool directory holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SpoolStatus {
    /// Runs with rows that have not arrived, oldest first.
    pub runs: Vec<SpooledRun>,
    /// Bytes of all spool files.
    pub bytes: u64,
    /// Files that cannot be read, and why.
    pub unreadable: Vec<(PathBuf, String)>,
    /// Records that a server took for invalid.
    pub set_aside: usize,
    /// What was given up.
    pub given_up: Amount,
    /// File in which these two are told, if there is one.
    pub set_aside_file: Option<PathBuf>,
}

/// A run in a spool.
#[derive(Debug, Clone, PartialEq)]
pub struct SpooledRun {
    /// The tracker's id of it.
    pub run_id: String,
    /// The server's id of it, if it was registered.
    pub server_run_id: Option<String>,
    /// Base address of the API.
    pub endpoint: String,
    /// Experiment to which it belongs.
    pub experiment_id: String,
    /// What waits of it.
    pub amount: Amount,
    /// When its oldest row was made, seconds since the Unix epoch.
    pub oldest_unix_s: f64,
    /// Whether the program that made it still runs and sends it.
    pub is_owned: bool,
    /// Why sending it failed last, and when in seconds since the Unix epoch.
    pub last_error: Option<(f64, String)>,
}

impl SpoolStatus {
    /// What waits in all.
    pub fn amount(&self) -> Amount {
        self.runs.iter().fold(Amount::default(), |sum, run| sum.plus(run.amount))
    }
}

/// Looks at a spool directory; one that is not there holds nothing.
///
/// # Errors
/// It is there and cannot be read.
pub fn status(directory: &Path) -> io::Result<SpoolStatus> {
    let mut status = SpoolStatus::default();
    match fs::read_dir(directory) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(status),
        Err(error) => return Err(error),
    }
    let directory = Directory::open(directory)?;
    for path in directory.files() {
        let is_owned = Directory::is_owned(&path);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            // Its owner has just sent the last of it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                status.unreadable.push((path, error.to_string()));
                continue;
            }
        };
        status.bytes += bytes.len() as u64;
        status.runs.extend(runs_of(&bytes).0.into_iter().map(|run| SpooledRun {
            run_id: run.head.key.run_id,
            endpoint: run.head.key.endpoint,
            experiment_id: run.head.about.experiment_id,
            server_run_id: run.server_id,
            amount: Amount::of(&run.rows),
            oldest_unix_s: run.rows.iter().map(|row| row.at_unix_s).fold(f64::MAX, f64::min),
            is_owned,
            last_error: run.fault,
        }));
    }
    status.runs.sort_by(|a, b| a.oldest_unix_s.total_cmp(&b.oldest_unix_s));
    read_set_aside(&directory.set_aside_path(), &mut status);
    Ok(status)
}

fn read_set_aside(path: &Path, status: &mut SpoolStatus) {
    let Ok(text) = fs::read_to_string(path) else { return };
    status.set_aside_file = Some(path.to_owned());
    let mut refused = HashSet::new();
    for line in text.lines() {
        let Ok(line) = serde_json::from_str::<Value>(line) else { continue };
        match line["what"].as_str() {
            // A program that is killed in between notes the same row again.
            Some("refused") => drop(refused.insert(line["row"]["id"].to_string())),
            Some("given up") => {
                status.given_up = status.given_up.plus(Amount {
                    rows: line["rows"].as_u64().unwrap_or(0) as usize,
                    energy_kwh: line["energy_kwh"].as_f64().unwrap_or(0.0),
                    emissions_kg: line["emissions_kg"].as_f64().unwrap_or(0.0),
                });
            }
            _ => {}
        }
    }
    status.set_aside = refused.len();
}
