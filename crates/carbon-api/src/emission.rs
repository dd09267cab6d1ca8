//! Emissions: what an interval of a run came to.

use serde::{Deserialize, Serialize};

use crate::required::nullable;
use crate::v1::TaskIn;

/// A new row: `POST /emissions`, signed by a project's token. Figures are of the interval alone, not
/// of the run so far, and none is negative.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EmissionIn {
    /// When the interval ended, ISO 8601 with its zone.
    pub timestamp: String,
    /// UUID of the run on the server.
    pub run_id: String,
    /// Whole seconds, at least 1.
    pub duration: u64,
    /// kg CO2e.
    #[serde(deserialize_with = "nullable")]
    pub emissions_sum: Option<f64>,
    /// kg CO2e per second.
    #[serde(deserialize_with = "nullable")]
    pub emissions_rate: Option<f64>,
    /// kWh.
    #[serde(deserialize_with = "nullable")]
    pub energy_consumed: Option<f64>,
    /// Mean W.
    #[serde(deserialize_with = "nullable")]
    pub cpu_power: Option<f64>,
    /// Mean W.
    #[serde(deserialize_with = "nullable")]
    pub gpu_power: Option<f64>,
    /// Mean W.
    #[serde(deserialize_with = "nullable")]
    pub ram_power: Option<f64>,
    /// kWh.
    #[serde(deserialize_with = "nullable")]
    pub cpu_energy: Option<f64>,
    /// kWh.
    #[serde(deserialize_with = "nullable")]
    pub gpu_energy: Option<f64>,
    /// kWh.
    #[serde(deserialize_with = "nullable")]
    pub ram_energy: Option<f64>,
    /// 0 to 100.
    #[serde(default)]
    pub cpu_utilization_percent: Option<f64>,
    /// 0 to 100.
    #[serde(default)]
    pub gpu_utilization_percent: Option<f64>,
    /// 0 to 100.
    #[serde(default)]
    pub ram_utilization_percent: Option<f64>,
    /// Water usage effectiveness that was applied, L/kWh.
    #[serde(default)]
    pub wue: Option<f64>,
    /// The interval in seconds, exactly. Other servers pass over it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<f64>,
    /// Lower bound of `energy_consumed`, kWh. Bounds add up over the rows of a run. Other servers pass
    /// over them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub energy_low_kwh: Option<f64>,
    /// Upper bound of `energy_consumed`, kWh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub energy_high_kwh: Option<f64>,
    /// Lower bound of `emissions_sum`, kg CO2e.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emissions_low_kg: Option<f64>,
    /// Upper bound of `emissions_sum`, kg CO2e.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emissions_high_kg: Option<f64>,
    /// Tasks of the run that have ended and that no earlier row told; their energy is part of the
    /// rows. At most 1,000. Other servers pass over them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<TaskIn>,
    /// The sender's own id of the row (UUID). Other servers pass over it and choose their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// A row as the server tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Emission {
    /// When the interval ended.
    pub timestamp: String,
    /// UUID of the run.
    pub run_id: String,
    /// Whole seconds.
    pub duration: u64,
    /// kg CO2e.
    pub emissions_sum: Option<f64>,
    /// kg CO2e per second.
    pub emissions_rate: Option<f64>,
    /// kWh.
    pub energy_consumed: Option<f64>,
    /// Mean W.
    pub cpu_power: Option<f64>,
    /// Mean W.
    pub gpu_power: Option<f64>,
    /// Mean W.
    pub ram_power: Option<f64>,
    /// kWh.
    pub cpu_energy: Option<f64>,
    /// kWh.
    pub gpu_energy: Option<f64>,
    /// kWh.
    pub ram_energy: Option<f64>,
    /// 0 to 100.
    pub cpu_utilization_percent: Option<f64>,
    /// 0 to 100.
    pub gpu_utilization_percent: Option<f64>,
    /// 0 to 100.
    pub ram_utilization_percent: Option<f64>,
    /// L/kWh.
    pub wue: Option<f64>,
    /// UUID.
    pub id: String,
}
