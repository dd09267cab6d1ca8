//! Errors of the libraries as Python exceptions; the only place that maps them.
//!
//! What the caller did wrong is a `ValueError` that names it; what the system refused is an
//! `OSError`; a panic, which is a fault of ours, is a `RuntimeError` that callers of the package
//! never see, because the package logs it and goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use carbon_outputs::{CsvError, JsonError};
use carbon_tracker::config::ConfigError;
use carbon_tracker::lock::LockError;
use pyo3::PyErr;
use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};

/// An error that becomes a Python exception.
pub(crate) trait IntoPython {
    /// The exception.
    fn into_python(self) -> PyErr;
}

impl IntoPython for ConfigError {
    fn into_python(self) -> PyErr {
        PyValueError::new_err(self.to_string())
    }
}

impl IntoPython for CsvError {
    fn into_python(self) -> PyErr {
        PyOSError::new_err(self.to_string())
    }
}

impl IntoPython for JsonError {
    fn into_python(self) -> PyErr {
        PyOSError::new_err(self.to_string())
    }
}

impl IntoPython for LockError {
    fn into_python(self) -> PyErr {
        PyOSError::new_err(self.to_string())
    }
}

/// Runs what must not bring the interpreter down.
///
/// # Errors
/// It panicked.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, PyErr> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let message = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        PyRuntimeError::new_err(format!("the measuring core failed: {message}"))
    })
}
