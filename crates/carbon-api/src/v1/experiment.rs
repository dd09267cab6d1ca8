//! Experiments, with what they came to.

use serde::{Deserialize, Serialize};

use super::Figures;

/// An experiment in a list: `GET /v1/projects/{id}/experiments`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExperimentRow {
    /// What the published API tells of it; the time is UTC with `Z`.
    #[serde(flatten)]
    pub experiment: crate::Experiment,
    /// What its rows in the window come to.
    pub figures: Figures,
    /// Its runs, whenever they were.
    pub runs: i64,
}
