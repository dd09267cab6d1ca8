//! Journals that somebody left: finding them, and taking one over.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use carbon_tracker::Outcome;

use crate::file::{ENDING, HALF_MADE, private, write_at};
use crate::format::{Kind, NotRead, block, read};
use crate::lock::try_lock;
use crate::state::{EndedTask, HandedOut, Head, Mark, State, from_payload, payload};

/// Longest journal that is read, in bytes; none that is written here comes near.
const LONGEST_FILE: u64 = 64 << 20;

/// Age at which a journal that was never finished being made is removed.
const HALF_MADE_AGE: Duration = Duration::from_hours(1);

/// A file in the directory of journals.
#[derive(Debug)]
#[non_exhaustive]
pub enum Found {
    /// Its program still runs.
    Live(PathBuf),
    /// Its run was cut short, or an output of it failed; nobody else has it now.
    Left(Box<Left>),
    /// It cannot be used.
    Unusable(PathBuf, LeftError),
}

/// Why a journal cannot be used; it stays where it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LeftError {
    /// The file cannot be opened, locked or read.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Its bytes are none that are understood here.
    #[error(transparent)]
    NotRead(#[from] NotRead),
    /// So much of it is damaged that it does not say what the run came to.
    #[error("it is damaged: it no longer says what the run came to")]
    Damaged,
}

/// A journal that was left, taken over by this process until it is dropped.
#[derive(Debug)]
pub struct Left {
    path: PathBuf,
    file: File,
    head: Head,
    state: State,
    tasks: Vec<EndedTask>,
    failed: Option<Vec<String>>,
    saved: Vec<String>,
    next_sequence: u64,
    end: u64,
}

/// Looks through a directory, which need not exist. `own` are journals of this process, which are not
/// touched; it is called after the files have been listed.
///
/// # Errors
/// The directory cannot be read.
pub fn find(directory: &Path, own: impl FnOnce() -> Vec<PathBuf>) -> io::Result<Vec<Found>> {
    let mut paths = match with_ending(directory, ENDING) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listed => listed?,
    };
    paths.sort();
    if paths.is_empty() {
        return Ok(Vec::new());
    }
    let own = own();
    let others = paths.into_iter().filter(|path| !own.contains(path));
    Ok(others
        .filter_map(|path| match Left::open(&path) {
            Ok(Some(left)) => Some(Found::Left(Box::new(left))),
            Ok(None) => path.exists().then_some(Found::Live(path)),
            Err(error) => Some(Found::Unusable(path, error)),
        })
        .collect())
}

/// Removes what programs that were killed left half made more than an hour before `now` (time since
/// the Unix epoch).
pub fn sweep(directory: &Path, now: Duration) {
    for path in with_ending(directory, HALF_MADE).unwrap_or_default() {
        let modified = fs::metadata(&path).and_then(|file| file.modified());
        if modified.is_ok_and(|at| at + HALF_MADE_AGE < SystemTime::UNIX_EPOCH + now) {
            let _ = fs::remove_file(path);
        }
    }
}

pub(crate) fn with_ending(directory: &Path, ending: &str) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory)?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    Ok(paths.filter(|path| path.extension().is_some_and(|found| found == ending)).collect())
}

impl Left {
    /// Takes a journal over; `None` if its program still runs, or somebody has saved it meanwhile.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn open(path: &Path) -> Result<Option<Self>, LeftError> {
        let mut file = match private().open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        if !try_lock(&file)? || !path.exists() {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        (&mut file).take(LONGEST_FILE).read_to_end(&mut bytes)?;
        if bytes.iter().all(|byte| *byte == 0) {
            // The machine went down before any of it was on the disk.
            fs::remove_file(path)?;
            return Ok(None);
        }
        let contents = read(&bytes)?;
        let head = contents.head.and_then(from_payload).ok_or(LeftError::Damaged)?;
        let state = contents.state.and_then(from_payload).ok_or(LeftError::Damaged)?;
        let mut left = Self {
            path: path.to_owned(),
            head,
            state,
            tasks: contents.tasks.iter().filter_map(|task| from_payload(task)).collect(),
            failed: None,
            saved: Vec::new(),
            next_sequence: contents.next_sequence,
            end: contents.end as u64,
            file,
        };
        for mark in contents.marks.iter().filter_map(|mark| from_payload(mark)) {
            match mark {
                Mark::Failed(outputs) => left.failed = Some(outputs),
                Mark::Saved(output) => left.saved.push(output),
            }
        }
        Ok(Some(left))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is known of the run from its start.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Whether the run has ended, and only some outputs have not got it.
    pub fn has_ended(&self) -> bool {
        self.failed.is_some()
    }

    /// What the run came to, as far as it was kept, with a warning that says how it ended.
    pub fn outcome(&self) -> Outcome {
        let mut outcome = self.state.outcome.clone();
        outcome.tasks = self.tasks.iter().map(|task| task.record.clone()).collect();
        outcome.task_ends = self.tasks.iter().map(|task| task.ended).collect();
        if self.failed.is_none() {
            outcome.warnings.push(
                "the program was cut short: this is what its journal had, to which up to a second \
                 may be missing"
                    .to_owned(),
            );
        }
        outcome
    }

    /// What those who followed the run have of it.
    pub fn handed_out(&self) -> Option<&HandedOut> {
        self.state.handed_out.as_ref()
    }

    /// Whether an output has yet to get the run.
    pub(crate) fn awaits(&self, output: &str) -> bool {
        let is = |name: &String| name == output;
        self.failed.as_ref().is_none_or(|failed| failed.iter().any(is))
            && !self.saved.iter().any(is)
    }

    /// Notes that an output has got the run.
    ///
    /// # Errors
    /// It could not be written.
    pub(crate) fn mark_saved(&mut self, output: &str) -> io::Result<()> {
        let mark = payload(&Mark::Saved(output.to_owned()));
        let block = block(Kind::Mark, self.next_sequence, &mark);
        write_at(&self.file, &block, self.end)?;
        self.next_sequence += 1;
        self.end += block.len() as u64;
        self.saved.push(output.to_owned());
        Ok(())
    }

    /// Removes it: every output has the run.
    ///
    /// # Errors
    /// It cannot be removed.
    pub(crate) fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }
}
