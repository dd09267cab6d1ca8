//! The directory of the spool files: making, finding and taking over files.
//!
//! Each process writes a file of its own and holds a lock on it as long as it lives; the system gives
//! the lock back however the process ends. A file that is not locked has lost its owner, and whoever
//! gets its lock owns it from then on. Files are only readable by their user, for they hold the
//! tokens with which their rows are sent.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use uuid::Uuid;

use super::journal::{Journal, RunOfFile};
use super::log::Log;

/// Ending of the names of spool files; another format gets another one.
const ENDING: &str = "spool1";
/// Ending of the names of files that are being made.
const HALF_MADE: &str = "new";
/// File of rows that will not be sent.
const SET_ASIDE: &str = "set-aside.jsonl";
/// Size at which that file is renamed and begun anew.
const SET_ASIDE_LIMIT: u64 = 1 << 20;

/// An existing directory of spool files.
#[derive(Debug, Clone)]
pub(crate) struct Directory {
    path: PathBuf,
}

impl Directory {
    /// The directory, which is made if need be, for its user alone.
    ///
    /// # Errors
    /// It can neither be made nor used.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        if !path.is_dir() {
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(path)?;
        }
        Ok(Self { path: path.to_owned() })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A new file, locked by this process.
    ///
    /// # Errors
    /// It cannot be made, or locks do not work there.
    pub(crate) fn create(&self) -> io::Result<Log> {
        let path = self.path.join(format!("{}.{ENDING}", Uuid::new_v4()));
        self.write_new(&path, &[])
    }

    /// Replaces a file of this process by one with other content, at once; the old one is let go.
    ///
    /// # Errors
    /// The disk is full; the old file is as it was.
    pub(crate) fn rewrite(&self, path: &Path, content: &[u8]) -> io::Result<Log> {
        self.write_new(path, content)
    }

    /// Writes a locked file under a name that nobody looks for, then gives it its own.
    fn write_new(&self, path: &Path, content: &[u8]) -> io::Result<Log> {
        let new = self.path.join(format!(".{}.{HALF_MADE}", Uuid::new_v4()));
        let made = private().create_new(true).open(&new).and_then(|mut file| {
            file.try_lock()?;
            file.write_all(content)?;
            fs::rename(&new, path)?;
            Ok(Log::Disk { file, path: path.to_owned(), len: content.len() as u64 })
        });
        if made.is_err() {
            let _ = fs::remove_file(&new);
        }
        made
    }

    /// Removes what programs that were killed left half made more than an hour before `now` (time
    /// since the Unix epoch).
    pub(crate) fn sweep(&self, now: Duration) {
        for (modified, path) in self.with_ending(HALF_MADE) {
            if modified + Duration::from_hours(1) < SystemTime::UNIX_EPOCH + now {
                let _ = fs::remove_file(path);
            }
        }
    }

    /// Takes over a file that has lost its owner; one without rows is removed.
    pub(crate) fn take_over(path: &Path) -> Option<(Journal, Vec<RunOfFile>)> {
        // What another user owns or another process has is none of ours.
        let log = lock(path).ok()??;
        let (journal, runs) = Journal::load(log).ok()?;
        if runs.is_empty() {
            journal.into_log().remove();
            return None;
        }
        Some((journal, runs))
    }

    /// The spool files, oldest first.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files = self.with_ending(ENDING);
        files.sort();
        files.into_iter().map(|(_, path)| path).collect()
    }

    fn with_ending(&self, wanted: &str) -> Vec<(SystemTime, PathBuf)> {
        let entries = fs::read_dir(&self.path).into_iter().flatten();
        entries
            .filter_map(|entry| {
                let path = entry.as_ref().ok()?.path();
                let is_wanted = path.extension().is_some_and(|ending| ending == wanted);
                let modified = entry.ok()?.metadata().ok()?.modified().ok()?;
                is_wanted.then_some((modified, path))
            })
            .collect()
    }

    /// Whether a process that lives owns the file.
    pub(crate) fn is_owned(path: &Path) -> bool {
        match OpenOptions::new().read(true).open(path) {
            // A lock that is got is given back when the file is closed.
            Ok(file) => matches!(file.try_lock(), Err(TryLockError::WouldBlock)),
            Err(_) => false,
        }
    }

    /// The file of what will not be sent.
    pub(crate) fn set_aside_path(&self) -> PathBuf {
        self.path.join(SET_ASIDE)
    }

    /// Appends a line to the file of what will not be sent.
    ///
    /// # Errors
    /// It cannot be written.
    pub(crate) fn set_aside(&self, line: &str) -> io::Result<()> {
        let path = self.set_aside_path();
        if fs::metadata(&path).is_ok_and(|file| file.len() > SET_ASIDE_LIMIT) {
            fs::rename(&path, path.with_extension("jsonl.old"))?;
        }
        let mut file = private().create(true).open(&path)?;
        file.write_all(format!("{line}\n").as_bytes())
    }
}

/// Opens a file and takes its lock; `None` if somebody has it, or if the file has lost its name
/// meanwhile.
fn lock(path: &Path) -> io::Result<Option<Log>> {
    let file = OpenOptions::new().read(true).append(true).open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    if !is_still_named(&file, path)? {
        return Ok(None);
    }
    let len = file.metadata()?.len();
    Ok(Some(Log::Disk { file, path: path.to_owned(), len }))
}

/// How files that hold tokens are opened.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Whether the path still leads to the open file.
#[cfg(unix)]
fn is_still_named(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let open = file.metadata()?;
    match fs::metadata(path) {
        Ok(named) => Ok((open.dev(), open.ino()) == (named.dev(), named.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Elsewhere an open file cannot lose its name.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on Unix")]
fn is_still_named(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}
