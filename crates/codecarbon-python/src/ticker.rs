//! Calls back into Python at intervals: live records and log lines while a run goes on.
//!
//! One native thread serves all trackers. It sleeps without the interpreter and attaches to it only
//! when a call is due, so a program that asked for nothing live pays nothing, and Python's own list
//! of threads stays as the program made it.
//!
//! Left out: what is called. Exceptions of the callback are its own affair; it logs them.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use carbon_sensors::{Clock, SystemClock};
use pyo3::prelude::*;

/// The ticker of this process; only locked by threads that are attached to the interpreter.
static TICKER: Mutex<Option<&'static Ticker>> = Mutex::new(None);

/// What the thread and its users share. Never freed: a forked child leaves it alone.
#[derive(Default)]
struct Ticker {
    schedule: Mutex<Schedule>,
    changed: Condvar,
}

#[derive(Default)]
struct Schedule {
    entries: Vec<Entry>,
    next_id: u64,
    closed: bool,
    thread: Option<JoinHandle<()>>,
}

/// Something that is called at intervals.
struct Entry {
    id: u64,
    callback: Py<PyAny>,
    due: Duration,
    period: Duration,
}

/// Has `callback` called without arguments after `first_s` seconds and then every `period_s` seconds;
/// returns a ticket for `unfollow`. Calls do not overlap, and those that were missed are not made up
/// for.
#[pyfunction]
pub(crate) fn follow(
    py: Python<'_>,
    callback: Py<PyAny>,
    first_s: f64,
    period_s: f64,
) -> PyResult<u64> {
    let ticker = *current().get_or_insert_with(|| Box::leak(Box::default()));
    let seconds = |s: f64| Duration::try_from_secs_f64(s).unwrap_or(Duration::MAX / 4);
    let due = SystemClock.now().monotonic + seconds(first_s);
    let period = seconds(period_s).max(Duration::from_millis(1));
    py.detach(|| {
        let mut schedule = ticker.schedule();
        let id = schedule.next_id;
        schedule.next_id += 1;
        schedule.entries.push(Entry { id, callback, due, period });
        if schedule.thread.is_none() {
            let builder = thread::Builder::new().name("codecarbon-live".to_owned());
            schedule.thread = Some(builder.spawn(move || ticker.run())?);
        }
        ticker.changed.notify_one();
        Ok(id)
    })
}

/// Ends the calls of a ticket. One that is being made is not waited for.
#[pyfunction]
pub(crate) fn unfollow(py: Python<'_>, ticket: u64) {
    let Some(ticker) = *current() else { return };
    let entry = py.detach(|| {
        let mut schedule = ticker.schedule();
        let position = schedule.entries.iter().position(|entry| entry.id == ticket)?;
        Some(schedule.entries.swap_remove(position))
    });
    // Dropped here, where the interpreter is attached and no lock is held.
    drop(entry);
}

/// Ends all calls and the thread, before the interpreter goes away.
#[pyfunction]
pub(crate) fn unfollow_all(py: Python<'_>) {
    let Some(ticker) = current().take() else { return };
    let entries = py.detach(|| {
        let mut schedule = ticker.schedule();
        schedule.closed = true;
        let thread = schedule.thread.take();
        let entries = std::mem::take(&mut schedule.entries);
        drop(schedule);
        ticker.changed.notify_one();
        if let Some(thread) = thread {
            // A panic of the thread has been reported by its own hook already.
            let _ = thread.join();
        }
        entries
    });
    drop(entries);
}

/// Starts clean in a forked child, which has no such thread.
pub(crate) fn forget_the_parents() {
    *current() = None;
}

fn current() -> MutexGuard<'static, Option<&'static Ticker>> {
    TICKER.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Ticker {
    fn schedule(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The thread's body. The lock is never held while the interpreter is waited for.
    fn run(&self) {
        let mut schedule = self.schedule();
        while !schedule.closed {
            let now = SystemClock.now().monotonic;
            let next = schedule.entries.iter_mut().min_by_key(|entry| entry.due);
            let wait = match next {
                Some(entry) if entry.due <= now => {
                    entry.due = (entry.due + entry.period).max(now);
                    let id = entry.id;
                    drop(schedule);
                    self.call(id);
                    schedule = self.schedule();
                    continue;
                }
                Some(entry) => entry.due.saturating_sub(now),
                None => Duration::MAX,
            };
            let waited = self.changed.wait_timeout(schedule, wait);
            schedule = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Makes one call, unless the interpreter is going away or the ticket was given back meanwhile.
    fn call(&self, id: u64) {
        Python::try_attach(|py| {
            let callback = {
                let schedule = self.schedule();
                let entry = schedule.entries.iter().find(|entry| entry.id == id);
                entry.map(|entry| entry.callback.clone_ref(py))
            };
            if let Some(callback) = callback
                && let Err(error) = callback.call0(py)
            {
                error.write_unraisable(py, Some(callback.bind(py)));
            }
        });
    }
}
