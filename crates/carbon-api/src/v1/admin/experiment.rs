//! Changes of experiments.

use serde::{Deserialize, Serialize};

/// Changes of what is said of an experiment: `PATCH /v1/experiments/{id}`. What is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExperimentPatch {
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// What it is.
    #[serde(default)]
    pub description: Option<String>,
    /// Country.
    #[serde(default)]
    pub country_name: Option<String>,
    /// Three-letter code of the country.
    #[serde(default)]
    pub country_iso_code: Option<String>,
    /// Region of the country.
    #[serde(default)]
    pub region: Option<String>,
    /// Whether it runs in a cloud.
    #[serde(default)]
    pub on_cloud: Option<bool>,
    /// Provider of the cloud.
    #[serde(default)]
    pub cloud_provider: Option<String>,
    /// Region of the cloud.
    #[serde(default)]
    pub cloud_region: Option<String>,
}
