//! Reports: what the rows of a window come to, for an organisation, a project, an experiment or a run.
//! Every figure is a number, also where there are no rows.

use serde::{Deserialize, Serialize};

/// The figures that all reports share. `D` is the type of the duration: whole seconds, or seconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportFigures<D> {
    /// CO2e, kg.
    pub emissions: f64,
    /// Mean power of the processors over rows, W.
    pub cpu_power: f64,
    /// Mean power of the GPUs over rows, W.
    pub gpu_power: f64,
    /// Mean power of the memory over rows, W.
    pub ram_power: f64,
    /// Energy of the processors, kWh.
    pub cpu_energy: f64,
    /// Energy of the GPUs, kWh.
    pub gpu_energy: f64,
    /// Energy of the memory, kWh.
    pub ram_energy: f64,
    /// Energy in all, kWh.
    pub energy_consumed: f64,
    /// Length of the rows' intervals together, s.
    pub duration: D,
    /// Mean CO2e per second over rows, kg/s.
    pub emissions_rate: f64,
    /// Rows that tell a rate.
    pub emissions_count: i64,
    /// Mean use of the processors over rows, 0 to 100; null where no row tells it.
    pub cpu_utilization_percent: Option<f64>,
    /// Mean use of the GPUs over rows, 0 to 100; null where no row tells it.
    pub gpu_utilization_percent: Option<f64>,
    /// Mean use of the memory over rows, 0 to 100; null where no row tells it.
    pub ram_utilization_percent: Option<f64>,
}

/// `GET /organizations/{id}/sums`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OrganizationReport {
    /// Name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// UUID.
    pub organization_id: String,
    /// What its rows come to.
    #[serde(flatten)]
    pub figures: ReportFigures<u64>,
}

/// `GET /projects/{id}/sums`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProjectReport {
    /// Name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// UUID of the organisation.
    pub organization_id: String,
    /// UUID.
    pub project_id: String,
    /// What its rows come to.
    #[serde(flatten)]
    pub figures: ReportFigures<u64>,
}

/// One of `GET /projects/{id}/experiments/sums`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExperimentReport {
    /// Name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// English name of the country.
    pub country_name: Option<String>,
    /// Country, ISO 3166-1 alpha-3.
    pub country_iso_code: Option<String>,
    /// State, province or zone.
    pub region: Option<String>,
    /// Whether it takes place in a cloud.
    pub on_cloud: bool,
    /// Cloud.
    pub cloud_provider: Option<String>,
    /// Region of the cloud.
    pub cloud_region: Option<String>,
    /// When the server made it.
    pub timestamp: String,
    /// UUID of the project.
    pub project_id: String,
    /// UUID.
    pub experiment_id: String,
    /// What its rows come to.
    #[serde(flatten)]
    pub figures: ReportFigures<u64>,
}

/// One of `GET /experiments/{id}/runs/sums`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunReport {
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
    pub run_id: String,
    /// What its rows come to.
    #[serde(flatten)]
    pub figures: ReportFigures<f64>,
}
