//! Keeps the runs of a process while they go on: one thread that looks at them and writes.
//!
//! The paths on which is measured, flushed or ended do none of the disk's work: the thread looks at a
//! run as anybody may, and writing waits for no disk. Forcing to the disk is the thread's alone, and
//! is done without any lock. What fails becomes one warning; the run goes on.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use carbon_sensors::{Clock, SystemClock};
use carbon_tracker::config::JournalMode;

use crate::file::force_names;
use crate::kept::{Inner, Kept, Written};
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

pub(crate) struct Shared {
    directory: PathBuf,
    /// What is done once, when the first run is kept, on a thread of its own.
    first: Mutex<Option<First>>,
    followed: Mutex<Followed>,
    changed: Condvar,
}

/// Something that is done with the keeper.
type First = Box<dyn FnOnce(&Keeper) + Send>;

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("directory", &self.directory).finish_non_exhaustive()
    }
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
            first: Mutex::default(),
            followed: Mutex::default(),
            changed: Condvar::new(),
        }))
    }

    /// Has something done once, when the first run is kept, on a thread of its own: such as saving what
    /// others left, for programs whose paths have no time for it.
    pub fn at_first(&self, work: impl FnOnce(&Keeper) + Send + 'static) {
        *self.0.first.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(work));
    }

    /// The journal of a run that is about to begin, for [`carbon_tracker::Tracker::with_journal`];
    /// `None` when none is wanted. Costs a microsecond.
    pub fn follow(&self, how: Following) -> Option<Kept> {
        (how.mode != JournalMode::Off && how.head.outputs.are_any())
            .then(|| Kept::new(Arc::clone(&self.0), how))
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
        followed.runs.iter().filter_map(Weak::upgrade).collect()
    }

    fn begin_first(self: &Arc<Self>) {
        let work = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(work) = work {
            let keeper = Keeper(Arc::clone(self));
            let thread = thread::Builder::new().name("codecarbon-save".to_owned());
            // Without a thread, what others left is for the next program.
            let _ = thread.spawn(move || work(&keeper));
        }
    }

    /// The thread's body; it ends with the process. After the last run it stays awake for a second, so
    /// that one that begins soon after need not wake it.
    fn run(self: &Arc<Self>) {
        let mut has_lingered = false;
        loop {
            self.followed().has_more = false;
            let runs = self.runs();
            let next = runs.iter().filter_map(|run| self.tend(run)).min();
            if runs.iter().any(|run| run.path().is_some()) {
                self.begin_first();
            }
            drop(runs);
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

impl Shared {
    /// Looks at a run if that is due, writes, and forces it to the disk; when the next time is, `None`
    /// once it is over.
    fn tend(&self, run: &Inner) -> Option<Duration> {
        let (next, written) = run.tick(SystemClock.monotonic())?;
        if let Some(written) = written {
            let began = SystemClock.monotonic();
            if written.is_new || began >= run.sync_after() {
                let forced = self.force(&written);
                let ended = SystemClock.monotonic();
                run.synced(forced, ended + ended.saturating_sub(began) * LEAST_PAUSE);
            }
        }
        Some(next)
    }

    /// Forces what was written to the disk. The file keeps its size, so its content is nearly always
    /// all there is to do.
    fn force(&self, written: &Written) -> io::Result<()> {
        written.file.sync_data()?;
        if written.is_new { force_names(&self.directory) } else { Ok(()) }
    }
}
