//! The sampler thread: one for any number of windows.
//!
//! It is started when the first window opens, sleeps without waking while none is open, and ends
//! with the hub. A window that opens soon after another closed finds it still waiting for its next
//! tick and need not wake it, so that short runs cost no context switch.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::{Hub, Sampling, Shared};

/// How long the thread keeps its schedule after the last window closed.
const LINGER: Duration = Duration::from_secs(1);

/// What the thread is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Sampler {
    /// No thread was started.
    #[default]
    Absent,
    /// It wakes by itself at this moment of the monotonic clock.
    Until(Duration),
    /// It sleeps until it is woken.
    Parked,
}

impl Hub {
    /// Has the sampler take a window into account that was just counted in. Failing to start a
    /// thread costs samples, not the host program: edges are still read.
    pub(super) fn arrange(&self, interval: Duration) {
        if self.shared().sampling == Sampling::Manual {
            return;
        }
        let mut state = self.lock();
        let needed = state.machine.clock.monotonic() + interval;
        match state.sampler {
            Sampler::Until(planned) if planned <= needed => {}
            Sampler::Until(_) | Sampler::Parked => {
                state.sampler = Sampler::Until(needed);
                self.shared().wake.notify_one();
            }
            Sampler::Absent => {
                let shared = Arc::clone(self.shared());
                let thread = std::thread::Builder::new()
                    .name("codecarbon".to_owned())
                    .stack_size(256 * 1024)
                    .spawn(move || run(&shared));
                if let Ok(thread) = thread {
                    state.sampler = Sampler::Until(needed);
                    state.thread = Some(thread);
                }
            }
        }
    }
}

/// The thread's body.
fn run(shared: &Shared) {
    let mut state = shared.state.lock().unwrap_or_else(PoisonError::into_inner);
    let mut lingering = false;
    while !state.closed {
        let wait = match state.until_due() {
            Some(due) if due.is_zero() => {
                state.tick_on_own_thread();
                continue;
            }
            Some(due) => {
                lingering = false;
                due
            }
            None if lingering => {
                lingering = false;
                state.sampler = Sampler::Parked;
                state = shared.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            None => {
                lingering = true;
                LINGER
            }
        };
        state.sampler = Sampler::Until(state.machine.clock.monotonic() + wait);
        state = shared.wake.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0;
    }
}
