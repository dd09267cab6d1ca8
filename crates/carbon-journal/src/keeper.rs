//! Keeps the runs of a process while they go on: one thread that looks at them and writes.
//!
//! The paths on which is measured, flushed or ended do none of the disk's work: the thread looks at a
//! run as anybody may, and writing waits for no disk. Forcing to the disk is the thread's alone, and
//! is done without any lock. What fails becomes one warning; the run goes on.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use carbon_sensors::{Clock, SystemClock};
use carbon_tracker::config::JournalMode;

use crate::kept::{Inner, Kept};
use crate::state::Head;

/// Time between two states of a run. With what looking, writing and being scheduled take, less than a
/// second is lost.
pub(crate) const PERIOD: Duration = Duration::from_millis(750);

/// Shorter runs are not kept unless they are asked to be.
pub(crate) const SHORTEST: Duration = Duration::from_secs(1);

/// Time after which a journal that could not be made or written is tried again.
pub(crate) const NEXT_TRY: Duration = Duration::from_secs(10);

/// A disk that takes long is asked less often: its work takes this part of the time at most.
const LEAST_PAUSE: u32 = 4;

/// Name of the directory of journals in a user's state directory.
const DIRECTORY: &str = "journal";

/// Where journals are in a user's state directory, such as `~/.local/state/codecarbon`.
pub fn journal_directory(state_directory: &Path) -> PathBuf {
    state_directory.join(DIRECTORY)
}

/// Keeps the runs of this process; cheap to clone. A forked child makes its own.
#[derive(Debug, Clone)]
pub struct Keeper(Arc<Shared>);

/// How a run is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Following {
    /// What is known of it.
    pub head: Head,
    /// From when on.
    pub mode: JournalMode,
    /// Whether [`Kept::tend`] starts it, rather than the run's beginning: for programs with a loop of
    /// their own, whose start is to cost nothing.
    pub is_tended: bool,
    /// Whether the end of the run is its end, because all outputs are sinks of the run; else
    /// [`Kept::close`] is.
    pub ends_with_run: bool,
}

#[derive(Debug)]
pub(crate) struct Shared {
    directory: PathBuf,
    followed: Mutex<Followed>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Followed {
    runs: Vec<Weak<Inner>>,
    has_thread: bool,
    /// Whether a run has come that the thread has not seen.
    has_more: bool,
    /// When the thread wakes by itself; `None` while it sleeps for good.
    wakes_at: Option<Duration>,
}

impl Keeper {
    /// One that writes into a directory; see [`journal_directory`]. Nothing is made yet.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self(Arc::new(Shared {
            directory: directory.into(),
            followed: Mutex::default(),
            changed: Condvar::new(),
        }))
    }

    /// The journal of a run that is about to begin, for [`carbon_tracker::Tracker::with_journal`];
    /// `None` when none is wanted. Costs a microsecond.
    pub fn follow(&self, how: Following) -> Option<Kept> {
        (how.mode != JournalMode::Off).then(|| Kept::new(Arc::clone(&self.0), how))
    }

    /// Where the journals are.
    pub fn directory(&self) -> &Path {
        &self.0.directory
    }

    /// The journals of this process that are open.
    pub fn own(&self) -> Vec<PathBuf> {
        self.0.runs().iter().filter_map(|run| run.path()).collect()
    }
}

impl Shared {
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Has the thread look at a run from `due` on.
    ///
    /// # Errors
    /// No thread can be had.
    pub(crate) fn add(self: &Arc<Self>, run: &Arc<Inner>, due: Duration) -> io::Result<()> {
        let mut followed = self.followed();
        followed.runs.push(Arc::downgrade(run));
        followed.has_more = true;
        if !followed.has_thread {
            let shared = Arc::clone(self);
            thread::Builder::new()
                .name("codecarbon-keep".to_owned())
                .stack_size(512 * 1024)
                .spawn(move || shared.run())?;
            followed.has_thread = true;
        } else if followed.wakes_at.is_none_or(|at| at > due) {
            self.changed.notify_one();
        }
        Ok(())
    }

    fn followed(&self) -> MutexGuard<'_, Followed> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn runs(&self) -> Vec<Arc<Inner>> {
        let mut followed = self.followed();
        followed.runs.retain(|run| run.strong_count() > 0);
        followed.has_more = false;
        followed.runs.iter().filter_map(Weak::upgrade).collect()
    }

    /// The thread's body; it ends with the process. After the last run it stays awake for a second, so
    /// that one that begins soon after need not wake it.
    fn run(&self) {
        let mut has_lingered = false;
        loop {
            let next = self.runs().iter().filter_map(tend).min();
            let mut followed = self.followed();
            if std::mem::take(&mut followed.has_more) {
                continue;
            }
            let now = SystemClock.monotonic();
            followed.wakes_at = next.or_else(|| (!has_lingered).then(|| now + SHORTEST));
            has_lingered = next.is_none() && !has_lingered;
            match followed.wakes_at {
                Some(at) => drop(self.changed.wait_timeout(followed, at.saturating_sub(now))),
                None => drop(self.changed.wait(followed)),
            }
        }
    }
}

/// Looks at a run if that is due, writes, and forces it to the disk; when the next time is, `None` once
/// it is over.
fn tend(run: &Arc<Inner>) -> Option<Duration> {
    let (next, written) = run.tick(SystemClock.monotonic())?;
    if let Some(file) = written {
        let began = SystemClock.monotonic();
        if began >= run.sync_after() {
            let synced = force(&file);
            let ended = SystemClock.monotonic();
            run.synced(synced, ended + ended.saturating_sub(began) * LEAST_PAUSE);
        }
    }
    Some(next)
}

/// Forces what was written to the disk. The file keeps its size, so its content is all there is to do.
fn force(file: &File) -> io::Result<()> {
    file.sync_data()
}
