//! The outboxes of this process, and what a fork does to them.
//!
//! A process has one for each spool directory that its configurations name, nearly always one. A
//! forked child inherits memory and open files but no thread; so it lets go of the parent's outboxes,
//! sends none of their rows and makes its own.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::{Outbox, OutboxSettings};
use crate::spool::SpoolLimits;

static OUTBOXES: Mutex<Vec<Outbox>> = Mutex::new(Vec::new());

impl Outbox {
    /// The outbox of this process for a spool directory.
    pub fn of_this_process(directory: Option<&Path>) -> Self {
        let mut outboxes = OUTBOXES.lock().unwrap_or_else(PoisonError::into_inner);
        if outboxes.first().is_some_and(|outbox| !outbox.is_of_this_process()) {
            outboxes.drain(..).for_each(Self::abandon);
        }
        if let Some(known) = outboxes.iter().find(|o| o.shared.directory.as_deref() == directory) {
            return known.clone();
        }
        let directory = directory.map(Path::to_owned);
        let made = Self::new(OutboxSettings { directory, limits: SpoolLimits::default() });
        outboxes.push(made.clone());
        made
    }

    /// Lets go of an outbox of the parent: its files are closed, which leaves the parent's locks
    /// alone, and nothing of it is freed, for its lock may never open.
    fn abandon(self) {
        if let Ok(mut state) = self.shared.state.try_lock() {
            state.engine.spool.abandon();
        }
        std::mem::forget(self);
    }
}

/// Starts clean in a forked child; the parent is not disturbed. A child that does not call this starts
/// clean with its first run.
pub fn forget_the_parents() {
    let mut outboxes = OUTBOXES.lock().unwrap_or_else(PoisonError::into_inner);
    outboxes.drain(..).for_each(Outbox::abandon);
}
