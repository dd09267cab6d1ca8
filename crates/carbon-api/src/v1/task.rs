//! Tasks of runs: parts of a program that its tracker measured by name. Their energy is part of the
//! rows of the run.

use serde::{Deserialize, Serialize};

/// `POST /v1/runs/{id}/tasks`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TasksIn {
    /// At most 1,000.
    pub tasks: Vec<TaskIn>,
}

/// A new task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TaskIn {
    /// The client's id (UUID), by which a repeated task counts once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the program calls it; at most 1,000 characters.
    pub name: String,
    /// When it began, ISO 8601 with its zone.
    pub start: String,
    /// How long it took, s; 0 or more.
    pub duration_s: f64,
    /// Energy in all, kWh; 0 or more.
    pub energy_kwh: f64,
    /// CO2e, kg; 0 or more.
    pub emissions_kg: f64,
    /// Energy of the processors, kWh; 0 or more.
    #[serde(default)]
    pub cpu_energy_kwh: Option<f64>,
    /// Energy of the GPUs, kWh; 0 or more.
    #[serde(default)]
    pub gpu_energy_kwh: Option<f64>,
    /// Energy of the memory, kWh; 0 or more.
    #[serde(default)]
    pub ram_energy_kwh: Option<f64>,
}

/// Answer of `POST /v1/runs/{id}/tasks`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TasksStored {
    /// Tasks that were not there before.
    pub stored: usize,
}

/// A stored task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Task {
    /// UUID.
    pub id: String,
    /// What the program calls it.
    pub name: String,
    /// When it began, by the client's clock.
    pub start: String,
    /// How long it took, s.
    pub duration_s: f64,
    /// Energy in all, kWh.
    pub energy_kwh: f64,
    /// CO2e, kg.
    pub emissions_kg: f64,
    /// Energy of the processors, kWh.
    pub cpu_energy_kwh: Option<f64>,
    /// Energy of the GPUs, kWh.
    pub gpu_energy_kwh: Option<f64>,
    /// Energy of the memory, kWh.
    pub ram_energy_kwh: Option<f64>,
}
