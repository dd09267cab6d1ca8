//! What a run or a task came to, kept native until somebody asks for a part of it.

use carbon_outputs::JsonReport;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::plain::to_python;
use crate::record::{emissions_tuple, task_tuple};

/// The outcome of a run or a task: an immutable value.
#[pyclass(frozen, module = "codecarbon._native")]
pub(crate) struct Outcome(pub(crate) carbon_tracker::Outcome);

#[pymethods]
impl Outcome {
    /// Emissions, kg CO2e.
    #[getter]
    fn emissions(&self) -> f64 {
        self.0.record.emissions
    }

    /// The 38 values of the record in column order.
    #[getter]
    fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        emissions_tuple(py, &self.0.record)
    }

    /// The 36 values of each finished task in column order.
    #[getter]
    fn tasks<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyTuple>>> {
        self.0.tasks.iter().map(|task| task_tuple(py, task)).collect()
    }

    /// What was assumed or went wrong.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.0.warnings.clone()
    }

    /// Everything that is known, as the JSON report has it.
    fn report<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let tree = serde_json::to_value(JsonReport::new(&self.0))
            .map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        Ok(to_python(py, &tree)?.cast_into()?)
    }
}
