//! Runs that are under way.

use serde::{Deserialize, Serialize};

/// A run with rows in the last five minutes. `GET /v1/SCOPE/{id}/live` sends a list of them as the
/// data of each `runs` event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LiveRun {
    /// UUID of the run.
    pub run_id: String,
    /// UUID of its experiment.
    pub experiment_id: String,
    /// UUID of its project.
    pub project_id: String,
    /// Name of its experiment.
    pub experiment_name: String,
    /// Name of its project.
    pub project_name: String,
    /// Time of its last row.
    pub last: String,
    /// Power of all components together in the last row, W; null where it tells none.
    pub power_w: Option<f64>,
    /// Power of the processors in the last row, W.
    pub cpu_power_w: Option<f64>,
    /// Power of the GPUs in the last row, W.
    pub gpu_power_w: Option<f64>,
    /// Power of the memory in the last row, W.
    pub ram_power_w: Option<f64>,
    /// Energy of the run so far, kWh.
    pub energy_kwh: f64,
    /// CO2e of the run so far, kg.
    pub emissions_kg: f64,
}
