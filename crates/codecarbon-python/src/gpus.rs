//! The GPUs of this machine, for programs that read them themselves: what they are, and a reading of
//! each. Trackers do not use this; they have the hub's meters.

use std::sync::{Mutex, PoisonError};

use carbon_sensors::clock::SystemClock;
use carbon_sensors::gpu::{GpuDiscovery, GpuLibraries, discover};
use carbon_sensors::{Covers, MachineSample, Reading, SysRoot};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::errors::guarded;
use crate::settings::resolve;

/// Index, joules of the counter, watts, percent of use.
type GpuReading = (u32, Option<f64>, Option<f64>, Option<f64>);

/// What was found when the object was made; finding costs tens of milliseconds where there are GPUs,
/// a reading some microseconds each.
#[pyclass(frozen, module = "codecarbon._native")]
pub(crate) struct Gpus(Mutex<GpuDiscovery>);

#[pymethods]
impl Gpus {
    /// Looks for GPUs on the machine that the configuration names: this one, but in tests.
    #[new]
    fn new(py: Python<'_>, environ: &Bound<'_, PyAny>) -> PyResult<Self> {
        let config = &resolve(&PyDict::new(py), environ)?.config;
        let libraries =
            GpuLibraries { nvml: config.nvml_library.clone(), ..GpuLibraries::default() };
        let root = SysRoot::new(&config.sysroot);
        py.detach(|| guarded(|| Self(Mutex::new(discover(&root, &libraries)))))
    }

    /// One dict each, by index: `gpu_index`, `name`, `uuid`, `total_memory` (bytes), `power_limit`
    /// (W); `None` for what the device does not tell.
    fn devices<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let list = PyList::empty(py);
        for device in &found.devices {
            let dict = PyDict::new(py);
            dict.set_item("name", &device.name)?;
            dict.set_item("uuid", &device.uuid)?;
            dict.set_item("total_memory", device.memory_bytes)?;
            dict.set_item("power_limit", device.power_limit_w)?;
            dict.set_item("gpu_index", device.index)?;
            list.append(dict)?;
        }
        Ok(list)
    }

    /// One tuple for each GPU that can be metered: index, joules of its counter, watts now, percent
    /// of use now; `None` for what it does not tell.
    fn read(&self, py: Python<'_>) -> PyResult<Vec<GpuReading>> {
        py.detach(|| {
            guarded(|| {
                let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                let mut readings = Vec::with_capacity(found.meters.len());
                for meter in &mut found.meters {
                    let Covers::Gpu { index } = meter.info().covers else { continue };
                    let (joules, watts) = match meter
                        .read(&MachineSample::default(), &SystemClock)
                        .map(|s| s.reading)
                    {
                        Ok(Reading::Counter { count, joules_per_count, .. }) => {
                            (Some(count as f64 * joules_per_count), None)
                        }
                        Ok(Reading::Accumulated { joules }) => (Some(joules), None),
                        Ok(Reading::Power { watts }) => (None, Some(watts)),
                        Err(_) => (None, None),
                    };
                    readings.push((index, joules, watts, meter.utilization_percent()));
                }
                readings
            })
        })
    }
}
