//! What rows come to: in all, in groups, and in stretches of time.

use serde::{Deserialize, Serialize};

/// What some rows come to. Sums take a figure that a row does not have as zero, means pass over it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Figures {
    /// Rows.
    pub rows: i64,
    /// Length of their intervals together, s.
    pub duration_s: f64,
    /// Energy in all, kWh.
    pub energy_kwh: f64,
    /// Lower bound of the energy, kWh; null unless every row has one.
    pub energy_low_kwh: Option<f64>,
    /// Upper bound of the energy, kWh; null unless every row has one.
    pub energy_high_kwh: Option<f64>,
    /// Energy of the processors, kWh.
    pub cpu_energy_kwh: f64,
    /// Energy of the GPUs, kWh.
    pub gpu_energy_kwh: f64,
    /// Energy of the memory, kWh.
    pub ram_energy_kwh: f64,
    /// CO2e, kg.
    pub emissions_kg: f64,
    /// Lower bound of the CO2e, kg; null unless every row has one.
    pub emissions_low_kg: Option<f64>,
    /// Upper bound of the CO2e, kg; null unless every row has one.
    pub emissions_high_kg: Option<f64>,
    /// Mean power of the processors over time, W; null where no row tells it.
    pub cpu_power_w: Option<f64>,
    /// Mean power of the GPUs over time, W; null where no row tells it.
    pub gpu_power_w: Option<f64>,
    /// Mean power of the memory over time, W; null where no row tells it.
    pub ram_power_w: Option<f64>,
    /// Mean use of the processors over rows, 0 to 100; null where no row tells it.
    pub cpu_utilization_percent: Option<f64>,
    /// Mean use of the GPUs over rows, 0 to 100; null where no row tells it.
    pub gpu_utilization_percent: Option<f64>,
    /// Mean use of the memory over rows, 0 to 100; null where no row tells it.
    pub ram_utilization_percent: Option<f64>,
}

/// Sums of a window: `GET /v1/SCOPE/{id}/sums`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sums {
    /// First instant that counts; null without a limit.
    pub start: Option<String>,
    /// Last instant that counts; null without a limit.
    pub end: Option<String>,
    /// All rows.
    pub total: Figures,
    /// The rows told apart, greatest energy first; absent unless asked for with `by`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Group>>,
    /// Groups that `limit` left out; absent unless asked for with `by`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups_left_out: Option<usize>,
}

/// Rows that have something in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Group {
    /// UUID of the project, experiment, run or member, or name of the host; null where the rows do
    /// not tell it.
    pub key: Option<String>,
    /// Name of the project, experiment, member or host, or of the experiment of the run.
    pub name: Option<String>,
    /// What they come to.
    #[serde(flatten)]
    pub figures: Figures,
}

/// Stretches of one length: `GET /v1/SCOPE/{id}/series`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Series {
    /// First instant that counts; null where there are no rows and no window was given.
    pub start: Option<String>,
    /// Last instant that counts; null where there are no rows and no window was given.
    pub end: Option<String>,
    /// Length of a stretch, s.
    pub width_s: f64,
    /// Stretches that have rows, in the order of time.
    pub points: Vec<SeriesPoint>,
}

/// What the rows of one stretch come to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SeriesPoint {
    /// When the stretch begins; the first may begin before the window, of which it has the start.
    pub start: String,
    /// Whose rows, as [`Group::key`]; absent unless asked for with `by`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Option<String>>,
    /// What they come to.
    #[serde(flatten)]
    pub figures: Figures,
}
