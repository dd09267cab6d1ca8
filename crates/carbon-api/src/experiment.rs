//! Experiments: what runs belong to.

use serde::{Deserialize, Serialize};

/// A new experiment: `POST /experiments`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExperimentIn {
    /// Time; the server takes its own.
    #[serde(default)]
    pub timestamp: Option<String>,
    /// Name.
    pub name: String,
    /// What it is; may be empty.
    pub description: String,
    /// Whether it takes place in a cloud.
    #[serde(default)]
    pub on_cloud: Option<bool>,
    /// UUID of the project.
    pub project_id: String,
    /// English name of the country.
    #[serde(default)]
    pub country_name: Option<String>,
    /// Country, ISO 3166-1 alpha-3.
    #[serde(default)]
    pub country_iso_code: Option<String>,
    /// State, province or zone.
    #[serde(default)]
    pub region: Option<String>,
    /// Cloud.
    #[serde(default)]
    pub cloud_provider: Option<String>,
    /// Region of the cloud.
    #[serde(default)]
    pub cloud_region: Option<String>,
}

/// An experiment as the server tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Experiment {
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
    pub on_cloud: Option<bool>,
    /// Cloud.
    pub cloud_provider: Option<String>,
    /// Region of the cloud.
    pub cloud_region: Option<String>,
    /// When the server made it.
    pub timestamp: Option<String>,
    /// UUID of the project.
    pub project_id: String,
    /// UUID.
    pub id: String,
}
