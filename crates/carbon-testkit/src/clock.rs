//! A clock that tests move by hand.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use carbon_sensors::{Clock, Instant};

/// A clock that stands still until it is moved; clones share their time.
#[derive(Debug, Clone)]
pub struct FakeClock(Arc<Mutex<Instant>>);

/// 1 January 2026, 00:00 UTC, since the Unix epoch.
const MIDNIGHT_2026: Duration = Duration::from_hours(20_454 * 24);

impl Default for FakeClock {
    fn default() -> Self {
        Self::new()
    }
}

impl FakeClock {
    /// A machine that booted 1,000 s ago and has not slept since; midnight of 1 January 2026, UTC.
    pub fn new() -> Self {
        Self::at(Instant {
            monotonic: Duration::from_secs(1000),
            boot: Duration::from_secs(1000),
            wall: MIDNIGHT_2026,
        })
    }

    /// A clock that starts at a given instant.
    pub fn at(start: Instant) -> Self {
        Self(Arc::new(Mutex::new(start)))
    }

    /// Time goes on while the machine is awake: all three clocks move.
    pub fn advance(&self, by: Duration) {
        self.change(|now| {
            now.monotonic += by;
            now.boot += by;
            now.wall += by;
        });
    }

    /// The machine sleeps: the monotonic clock stands still.
    pub fn suspend(&self, by: Duration) {
        self.change(|now| {
            now.boot += by;
            now.wall += by;
        });
    }

    fn change(&self, change: impl FnOnce(&mut Instant)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
