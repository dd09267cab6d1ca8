//! The thread that sends.

use std::path::{Path, PathBuf};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use carbon_http::Client;

use super::engine::{Call, Step, What};
use super::{Outbox, Shared, State, Thread};
use crate::client::{ApiClient, ApiError, CallLimits, Credentials};
use crate::spool::{Amount, Directory, Journal, RunOfFile, Spool};

/// Longest sleep, after which the world is looked at again.
const LONGEST_SLEEP: Duration = Duration::from_hours(1);
/// Files of others that are taken over while an endpoint is being waited for.
const MOST_WHILE_WAITING: usize = 64;

impl Outbox {
    /// Starts the thread if it does not run. Where none can be had, rows stay in the spool.
    pub(super) fn start(&self, state: &mut State) {
        if state.thread != Thread::None {
            // One that was asked to end goes on instead.
            state.thread = Thread::Running;
            return;
        }
        let shared = Arc::clone(&self.shared);
        let builder = thread::Builder::new().name("codecarbon-api".to_owned());
        if builder.spawn(move || shared.run()).is_ok() {
            state.thread = Thread::Running;
        }
    }
}

impl Shared {
    /// The thread's body.
    fn run(&self) {
        let mut left_behind = LeftBehind::look(self.directory.as_deref(), self.clock.now().wall);
        let mut connections = Connections::default();
        let mut state = self.state();
        loop {
            if state.thread == Thread::Closing {
                state.thread = Thread::None;
                self.done.notify_all();
                return;
            }
            if state.engine.spool.wants_file() {
                state = self.make_file(state);
                continue;
            }
            state.is_woken = false;
            let now = self.clock.now();
            let step = state.engine.next(now);
            let is_idle = matches!(step, Step::Idle);
            let sleep = match step {
                Step::Call(call) => {
                    let limits = state.engine.limits(&call.key.endpoint).cloned();
                    drop(state);
                    let result = connections.make(&call, limits.as_ref());
                    state = self.state();
                    state.engine.finished(&call, result, self.clock.now());
                    self.done.notify_all();
                    continue;
                }
                Step::WaitUntil(due) => due.saturating_sub(now.monotonic).min(LONGEST_SLEEP),
                Step::Idle => LONGEST_SLEEP,
            };
            // With nothing else to do, what others left is next, a file at a time.
            drop(state);
            if !is_idle {
                self.give_up_surplus(&mut left_behind, now.wall.as_secs_f64());
            }
            let found = left_behind.next(is_idle);
            state = self.state();
            if let Some((directory, left)) = found {
                state.engine.spool.adopt(&directory, left, now.wall.as_secs_f64());
            } else if !state.is_woken {
                let waited = self.work.wait_timeout(state, sleep);
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
        }
    }

    /// Gives up the oldest files that go to an endpoint which fails, should there be more than there
    /// may. Small files only: large ones are merged when they are taken over.
    fn give_up_surplus(&self, left_behind: &mut LeftBehind, now_unix_s: f64) {
        let Some(directory) = left_behind.directory.clone() else { return };
        let most = self.state().engine.spool.most_left_behind();
        let mut given_up = Amount::default();
        for path in left_behind.surplus(most) {
            let Some(left) = Directory::take_over(&path) else { continue };
            let mut state = self.state();
            let engine = &mut state.engine;
            if left.1.iter().all(|run| engine.failures(&run.head.key.endpoint) > 0) {
                given_up = given_up.plus(engine.spool.give_up_file(&directory, left, now_unix_s));
            } else {
                engine.spool.adopt(&directory, left, now_unix_s);
            }
        }
        if given_up.rows > 0 {
            self.state().engine.spool.tell_of_files_given_up(given_up);
        }
    }

    /// Makes the file of this process, without holding anybody up.
    fn make_file<'a>(&'a self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        drop(state);
        let Some(path) = self.directory.as_deref() else { return self.state() };
        let made = Spool::make_file(path);
        let mut state = self.state();
        state.engine.spool.offer(made);
        state
    }
}

/// Files of programs that ended before they could send what they had.
#[derive(Default)]
struct LeftBehind {
    directory: Option<Directory>,
    /// Oldest last.
    files: Vec<PathBuf>,
    taken_while_waiting: usize,
    /// Whether it was looked whether they are too many.
    is_bounded: bool,
}

impl LeftBehind {
    /// Looks for files; most of them may have an owner.
    fn look(path: Option<&Path>, now: Duration) -> Self {
        let Some(path) = path.filter(|path| path.is_dir()) else { return Self::default() };
        let Ok(directory) = Directory::open(path) else { return Self::default() };
        directory.sweep(now);
        let mut files = directory.files();
        files.reverse();
        Self { directory: Some(directory), files, ..Self::default() }
    }

    /// The small files, oldest first, beyond the newest ones that come to so many bytes; once.
    fn surplus(&mut self, most: u64) -> Vec<PathBuf> {
        if std::mem::replace(&mut self.is_bounded, true) {
            return Vec::new();
        }
        let mut bytes = 0;
        let mut is_surplus = |path: &PathBuf| {
            let len = std::fs::metadata(path).map_or(0, |file| file.len());
            let is_small = len <= most / 32;
            bytes += if is_small { len } else { 0 };
            is_small && bytes > most
        };
        let mut surplus: Vec<PathBuf> =
            self.files.extract_if(.., |path| is_surplus(path)).collect();
        surplus.reverse();
        surplus
    }

    /// Takes over the next one. Where an endpoint is being waited for, only some, for those of
    /// another endpoint that may be among them.
    fn next(&mut self, is_idle: bool) -> Option<(Directory, (Journal, Vec<RunOfFile>))> {
        if !is_idle && self.taken_while_waiting >= MOST_WHILE_WAITING {
            return None;
        }
        let directory = self.directory.clone()?;
        while let Some(path) = self.files.pop() {
            if let Some(left) = Directory::take_over(&path) {
                self.taken_while_waiting += usize::from(!is_idle);
                return Some((directory, left));
            }
        }
        None
    }
}

/// Connections by their limits, kept as long as the thread lives.
#[derive(Default)]
pub(crate) struct Connections {
    made: Vec<(CallLimits, Client)>,
}

impl Connections {
    /// Makes a call; for a run, the id that the server gave it.
    pub(crate) fn make(
        &mut self,
        call: &Call,
        limits: Option<&CallLimits>,
    ) -> Result<Option<String>, ApiError> {
        let default = CallLimits::default();
        let connections = self.under(limits.unwrap_or(&default))?;
        let token = call.token.as_ref().map(|token| Credentials::ProjectToken(token.secret()));
        let client =
            ApiClient::new(connections, &call.key.endpoint, token.unwrap_or(Credentials::None));
        match &call.what {
            What::Run(about) => client.add_run(about, &call.key.run_id).map(Some),
            What::Row(id, row) => client.add_emission(row, &id.to_string()).map(|()| None),
        }
    }

    fn under(&mut self, limits: &CallLimits) -> Result<Client, ApiError> {
        if let Some((_, client)) = self.made.iter().find(|(made, _)| made == limits) {
            return Ok(client.clone());
        }
        let client = limits.connections()?;
        self.made.push((limits.clone(), client.clone()));
        Ok(client)
    }
}
