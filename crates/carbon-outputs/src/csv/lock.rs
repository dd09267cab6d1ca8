//! Opens the file and takes its turn: an advisory lock on the file itself.
//!
//! Because an update renames a new file over the old one, the lock may be got on a file that has
//! just lost its name; then the file is opened again. Waiting is bounded, so that a stuck program
//! elsewhere cannot hang the one that is measured.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

use super::error::{CsvError, CsvNotice};

/// Sum of the pauses after which waiting is given up.
const PATIENCE: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_micros(200);
const LONGEST_PAUSE: Duration = Duration::from_millis(20);

/// The open file and whether it is ours alone until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) file: File,
    pub(super) exclusive: bool,
}

/// Opens the file for reading and appending, creates it if need be, and locks it.
///
/// # Errors
/// The file cannot be opened, or another program holds its lock for 10 s.
pub(super) fn take_turn(path: &Path, notices: &mut Vec<CsvNotice>) -> Result<Turn, CsvError> {
    let cannot_open = |source| CsvError::Open { path: path.to_owned(), source };
    let mut waited = Duration::ZERO;
    loop {
        let file = OpenOptions::new().read(true).append(true).create(true).open(path);
        let file = file.map_err(cannot_open)?;
        match wait_for_lock(&file, &mut waited) {
            Ok(()) if is_still_named(&file, path).map_err(cannot_open)? => {
                return Ok(Turn { file, exclusive: true });
            }
            Ok(()) => pause(&mut waited, FIRST_PAUSE),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => {
                let (path, reason) = (path.to_owned(), error.to_string());
                notices.push(CsvNotice::NotLocked { path, reason });
                return Ok(Turn { file, exclusive: false });
            }
        }
        if waited >= PATIENCE {
            return Err(CsvError::Locked { path: path.to_owned(), waited_s: PATIENCE.as_secs() });
        }
    }
}

fn wait_for_lock(file: &File, waited: &mut Duration) -> Result<(), TryLockError> {
    let mut next = FIRST_PAUSE;
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if *waited < PATIENCE => pause(waited, next),
            result => return result,
        }
        next = (next * 2).min(LONGEST_PAUSE);
    }
}

fn pause(waited: &mut Duration, time: Duration) {
    std::thread::sleep(time);
    *waited += time;
}

/// Whether the path still leads to the open file.
#[cfg(unix)]
fn is_still_named(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let open = file.metadata()?;
    match std::fs::metadata(path) {
        Ok(named) => Ok((open.dev(), open.ino()) == (named.dev(), named.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Elsewhere an open file cannot be renamed over.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on Unix")]
fn is_still_named(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}
