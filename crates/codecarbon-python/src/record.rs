//! Records as tuples in column order, both ways.
//!
//! A tuple is what a dataclass takes as its arguments and what a CSV row is; names stay in Python.

use carbon_model::{EmissionsRecord, TaskRecord};
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// Both ways for a record: one list of fields in column order, each with its type.
macro_rules! as_tuple {
    ($record:ident, $to:ident, $from:ident, { $($field:ident : $type:ty,)* }) => {
        /// The record's values in column order.
        pub(crate) fn $to<'py>(py: Python<'py>, record: &$record) -> PyResult<Bound<'py, PyTuple>> {
            PyTuple::new(py, [$((&record.$field).into_bound_py_any(py)?,)*])
        }

        /// A record from its values in column order.
        ///
        /// # Errors
        /// There are more or fewer values than columns, or one has the wrong type.
        pub(crate) fn $from(values: &Bound<'_, PyTuple>) -> PyResult<$record> {
            let mut values = values.iter_borrowed();
            let record = $record {
                $($field: {
                    let value = values.next().ok_or_else(|| missing(stringify!($field)))?;
                    value
                        .extract::<Lenient<$type>>()
                        .map_err(|error| wrong(value.py(), stringify!($field), &error))?
                        .0
                },)*
            };
            match values.next() {
                None => Ok(record),
                Some(_) => Err(PyValueError::new_err("more values than columns")),
            }
        }
    };
}

as_tuple!(EmissionsRecord, emissions_tuple, emissions_record, {
    timestamp: String, project_name: String, run_id: String, experiment_id: String,
    duration: f64, emissions: f64, emissions_rate: f64, cpu_power: f64, gpu_power: f64,
    ram_power: f64, cpu_energy: f64, gpu_energy: f64, ram_energy: f64, energy_consumed: f64,
    water_consumed: f64, country_name: Option<String>, country_iso_code: Option<String>,
    region: Option<String>, cloud_provider: String, cloud_region: String, os: String,
    python_version: String, codecarbon_version: String, cpu_count: u32, cpu_model: String,
    gpu_count: u32, gpu_model: String, longitude: Option<f64>, latitude: Option<f64>,
    ram_total_size: f64, tracking_mode: String, cpu_utilization_percent: f64,
    gpu_utilization_percent: f64, ram_utilization_percent: f64, ram_used_gb: f64,
    on_cloud: String, pue: f64, wue: f64,
});

as_tuple!(TaskRecord, task_tuple, task_record, {
    task_name: String, timestamp: String, project_name: String, run_id: String,
    duration: f64, emissions: f64, emissions_rate: f64, cpu_power: f64, gpu_power: f64,
    ram_power: f64, cpu_energy: f64, gpu_energy: f64, ram_energy: f64, energy_consumed: f64,
    water_consumed: f64, country_name: Option<String>, country_iso_code: Option<String>,
    region: Option<String>, cloud_provider: String, cloud_region: String, os: String,
    python_version: String, codecarbon_version: String, cpu_count: u32, cpu_model: String,
    gpu_count: u32, gpu_model: String, longitude: Option<f64>, latitude: Option<f64>,
    ram_total_size: f64, tracking_mode: String, cpu_utilization_percent: f64,
    gpu_utilization_percent: f64, ram_utilization_percent: f64, ram_used_gb: f64,
    on_cloud: String,
});

fn missing(field: &str) -> PyErr {
    PyValueError::new_err(format!("{field} is missing"))
}

fn wrong(py: Python<'_>, field: &str, error: &PyErr) -> PyErr {
    PyValueError::new_err(format!("{field}: {}", error.value(py)))
}

/// A value as programs fill it in: text may be any object (a UUID, `None`), numbers any number.
struct Lenient<T>(T);

impl FromPyObject<'_, '_> for Lenient<String> {
    type Error = PyErr;
    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if value.is_none() {
            return Ok(Self(String::new()));
        }
        Ok(Self(value.str()?.to_str()?.to_owned()))
    }
}

impl FromPyObject<'_, '_> for Lenient<Option<String>> {
    type Error = PyErr;
    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if value.is_none() {
            return Ok(Self(None));
        }
        Lenient::<String>::extract(value).map(|text| Self(Some(text.0)))
    }
}

impl FromPyObject<'_, '_> for Lenient<f64> {
    type Error = PyErr;
    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if value.is_none() { Ok(Self(0.0)) } else { value.extract().map(Self) }
    }
}

impl FromPyObject<'_, '_> for Lenient<Option<f64>> {
    type Error = PyErr;
    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        value.extract().map(Self)
    }
}

impl FromPyObject<'_, '_> for Lenient<u32> {
    type Error = PyErr;
    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if value.is_none() { Ok(Self(0)) } else { value.extract::<f64>().map(|n| Self(n as u32)) }
    }
}
