//! The journal of one run, as its run, its program and the thread that writes share it.

use std::fs::File;
use std::io;
use std::mem;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use carbon_sensors::{Clock, SystemClock};
use carbon_tracker::config::JournalMode;
use carbon_tracker::sink::Journal;
use carbon_tracker::{Observer, Outcome};

use crate::file::JournalFile;
use crate::keeper::{Following, NEXT_TRY, PERIOD, SHORTEST, Shared};
use crate::recover::Saving;
use crate::state::{EndedTask, HandedOut, State};

/// The journal of one run; clones are the same. Dropped without an end, it is what is left of a run
/// that was cut short.
#[derive(Debug, Clone)]
pub struct Kept {
    keeper: Arc<Shared>,
    run: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    keeper: Arc<Shared>,
    how: Following,
    progress: Mutex<Progress>,
}

/// A file that was written, to be forced to the disk.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) file: Arc<File>,
    /// Whether its name has to be forced there too.
    pub(crate) is_new: bool,
}

#[derive(Debug, Default)]
struct Progress {
    observer: Option<Observer>,
    /// Whether the thread knows of it.
    is_followed: bool,
    stage: Stage,
    /// When the next state is due, by the monotonic clock.
    due: Duration,
    /// When it may be forced to the disk again.
    sync_after: Duration,
    handed_out: Option<HandedOut>,
    /// Outputs that have not got the run although it has ended.
    failed: Vec<Saving>,
    is_held: bool,
    /// What the user should hear, once.
    warning: Option<String>,
    has_warned: bool,
}

#[derive(Debug, Default)]
enum Stage {
    /// Nothing is on disk.
    #[default]
    Waiting,
    /// It is kept.
    Open(JournalFile),
    /// It is over.
    Closed,
}

impl Kept {
    pub(crate) fn new(keeper: Arc<Shared>, how: Following) -> Self {
        let run = Inner { keeper: Arc::clone(&keeper), how, progress: Mutex::default() };
        Self { keeper, run: Arc::new(run) }
    }

    /// Starts keeping the run if that is due; the time until then, `None` once it is kept. For a loop
    /// that is tended, on each of its rounds; costs nothing once it has begun.
    pub fn tend(&self) -> Option<Duration> {
        let mut progress = self.run.progress();
        if progress.is_followed || progress.observer.is_none() {
            return None;
        }
        let until = progress.due.saturating_sub(SystemClock.monotonic());
        if !until.is_zero() {
            return Some(until);
        }
        self.begin_following(&mut progress);
        None
    }

    /// Whether anything of the run is on disk.
    pub fn is_open(&self) -> bool {
        self.run.path().is_some()
    }

    /// Hears whether an output has got the run; one that has not keeps the journal.
    pub fn note(&self, output: Saving, is_saved: bool) {
        self.run.progress().note(output, is_saved);
    }

    /// Ends it. Nothing stays if no output was noted that has not got the run; otherwise it is kept
    /// for those, and true is returned.
    pub fn close(&self) -> bool {
        self.run.progress().close()
    }

    /// Keeps it open for an output that is tried again by this process; [`release`](Self::release)
    /// ends it.
    pub fn hold(&self) {
        self.run.progress().is_held = true;
    }

    /// Ends one that was held.
    pub fn release(&self) -> bool {
        let mut progress = self.run.progress();
        progress.is_held = false;
        progress.close()
    }

    /// What the user should hear and has not heard.
    pub fn take_warning(&self) -> Option<String> {
        self.run.progress().warning.take()
    }

    fn begin_following(&self, progress: &mut Progress) {
        progress.is_followed = true;
        if let Err(error) = self.keeper.add(&self.run, progress.due) {
            progress.warn(&error);
        }
    }
}

impl Journal for Kept {
    fn begin(&mut self, run: &Observer) {
        let mut progress = self.run.progress();
        progress.observer = Some(run.clone());
        let wait = if self.run.how.mode == JournalMode::On { Duration::ZERO } else { SHORTEST };
        progress.due = SystemClock.monotonic() + wait;
        if !self.run.how.is_tended {
            self.begin_following(&mut progress);
        }
    }

    fn hand_out(&mut self, so_far: &Outcome) {
        self.run.progress().hand_out(so_far);
    }

    fn end(&mut self, _: &Outcome, failed: &[&'static str]) {
        let mut progress = self.run.progress();
        for saving in Saving::FILES {
            if failed.contains(&saving.sink()) {
                progress.note(saving, false);
            }
        }
        if self.run.how.ends_with_run {
            progress.close();
        }
    }
}

impl Inner {
    /// Looks at the run and writes if that is due: when it is due next, and the file if something was
    /// written. `None` once the run is over.
    pub(crate) fn tick(&self, now: Duration) -> Option<(Duration, Option<Written>)> {
        let mut progress = self.progress();
        if matches!(progress.stage, Stage::Closed) {
            return None;
        }
        if now < progress.due {
            return Some((progress.due, None));
        }
        let known = progress.known_tasks();
        // A run that ends has written its last state before its window closed for others.
        let outcome = progress.observer.as_ref()?.look(known)?;
        match progress.keep(&self.keeper, &self.how, outcome) {
            Ok(written) => {
                progress.due = now + PERIOD;
                progress.has_warned = false;
                Some((progress.due, Some(written)))
            }
            Err(error) => {
                progress.warn(&error);
                let is_open = matches!(progress.stage, Stage::Open(_));
                progress.due = now + if is_open { PERIOD } else { NEXT_TRY };
                Some((progress.due, None))
            }
        }
    }

    /// When it may be forced to the disk again.
    pub(crate) fn sync_after(&self) -> Duration {
        self.progress().sync_after
    }

    /// Hears how forcing it to the disk went, and when that may be done next.
    pub(crate) fn synced(&self, result: io::Result<()>, again: Duration) {
        let mut progress = self.progress();
        progress.sync_after = again;
        if let Err(error) = result {
            progress.warn(&error);
        }
    }

    /// The file, while it is open.
    pub(crate) fn path(&self) -> Option<PathBuf> {
        match &self.progress().stage {
            Stage::Open(file) => Some(file.path().to_owned()),
            _ => None,
        }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress {
    fn known_tasks(&self) -> usize {
        match &self.stage {
            Stage::Open(file) => file.tasks,
            _ => 0,
        }
    }

    /// Writes what the run comes to; its tasks are those that the file has not.
    fn keep(&mut self, keeper: &Shared, how: &Following, outcome: Outcome) -> io::Result<Written> {
        let tasks = ended_tasks(&outcome);
        let mut state = State::of(outcome);
        state.handed_out.clone_from(&self.handed_out);
        match &mut self.stage {
            Stage::Open(file) => {
                // The state first: its sums have what the tasks say in detail.
                file.write_state(&state)?;
                file.add_tasks(&tasks)?;
                Ok(Written { file: file.file(), is_new: false })
            }
            _ => {
                let made = JournalFile::create(keeper.directory(), &how.head, &state, &tasks)?;
                let file = made.file();
                self.stage = Stage::Open(made);
                Ok(Written { file, is_new: true })
            }
        }
    }

    fn hand_out(&mut self, so_far: &Outcome) {
        self.handed_out = Some(HandedOut::of(so_far));
        let known = self.known_tasks();
        let Stage::Open(file) = &mut self.stage else { return };
        let mut tasks = ended_tasks(so_far);
        tasks.drain(..known.min(tasks.len()));
        let mut state = State::of(so_far.clone());
        state.handed_out.clone_from(&self.handed_out);
        let written = file.write_state(&state).and_then(|()| file.add_tasks(&tasks));
        if let Err(error) = written {
            self.warn(&error);
        }
    }

    fn note(&mut self, output: Saving, is_saved: bool) {
        self.failed.retain(|failed| *failed != output);
        if !is_saved {
            self.failed.push(output);
        }
    }

    fn close(&mut self) -> bool {
        if self.is_held {
            return true;
        }
        let Stage::Open(mut file) = mem::replace(&mut self.stage, Stage::Closed) else {
            return false;
        };
        let failed: Vec<String> = self.failed.iter().map(|f| f.name().to_owned()).collect();
        let ended = if failed.is_empty() { file.remove() } else { file.note_failed(&failed) };
        if let Err(error) = ended {
            self.warn(&error);
        }
        !failed.is_empty()
    }

    /// Says what failed, once for as long as it goes on failing.
    fn warn(&mut self, error: &io::Error) {
        if !mem::replace(&mut self.has_warned, true) {
            self.warning = Some(format!(
                "the journal cannot be written: {error}; the run is measured all the same, but \
                 what it comes to would be lost with the program"
            ));
        }
    }
}

fn ended_tasks(outcome: &Outcome) -> Vec<EndedTask> {
    let ended = outcome.tasks.iter().zip(&outcome.task_ends);
    ended.map(|(record, ended)| EndedTask { record: record.clone(), ended: *ended }).collect()
}
