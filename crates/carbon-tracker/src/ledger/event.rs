//! What interrupted a meter, kept so that a window that opened or closed meanwhile can be told.

use std::collections::VecDeque;

use carbon_model::GapReason;
use carbon_sensors::Instant;

/// The newest events an account remembers. Windows that are older than this many faults of one
/// meter lose the list of their first faults, not energy.
const KEPT: usize = 1024;

/// A stretch of one account without readings, or with a reading that could not be trusted.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// The last good reading before it.
    pub(crate) from: Instant,
    /// The first good reading after it.
    pub(crate) to: Instant,
    /// Energy of the account at `from`, J.
    pub(crate) from_j: f64,
    /// Energy of the account at `to`, J.
    pub(crate) to_j: f64,
    /// What happened.
    pub(crate) reason: GapReason,
    /// Whether the energy in between is known from the two readings; else it is what is between
    /// `from_j` and `to_j` at least.
    pub(crate) bridged: bool,
}

/// The newest events of one account, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Events(VecDeque<Event>);

impl Events {
    pub(crate) fn push(&mut self, event: Event) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(event);
    }

    /// Events that overlap a stretch of time.
    pub(crate) fn within<'a>(
        &'a self,
        from: &'a Instant,
        to: &'a Instant,
    ) -> impl Iterator<Item = &'a Event> {
        self.0.iter().filter(|e| e.to.monotonic > from.monotonic && e.from.monotonic < to.monotonic)
    }

    /// Energy of the account at a moment within a gap, in proportion to the time.
    pub(crate) fn energy_at(&self, at: &Instant) -> Option<f64> {
        let event = self
            .0
            .iter()
            .rev()
            .find(|e| e.from.monotonic <= at.monotonic && at.monotonic <= e.to.monotonic)?;
        let length = event.to.active_since(&event.from).as_secs_f64();
        let share =
            if length > 0.0 { at.active_since(&event.from).as_secs_f64() / length } else { 1.0 };
        Some(event.from_j + (event.to_j - event.from_j) * share)
    }
}
