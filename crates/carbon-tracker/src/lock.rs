//! The lock that keeps two trackers from running at once (`allow_multiple_runs = false`).
//!
//! The file is the reference's: `.codecarbon.lock` in the temporary directory, made exclusively.
//! Ours holds the pid of its owner, so that a lock whose owner was killed is taken over instead of
//! blocking every later run.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use carbon_sensors::SysRoot;

/// Name of the lock file in the temporary directory.
pub const LOCK_FILE_NAME: &str = ".codecarbon.lock";

/// A held lock; dropping it removes the file.
#[derive(Debug)]
pub struct RunLock {
    path: PathBuf,
}

/// Why a lock was not had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    /// Another tracker runs.
    #[error(
        "another codecarbon run holds {} (pid {pid}); wait for it, or set allow_multiple_runs = true",
        path.display()
    )]
    Held {
        /// The lock file.
        path: PathBuf,
        /// The owner.
        pid: u32,
    },
    /// The file names no owner, as those of CodeCarbon itself do.
    #[error(
        "{} exists and names no owner; if no other run is active, remove it, or set \
         allow_multiple_runs = true",
        path.display()
    )]
    Ownerless {
        /// The lock file.
        path: PathBuf,
    },
    /// The file cannot be made.
    #[error("{}: {source}", path.display())]
    Io {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl RunLock {
    /// Takes the lock in a directory. A file whose owner is gone is taken over; `root` tells which
    /// processes live.
    ///
    /// # Errors
    /// Another run holds it, or the file cannot be written.
    pub fn acquire(directory: &Path, root: &SysRoot) -> Result<Self, LockError> {
        let path = directory.join(LOCK_FILE_NAME);
        for _ in 0..3 {
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(mut file) => {
                    // An unwritten pid leaves an ownerless lock, which is still a lock.
                    let _ = file.write_all(std::process::id().to_string().as_bytes());
                    return Ok(Self { path });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    Self::clear_stale(&path, root)?;
                }
                Err(source) => return Err(LockError::Io { path, source }),
            }
        }
        Err(LockError::Ownerless { path })
    }

    /// Removes the file of an owner that is gone.
    fn clear_stale(path: &Path, root: &SysRoot) -> Result<(), LockError> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(source) => return Err(LockError::Io { path: path.to_owned(), source }),
        };
        let Ok(pid) = text.trim().parse::<u32>() else {
            return Err(LockError::Ownerless { path: path.to_owned() });
        };
        if root.path(format!("proc/{pid}")).exists() {
            return Err(LockError::Held { path: path.to_owned(), pid });
        }
        // Two that find the same dead owner: one removes the file, the other finds it gone.
        match fs::remove_file(path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(LockError::Io { path: path.to_owned(), source })
            }
            _ => Ok(()),
        }
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // Somebody may have cleaned up the temporary directory before us.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(directory: &Path) -> Result<RunLock, LockError> {
        RunLock::acquire(directory, &SysRoot::default())
    }

    #[test]
    fn a_second_run_is_told_who_holds_the_lock_and_gets_it_afterwards() {
        let directory = tempfile::tempdir().unwrap();
        let first = take(directory.path()).unwrap();
        let message = take(directory.path()).unwrap_err().to_string();
        assert!(message.contains(&format!("pid {}", std::process::id())), "{message}");
        drop(first);
        assert!(take(directory.path()).is_ok());
    }

    #[test]
    fn the_lock_of_a_killed_run_is_taken_over() {
        let directory = tempfile::tempdir().unwrap();
        // Above the largest pid that Linux gives.
        fs::write(directory.path().join(LOCK_FILE_NAME), "4194305").unwrap();
        assert!(take(directory.path()).is_ok());
    }

    #[test]
    fn a_lock_without_an_owner_is_respected() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(LOCK_FILE_NAME), "").unwrap();
        assert!(matches!(take(directory.path()), Err(LockError::Ownerless { .. })));
    }
}
