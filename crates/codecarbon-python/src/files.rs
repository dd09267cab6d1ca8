//! The CSV files, for output classes that are used without a tracker.

use std::path::PathBuf;

use carbon_outputs::CsvFile;
use carbon_outputs::csv::write_tasks;
use carbon_tracker::config::OnCsvWrite;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::errors::{IntoPython, guarded};
use crate::record::{emissions_record, task_record};

/// Writes one row to the emissions file and returns its path and what the user should hear.
/// `values` are those of the record in column order; `on_csv_write` is "append" or "update".
#[pyfunction]
pub(crate) fn write_record_csv(
    py: Python<'_>,
    output_dir: PathBuf,
    output_file: PathBuf,
    on_csv_write: &str,
    values: &Bound<'_, PyTuple>,
) -> PyResult<(String, Vec<String>)> {
    let on_write: OnCsvWrite = on_csv_write.parse().map_err(|error| {
        PyValueError::new_err(format!("on_csv_write = {on_csv_write:?} is {error}"))
    })?;
    let record = emissions_record(values)?;
    py.detach(|| {
        guarded(|| {
            let file = CsvFile::new(&output_dir, &output_file, on_write)
                .map_err(IntoPython::into_python)?;
            let written = file.write(&record).map_err(IntoPython::into_python)?;
            let notices = written.notices.iter().map(ToString::to_string).collect();
            Ok((file.path().display().to_string(), notices))
        })
    })?
}

/// Writes the task file of a run anew and returns its path; `None` without tasks. Each task is the
/// tuple of its 36 values in column order.
#[pyfunction]
pub(crate) fn write_tasks_csv(
    py: Python<'_>,
    output_dir: PathBuf,
    experiment_name: &str,
    tasks: Vec<Bound<'_, PyTuple>>,
) -> PyResult<Option<String>> {
    let tasks = tasks.iter().map(task_record).collect::<PyResult<Vec<_>>>()?;
    py.detach(|| {
        guarded(|| {
            write_tasks(&output_dir, experiment_name, &tasks)
                .map(|path| path.map(|p| p.display().to_string()))
                .map_err(IntoPython::into_python)
        })
    })?
}
