//! Rows of runs.

use serde::{Deserialize, Serialize};

/// A stored row. The names are those by which rows are sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "V1Emission"))]
pub struct Emission {
    /// UUID.
    pub id: String,
    /// UUID of the run.
    pub run_id: String,
    /// When the interval ended, by the client's clock.
    pub timestamp: String,
    /// Length of the interval, s.
    pub duration_s: f64,
    /// CO2e of the interval, kg.
    pub emissions_sum: Option<f64>,
    /// Lower bound of it, kg.
    pub emissions_low_kg: Option<f64>,
    /// Upper bound of it, kg.
    pub emissions_high_kg: Option<f64>,
    /// CO2e per second, kg/s.
    pub emissions_rate: Option<f64>,
    /// Energy of the interval in all, kWh.
    pub energy_consumed: Option<f64>,
    /// Lower bound of it, kWh.
    pub energy_low_kwh: Option<f64>,
    /// Upper bound of it, kWh.
    pub energy_high_kwh: Option<f64>,
    /// Mean power of the processors, W.
    pub cpu_power: Option<f64>,
    /// Mean power of the GPUs, W.
    pub gpu_power: Option<f64>,
    /// Mean power of the memory, W.
    pub ram_power: Option<f64>,
    /// Energy of the processors, kWh.
    pub cpu_energy: Option<f64>,
    /// Energy of the GPUs, kWh.
    pub gpu_energy: Option<f64>,
    /// Energy of the memory, kWh.
    pub ram_energy: Option<f64>,
    /// Use of the processors, 0 to 100.
    pub cpu_utilization_percent: Option<f64>,
    /// Use of the GPUs, 0 to 100.
    pub gpu_utilization_percent: Option<f64>,
    /// Use of the memory, 0 to 100.
    pub ram_utilization_percent: Option<f64>,
    /// Water usage effectiveness that was applied, L/kWh.
    pub wue: f64,
}

/// Answer of `POST /v1/emissions`: everything is on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BulkStored {
    /// Rows that were not there before.
    pub stored: usize,
    /// Rows that were there already, or twice in the request; they count once.
    pub repeated: usize,
    /// UUIDs in the order of the rows; absent unless asked for with `ids=true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ids: Option<Vec<String>>,
}
