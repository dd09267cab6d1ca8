//! Whether the interpreter is let go while meters are read.
//!
//! Letting it go and taking it back costs two switches of threads when other threads wait for it,
//! several times what reading `/proc` and RAPL takes; keeping it while a GPU's library answers, for
//! milliseconds, would halt the program. So the last reading decides: as long as readings take less
//! than [`QUICK`], they are made on the spot.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use carbon_sensors::{Clock, SystemClock};
use pyo3::prelude::*;

use crate::errors::guarded;

/// A reading that is worth letting the interpreter go takes longer than this.
const QUICK: Duration = Duration::from_micros(100);

/// Whether the last reading was quick. The first one, which looks for the hardware, is not.
static IS_QUICK: AtomicBool = AtomicBool::new(false);

/// Reads meters, with or without the interpreter.
///
/// # Errors
/// It panicked.
pub(crate) fn reading<T: Send>(py: Python<'_>, read: impl FnOnce() -> T + Send) -> PyResult<T> {
    let timed = || {
        let started = SystemClock.now();
        let result = guarded(read);
        let took = SystemClock.now().active_since(&started);
        IS_QUICK.store(took < QUICK, Ordering::Relaxed);
        result
    };
    if IS_QUICK.load(Ordering::Relaxed) { timed() } else { py.detach(timed) }
}
