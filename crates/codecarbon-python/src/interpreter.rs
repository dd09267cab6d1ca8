//! One interpreter of a process: objects of Python that native code keeps belong to it.
//!
//! Python 3.12 and later ask the module and refuse for it; before, the module has to refuse itself.

use std::sync::OnceLock;

use pyo3::exceptions::PyImportError;
use pyo3::ffi;
use pyo3::prelude::*;

/// The interpreter that imported the module first.
static FIRST: OnceLock<i64> = OnceLock::new();

/// Refuses every interpreter but the first.
///
/// # Errors
/// `ImportError` in another interpreter.
pub(crate) fn refuse_others(_attached: Python<'_>) -> PyResult<()> {
    let this = this_interpreter();
    if *FIRST.get_or_init(|| this) == this {
        return Ok(());
    }
    Err(PyImportError::new_err(
        "codecarbon does not support loading in subinterpreters: measure from the interpreter that \
         imported it first",
    ))
}

#[expect(unsafe_code, reason = "PyO3 has no safe call for the number of an interpreter")]
fn this_interpreter() -> i64 {
    // SAFETY: the caller is attached to an interpreter, so there is a current one, and asking for
    // its number changes nothing.
    unsafe { ffi::PyInterpreterState_GetID(ffi::PyInterpreterState_Get()) }
}
