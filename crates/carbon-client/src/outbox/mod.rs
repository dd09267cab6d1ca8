//! The outbox of a process: a spool, and one thread that sends what is in it.
//!
//! Callers hand rows over and go on; the thread does what touches the network, and what touches the
//! disk for long. It starts with the first run, takes over what earlier programs left, and sleeps
//! while there is nothing to send.

pub(crate) mod engine;
mod lane;
mod process;
pub(crate) mod thread;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use carbon_api::EmissionIn;
use carbon_sensors::{Clock, SystemClock};

use crate::client::CallLimits;
use crate::spool::{Amount, RunHead, RunKey, Spool, SpoolLimits, Token};
use engine::{Engine, Standing};

pub use process::forget_the_parents;

/// Where an outbox keeps what cannot be sent, and how much of it.
#[derive(Debug, Clone, Default)]
pub struct OutboxSettings {
    /// Directory of the spool files; it is made when it is needed. Memory only without one.
    pub directory: Option<PathBuf>,
    /// How much is kept.
    pub limits: SpoolLimits,
}

/// The outbox; clones are the same one. The thread ends when it is closed or the process ends; what
/// was not sent stays on disk.
#[derive(Clone)]
pub struct Outbox {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    /// There is something to do.
    work: Condvar,
    /// Something was done.
    done: Condvar,
    clock: Arc<dyn Clock>,
    directory: Option<PathBuf>,
    process: u32,
}

struct State {
    engine: Engine,
    thread: Thread,
    /// Whether there is something new since the thread last looked.
    is_woken: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thread {
    /// Not started, or ended.
    None,
    Running,
    /// Asked to end.
    Closing,
}

impl Outbox {
    /// An outbox of its own. Nothing is touched yet.
    pub fn new(settings: OutboxSettings) -> Self {
        let spool = Spool::new(settings.directory.as_deref(), settings.limits);
        Self {
            shared: Arc::new(Shared {
                state: Mutex::new(State {
                    engine: Engine::new(spool),
                    thread: Thread::None,
                    is_woken: false,
                }),
                work: Condvar::new(),
                done: Condvar::new(),
                clock: Arc::new(SystemClock),
                directory: settings.directory,
                process: std::process::id(),
            }),
        }
    }

    /// A run begins that will send to an endpoint. Costs some microseconds, and for the first run a
    /// thread.
    pub(crate) fn attach(&self, endpoint: &str, token: Option<Token>, limits: CallLimits) {
        let mut state = self.state();
        state.engine.set_access(endpoint, token, limits);
        state.engine.spool.attach();
        self.start(&mut state);
        self.wake(&mut state);
    }

    /// Keeps a row until it has arrived; costs one write to a file (some microseconds).
    pub(crate) fn put(&self, head: &RunHead, row: &EmissionIn, at_unix_s: f64) {
        let mut state = self.state();
        state.engine.put(head, row, at_unix_s);
        self.wake(&mut state);
    }

    /// What the user should hear and has not heard.
    pub(crate) fn take_news(&self) -> Vec<String> {
        self.state().engine.spool.take_news()
    }

    /// The id that the server gave a run, if it is known and rows of the run wait or it goes on.
    pub(crate) fn server_id(&self, key: &RunKey) -> Option<String> {
        self.state().engine.spool.run(key)?.server_id.clone()
    }

    /// Waits until the rows of a run have arrived, at most so long and only while that can be hoped
    /// for; how the run stands then, and what stays of it in a sentence.
    pub(crate) fn settle(&self, key: &RunKey, longest: Duration) -> Vec<String> {
        let clock = &self.shared.clock;
        let start = clock.monotonic();
        let mut state = self.state();
        state.engine.nudge(&key.endpoint, start);
        self.wake(&mut state);
        let standing = loop {
            let now = clock.monotonic();
            let standing = state.engine.standing(key, now);
            let left = (start + longest).saturating_sub(now);
            let can_hope = standing == Standing::Underway && state.thread == Thread::Running;
            if !can_hope || left.is_zero() {
                break standing;
            }
            let waited = self.shared.done.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        };
        let mut notices = state.engine.spool.take_news();
        notices.extend(left_over(&state.engine.spool, key, &standing, longest));
        notices
    }

    /// A run has ended; one without a key never had a row.
    pub(crate) fn detach(&self, key: Option<&RunKey>) {
        self.state().engine.spool.detach(key);
    }

    /// Ends the thread, waiting for a call that is being made at most so long, and lets go of the
    /// spool files unless runs still write to them; whether the thread has ended. What has not arrived
    /// stays in the files. A new run starts the thread again.
    pub fn close(&self, longest: Duration) -> bool {
        let clock = &self.shared.clock;
        let deadline = clock.monotonic() + longest;
        let mut state = self.state();
        if state.thread == Thread::Running {
            state.thread = Thread::Closing;
        }
        self.wake(&mut state);
        while state.thread == Thread::Closing {
            let left = deadline.saturating_sub(clock.monotonic());
            if left.is_zero() {
                return false;
            }
            let waited = self.shared.done.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.engine.spool.let_go();
        true
    }

    /// Whether it was made by this process, and not by one that forked.
    pub(crate) fn is_of_this_process(&self) -> bool {
        self.shared.process == std::process::id()
    }

    /// Has the thread look what there is to do.
    fn wake(&self, state: &mut State) {
        state.is_woken = true;
        self.shared.work.notify_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What stays of a run, in a sentence for what is on disk and one for what is in memory.
fn left_over(spool: &Spool, key: &RunKey, standing: &Standing, longest: Duration) -> Vec<String> {
    let (on_disk, in_memory) = spool.amounts(key);
    let why = match standing {
        Standing::Delivered => return Vec::new(),
        // Nobody wanted to wait, and nothing speaks against its arriving in a moment.
        Standing::Underway if longest.is_zero() && in_memory.rows == 0 => return Vec::new(),
        Standing::Underway if longest.is_zero() => "there was no time to send them".to_owned(),
        Standing::Underway => format!("no answer within {} s", longest.as_secs_f64()),
        Standing::Failing(why) | Standing::Refused(why) => why.clone(),
    };
    let say = |amount: Amount, fate: String| {
        format!("api: {amount} of this run not sent yet: {why}; {fate}")
    };
    let mut sentences = Vec::new();
    if let Some(path) = spool.path().filter(|_| on_disk.rows > 0) {
        let place = path.display();
        let fate = format!("kept in {place}, and sent by the next run or by `codecarbon sync`");
        sentences.push(say(on_disk, fate));
    }
    if in_memory.rows > 0 {
        let because = spool.volatile_because().unwrap_or("there was no room on disk");
        let fate = format!("kept in memory, and lost with this program, because {because}");
        sentences.push(say(in_memory, fate));
    }
    sentences
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox").field("directory", &self.shared.directory).finish_non_exhaustive()
    }
}
