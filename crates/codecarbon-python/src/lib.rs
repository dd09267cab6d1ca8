//! The native edge of the Python package: the module `codecarbon._native`.
//!
//! Everything here is private to the package, which gives it names, types and documentation. Values
//! cross as plain tuples, dicts and numbers, errors become Python exceptions in one place
//! ([`errors`]), and a panic never crosses.

#![expect(clippy::needless_pass_by_value, reason = "PyO3 hands arguments over by value")]

mod api;
mod boamps;
mod conf;
mod errors;
mod files;
mod gpus;
mod hubs;
mod interpreter;
mod journals;
mod live;
mod lookups;
mod metrics;
mod outcome;
mod pace;
mod plain;
mod record;
mod settings;
mod ticker;
mod tracker;

use pyo3::prelude::*;

/// The native part of the package `codecarbon`; use the package, not this.
#[pymodule(gil_used = false)]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::api::ApiSink;
    #[pymodule_export]
    use crate::boamps::boamps_report;
    #[pymodule_export]
    use crate::files::{write_record_csv, write_tasks_csv};
    #[pymodule_export]
    use crate::gpus::Gpus;
    #[pymodule_export]
    use crate::lookups::{
        cloud_region, cloud_regions, countries, country, country_of_time_zone, cpu_power, cpus,
        fuel_factor, gpu_power, grid, inventory, local_timestamp, mix, rapl, region, world_grid,
    };

    #[pymodule_export]
    use crate::metrics::MetricsSink;

    #[pymodule_export]
    use crate::outcome::Outcome;
    #[pymodule_export]
    use crate::ticker::{follow, unfollow, unfollow_all};
    #[pymodule_export]
    use crate::tracker::{Task, Tracker};

    /// A new id for a run: a random UUID.
    #[pyfunction]
    fn new_run_id() -> String {
        uuid::Uuid::new_v4().to_string()
    }

    /// Starts clean in a forked child; the parent is not disturbed.
    #[pyfunction]
    fn after_fork_in_child() {
        crate::hubs::forget_the_parents();
        carbon_client::forget_the_parents();
        crate::journals::forget_the_parents();
        crate::live::forget_the_parents();
        crate::metrics::forget_the_parents();
        crate::ticker::forget_the_parents();
    }

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::interpreter::refuse_others(module.py())?;
        module.add("__version__", carbon_tracker::VERSION)?;
        module.add("RECORD_FIELDS", carbon_model::RECORD_FIELDS.to_vec())?;
        module.add("TASK_RECORD_FIELDS", carbon_model::TASK_RECORD_FIELDS.to_vec())
    }
}
