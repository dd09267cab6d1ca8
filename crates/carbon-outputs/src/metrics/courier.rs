//! Sends in the background, the newest value only.
//!
//! Metrics are cumulative: a newer value says all that an older one did. So the courier has room for
//! one value, a newer one takes the place of one that still waits, and a collector that is away for
//! an hour costs neither memory nor, when it is back, a flood. One thread per courier, from the first
//! value on, and never the caller's.
//!
//! Left out: what is sent and how; that is the closure which the courier is given.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use carbon_sensors::{Clock, SystemClock};

use super::error::ExportError;

/// Pause before a value that did not arrive is sent again; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Longest pause, and the longest that a collector may ask for.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// The same while the end of a run waits.
const PAUSE_AT_END: Duration = Duration::from_millis(200);

/// How a value is delivered.
pub(crate) type Deliver<T> = dyn FnMut(&T) -> Result<(), ExportError> + Send;

/// Takes values and has them sent.
pub(crate) struct Courier<T: Send + 'static> {
    name: &'static str,
    /// Moved to the thread when it starts.
    deliver: Option<Box<Deliver<T>>>,
    desk: Arc<Desk<T>>,
}

/// Where the caller and the thread meet.
struct Desk<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    waiting: Option<T>,
    is_sending: bool,
    /// No value follows the one that waits.
    is_closing: bool,
    /// Why the newest value that was tried did not arrive.
    fault: Option<Arc<ExportError>>,
    /// Whether a fault was told to the user.
    is_told: bool,
}

impl<T: Send + 'static> Courier<T> {
    /// A courier without a thread yet; the name is that of its thread.
    pub(crate) fn new(
        name: &'static str,
        deliver: impl FnMut(&T) -> Result<(), ExportError> + Send + 'static,
    ) -> Self {
        let state = State {
            waiting: None,
            is_sending: false,
            is_closing: false,
            fault: None,
            is_told: false,
        };
        let desk = Arc::new(Desk { state: Mutex::new(state), changed: Condvar::new() });
        Self { name, deliver: Some(Box::new(deliver)), desk }
    }

    /// Has a value sent, instead of one that still waits; none is after [`Courier::finish`]. Costs
    /// microseconds; the first also starts the thread.
    ///
    /// # Errors
    /// The system starts no thread.
    pub(crate) fn post(&mut self, value: T) -> io::Result<()> {
        {
            let mut state = self.desk.state();
            if state.is_closing {
                return Ok(());
            }
            state.waiting = Some(value);
        }
        self.desk.changed.notify_all();
        let Some(mut deliver) = self.deliver.take() else { return Ok(()) };
        let desk = Arc::clone(&self.desk);
        let thread = thread::Builder::new().name(self.name.to_owned());
        thread.spawn(move || desk.work(&mut *deliver)).map(drop)
    }

    /// The first fault, once; later ones are not told while the run goes on.
    pub(crate) fn news(&self) -> Option<Arc<ExportError>> {
        let mut state = self.desk.state();
        let fault = state.fault.clone().filter(|_| !state.is_told)?;
        state.is_told = true;
        Some(fault)
    }

    /// Lets the last value arrive, for so long at most, and ends the thread. A value for which there
    /// was no time is dropped.
    ///
    /// # Errors
    /// The last value did not arrive; `None` when there was no time to find out why.
    pub(crate) fn finish(&mut self, limit: Duration) -> Result<(), Option<Arc<ExportError>>> {
        let until = SystemClock.monotonic() + limit;
        let mut state = self.desk.state();
        state.is_closing = true;
        self.desk.changed.notify_all();
        while state.waiting.is_some() || state.is_sending {
            let left = until.saturating_sub(SystemClock.monotonic());
            if left.is_zero() {
                // The thread finds nothing more to do when it comes back.
                state.waiting = None;
                return Err(state.fault.clone());
            }
            let waited = self.desk.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.fault.clone().map_or(Ok(()), |fault| Err(Some(fault)))
    }
}

impl<T: Send + 'static> Drop for Courier<T> {
    /// Nothing is waited for; the thread ends by itself.
    fn drop(&mut self) {
        let mut state = self.desk.state();
        state.is_closing = true;
        state.waiting = None;
        self.desk.changed.notify_all();
    }
}

impl<T> Desk<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The thread's body.
    fn work(&self, deliver: &mut Deliver<T>) {
        let mut pause = FIRST_PAUSE;
        let mut state = self.state();
        loop {
            let Some(value) = state.waiting.take() else {
                if state.is_closing {
                    return;
                }
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            state.is_sending = true;
            drop(state);
            let result = deliver(&value);
            state = self.state();
            state.is_sending = false;
            match result {
                Ok(()) => {
                    state.fault = None;
                    pause = FIRST_PAUSE;
                }
                Err(fault) => {
                    // At the end only a collector that is there and busy is worth a second try.
                    let again = if state.is_closing { fault.is_busy() } else { fault.is_passing() };
                    let wanted = fault.after();
                    state.fault = Some(Arc::new(fault));
                    if again && state.waiting.is_none() {
                        state.waiting = Some(value);
                        state = self.rest(state, wanted.unwrap_or(pause).min(LONGEST_PAUSE));
                        pause = (pause * 2).min(LONGEST_PAUSE);
                    }
                }
            }
            self.changed.notify_all();
        }
    }

    /// Waits before the next try; the end of the run cuts the pause short.
    fn rest<'a>(
        &self,
        mut state: MutexGuard<'a, State<T>>,
        pause: Duration,
    ) -> MutexGuard<'a, State<T>> {
        let begun = SystemClock.monotonic();
        loop {
            let pause = if state.is_closing { pause.min(PAUSE_AT_END) } else { pause };
            let left = (begun + pause).saturating_sub(SystemClock.monotonic());
            if left.is_zero() || state.waiting.is_none() {
                return state;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    const SOON: Duration = Duration::from_secs(20);

    fn busy() -> ExportError {
        let (host, status) = ("h".to_owned(), "HTTP 503".to_owned());
        ExportError::Busy { host, status, answer: String::new(), after: None }
    }

    fn refused() -> ExportError {
        let (host, status) = ("h".to_owned(), "HTTP 401".to_owned());
        ExportError::Refused { host, status, answer: String::new() }
    }

    #[test]
    fn a_newer_value_takes_the_place_of_one_that_waits() {
        let (started, is_started) = mpsc::channel();
        let (go_on, may_go_on) = mpsc::channel();
        let (arrived, arrivals) = mpsc::channel();
        let mut courier = Courier::new("test", move |value: &u32| {
            started.send(()).unwrap();
            may_go_on.recv().unwrap();
            arrived.send(*value).unwrap();
            Ok(())
        });
        courier.post(1).unwrap();
        is_started.recv().unwrap();
        for value in 2..=5 {
            courier.post(value).unwrap();
        }
        go_on.send(()).unwrap();
        go_on.send(()).unwrap();
        courier.finish(SOON).unwrap();
        assert_eq!(arrivals.try_iter().collect::<Vec<_>>(), [1, 5]);
    }

    #[test]
    fn a_fault_is_told_once_and_forgotten_when_the_last_value_arrives() {
        let mut answers = vec![Ok(()), Err(refused())];
        let mut courier = Courier::new("test", move |_: &u32| answers.pop().unwrap());
        courier.post(1).unwrap();
        while courier.desk.state().fault.is_none() {
            thread::yield_now();
        }
        assert!(courier.news().is_some_and(|fault| fault.to_string().contains("401")));
        assert!(courier.news().is_none());
        courier.post(2).unwrap();
        courier.finish(SOON).unwrap();
    }

    #[test]
    fn a_busy_collector_gets_the_last_value_at_a_second_try_and_a_refusal_is_final() {
        let mut answers = vec![Ok(()), Err(busy()), Err(busy())];
        let mut courier = Courier::new("test", move |_: &u32| answers.pop().unwrap());
        courier.post(1).unwrap();
        courier.finish(SOON).unwrap();

        let mut courier = Courier::new("test", |_: &u32| Err(refused()));
        courier.post(1).unwrap();
        let fault = courier.finish(SOON).unwrap_err().unwrap();
        assert!(matches!(*fault, ExportError::Refused { .. }));
    }

    #[test]
    fn the_end_waits_no_longer_than_it_may() {
        let (hold, held) = mpsc::channel::<()>();
        let mut courier = Courier::new("test", move |_: &u32| {
            // Until the test is over.
            let _ = held.recv();
            Ok(())
        });
        courier.post(1).unwrap();
        let begun = SystemClock.monotonic();
        assert!(courier.finish(Duration::from_millis(50)).unwrap_err().is_none());
        assert!(SystemClock.monotonic() < begun + SOON);
        drop(hold);
    }

    #[test]
    fn what_comes_after_the_end_is_not_waited_for() {
        let mut courier = Courier::new("test", |_: &u32| Ok(()));
        courier.post(1).unwrap();
        courier.finish(SOON).unwrap();
        courier.post(2).unwrap();
        let begun = SystemClock.monotonic();
        courier.finish(SOON).unwrap();
        assert!(SystemClock.monotonic() < begun + SOON / 2);
    }

    #[test]
    fn without_a_value_nothing_is_waited_for() {
        let mut courier = Courier::new("test", |_: &u32| Err(refused()));
        courier.finish(SOON).unwrap();
    }
}
