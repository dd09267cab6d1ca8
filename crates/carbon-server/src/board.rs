//! What a board tells of itself: whether its files were read, and what of them could not be.
//!
//! The figures are the store's; this says that there are others now, so that open pages ask again.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Faults that are told in words; the others are counted.
const FAULTS_TOLD: usize = 20;

/// What is shown of the files of a board.
#[derive(Debug, Default)]
pub struct Board(Mutex<Shown>);

/// What was shown last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shown {
    /// How often something was shown.
    pub(crate) times: u64,
    /// Runs.
    pub(crate) runs: usize,
    /// What could not be read, the first of many.
    pub(crate) faults: Vec<String>,
    /// How many that are.
    pub(crate) fault_count: usize,
}

impl Board {
    /// Says that the store has other figures now: so many runs, and what could not be read, in sentences.
    pub fn shows(&self, runs: usize, faults: &[String]) {
        let mut shown = self.lock();
        *shown = Shown {
            times: shown.times + 1,
            runs,
            faults: faults.iter().take(FAULTS_TOLD).cloned().collect(),
            fault_count: faults.len(),
        };
    }

    pub(crate) fn shown(&self) -> Shown {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Shown> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
