//! Runs: what emissions belong to.

use serde::{Deserialize, Serialize};

/// A new run: `POST /runs`, signed by a project's token.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunIn {
    /// When it began, ISO 8601 with its zone.
    pub timestamp: String,
    /// UUID of the experiment.
    pub experiment_id: String,
    /// Operating system.
    #[serde(default)]
    pub os: Option<String>,
    /// Version of Python.
    #[serde(default)]
    pub python_version: Option<String>,
    /// Version of the client.
    #[serde(default)]
    pub codecarbon_version: Option<String>,
    /// Logical CPUs.
    #[serde(default)]
    pub cpu_count: Option<i64>,
    /// Processor.
    #[serde(default)]
    pub cpu_model: Option<String>,
    /// Tracked GPUs.
    #[serde(default)]
    pub gpu_count: Option<i64>,
    /// Tracked GPUs by name.
    #[serde(default)]
    pub gpu_model: Option<String>,
    /// Degrees east, one decimal.
    #[serde(default)]
    pub longitude: Option<f64>,
    /// Degrees north, one decimal.
    #[serde(default)]
    pub latitude: Option<f64>,
    /// Region of the cloud; none on private infrastructure.
    #[serde(default)]
    pub region: Option<String>,
    /// Cloud; none on private infrastructure.
    #[serde(default)]
    pub provider: Option<String>,
    /// GiB.
    #[serde(default)]
    pub ram_total_size: Option<f64>,
    /// `machine` or `process`.
    #[serde(default)]
    pub tracking_mode: Option<String>,
    /// Name of the machine, where its owner wants it told. Other servers pass over it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Where the figures come from: a JSON object of at most 8 KiB, by component. Other servers pass
    /// over it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources: Option<serde_json::Value>,
    /// The id that the tracker gave the run, which its files carry (UUID). Other servers pass over
    /// it and choose their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// A run as the server tells it: what was sent, and its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Run {
    /// When it began.
    pub timestamp: String,
    /// UUID of the experiment.
    pub experiment_id: String,
    /// Operating system.
    pub os: Option<String>,
    /// Version of Python.
    pub python_version: Option<String>,
    /// Version of the client.
    pub codecarbon_version: Option<String>,
    /// Logical CPUs.
    pub cpu_count: Option<i64>,
    /// Processor.
    pub cpu_model: Option<String>,
    /// Tracked GPUs.
    pub gpu_count: Option<i64>,
    /// Tracked GPUs by name.
    pub gpu_model: Option<String>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Region of the cloud.
    pub region: Option<String>,
    /// Cloud.
    pub provider: Option<String>,
    /// GiB.
    pub ram_total_size: Option<f64>,
    /// `machine` or `process`.
    pub tracking_mode: Option<String>,
    /// UUID.
    pub id: String,
}
