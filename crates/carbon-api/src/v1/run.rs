//! Runs, with what they came to.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Figures;

/// A run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "V1Run"))]
pub struct Run {
    /// What the published API tells of it; the time is UTC with `Z`.
    #[serde(flatten)]
    pub run: crate::Run,
    /// UUID of the project.
    pub project_id: String,
    /// Name of the machine; null where the client does not say it, and for whoever sees the project
    /// only because it is public.
    pub host: Option<String>,
    /// UUID of who made the token that the run was written with; null as `host`.
    pub member_id: Option<String>,
    /// Where the figures of each component come from, as the client tells it: component → `source`,
    /// `accuracy_percent`, …
    pub sources: Option<Value>,
}

/// A run in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunRow {
    /// The run.
    #[serde(flatten)]
    pub run: Run,
    /// Name of its experiment.
    pub experiment_name: String,
    /// What its rows in the window come to.
    pub figures: Figures,
    /// Time of its first row; null without rows.
    pub first: Option<String>,
    /// Time of its last row; null without rows.
    pub last: Option<String>,
}

/// A run by itself: `GET /v1/runs/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunDetail {
    /// The run.
    #[serde(flatten)]
    pub run: Run,
    /// Its project.
    pub project: ProjectOfRun,
    /// Its experiment.
    pub experiment: crate::Experiment,
    /// What all its rows come to.
    pub figures: Figures,
    /// Time of its first row; null without rows.
    pub first: Option<String>,
    /// Time of its last row; null without rows.
    pub last: Option<String>,
}

/// The project that a run belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProjectOfRun {
    /// UUID.
    pub id: String,
    /// Name.
    pub name: String,
    /// Whether anybody may read it.
    pub public: bool,
    /// UUID of its organization.
    pub organization_id: String,
}

/// A project, to be named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProjectName {
    /// UUID.
    pub id: String,
    /// Name.
    pub name: String,
}

/// An experiment, to be named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExperimentName {
    /// UUID.
    pub id: String,
    /// Name.
    pub name: String,
}
