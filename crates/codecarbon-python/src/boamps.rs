//! BoAmps reports, for output classes that are used with or without a tracker.

use carbon_outputs::boamps::{BoampsReport, Context, ContextError};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::errors::guarded;
use crate::record::emissions_record;

/// The report of a record as JSON text, and what keeps it from being valid. `values` are those of
/// the record in column order, `context` is what the user says of the run, as JSON text, and
/// `processors` the number of sockets, `None` if it is not known.
///
/// # Errors
/// `TypeError` for a name in the context that the format does not have, `ValueError` when it is no
/// JSON object.
#[pyfunction]
pub(crate) fn boamps_report(
    values: &Bound<'_, PyTuple>,
    context: &str,
    processors: Option<u32>,
) -> PyResult<(String, Vec<String>)> {
    let record = emissions_record(values)?;
    guarded(|| {
        let context = Context::of_text(context).map_err(|error| match error {
            ContextError::UnknownField { .. } => PyTypeError::new_err(error.to_string()),
            error => PyValueError::new_err(error.to_string()),
        })?;
        let report = BoampsReport::new(&record, &context, processors);
        Ok((report.pretty(), report.faults()))
    })?
}
