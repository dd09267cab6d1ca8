//! The hub: one per process (or per test). It owns the meters, samples them and hands out windows.
//!
//! Constructing a hub touches nothing. The first window detects the hardware, once; the others cost
//! microseconds and share one sampler.

mod bill;
mod devices;
mod mirrors;
mod report;
mod sampler;
mod share;
mod snapshot;
mod state;
mod tree;
mod window;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use carbon_sensors::{MeterInfo, Skipped};

pub use devices::GpuUse;
pub use window::{Billing, Window};

use crate::detect::Hardware;
use crate::machine::Machine;
use crate::plan::Preferences;
use state::State;

/// Who takes the samples between the edges of windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sampling {
    /// One thread, started when the first window opens.
    #[default]
    Thread,
    /// The caller, by [`Hub::poll`]: for programs with a loop of their own, such as the command
    /// wrapper, and for tests.
    Manual,
}

/// The shared owner of all meters; cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Owner>);

/// What windows and the sampler thread share.
struct Shared {
    state: Mutex<State>,
    wake: Condvar,
    sampling: Sampling,
}

/// Ends the sampler thread when the last hub or window is gone.
struct Owner(Arc<Shared>);

impl Drop for Owner {
    fn drop(&mut self) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.closed = true;
        let thread = state.thread.take();
        drop(state);
        self.0.wake.notify_all();
        if let Some(thread) = thread {
            // A panic of the sampler has been reported by its own hook already.
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").field("sampling", &self.shared().sampling).finish_non_exhaustive()
    }
}

impl Hub {
    /// A hub over a machine; nothing is read until a window opens.
    pub fn new(machine: Machine, sampling: Sampling) -> Self {
        Self(Arc::new(Owner(Arc::new(Shared {
            state: Mutex::new(State::new(machine)),
            wake: Condvar::new(),
            sampling,
        }))))
    }

    /// The hub of this process over the machine that it runs on, made on the first call.
    pub fn of_this_process() -> &'static Self {
        static HUB: OnceLock<Hub> = OnceLock::new();
        HUB.get_or_init(|| Self::new(Machine::host(), Sampling::Thread))
    }

    /// Opens a window: baselines are read, then its clock starts. `interval` is the longest time
    /// between samples while it is open (1 ms to hours).
    ///
    /// Costs: the first window of a hub detects the hardware (about 1 ms without GPUs), later ones
    /// read the counters (about 10 µs).
    pub fn open(&self, preferences: &Preferences, billing: Billing, interval: Duration) -> Window {
        Window::open(self, preferences, billing, interval)
    }

    /// Takes a sample if one is due and returns the time until the next; `None` while no window is
    /// open. For [`Sampling::Manual`].
    pub fn poll(&self) -> Option<Duration> {
        let mut state = self.lock();
        if state.until_due()?.is_zero() {
            state.tick_here();
        }
        state.until_due()
    }

    /// What the machine is; detected on the first call.
    pub fn hardware(&self) -> Hardware {
        self.lock().detected().hardware.clone()
    }

    /// The meters that were found, and the devices that are not used with the reason.
    pub fn inventory(&self) -> (Vec<MeterInfo>, Vec<Skipped>) {
        let mut state = self.lock();
        let skipped = state.detected().skipped.clone();
        (state.accounts.iter().map(|a| a.info().clone()).collect(), skipped)
    }

    /// Number of GPUs that a run with these preferences counts, and their names ("2 x NVIDIA H100").
    pub fn selected_gpus(&self, preferences: &Preferences) -> (u32, String) {
        let plan = self.lock().plan(preferences);
        (plan.gpu_count, plan.gpu_model.clone())
    }

    /// The meters that a run with these preferences counts.
    pub fn counted(&self, preferences: &Preferences) -> Vec<MeterInfo> {
        let mut state = self.lock();
        let plan = state.plan(preferences);
        plan.accounts.iter().map(|&i| state.accounts[i].info().clone()).collect()
    }

    /// A panic of another thread under this lock leaves sums that are still valid, so poisoning is
    /// no reason to fail the host program.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared().state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shared(&self) -> &Arc<Shared> {
        &self.0.0
    }
}
