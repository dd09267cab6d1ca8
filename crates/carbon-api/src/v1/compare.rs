//! Runs side by side.

use serde::{Deserialize, Serialize};

use super::{ExperimentName, Figures, ProjectName, Run};

/// `GET /v1/runs/compare?run=…&run=…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Comparison {
    /// The runs, in the order in which they were asked for.
    pub runs: Vec<Compared>,
    /// Each but the first against the first.
    pub differences: Vec<RunDifference>,
}

/// A run that is compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Compared {
    /// The run.
    pub run: Run,
    /// Its project.
    pub project: ProjectName,
    /// Its experiment.
    pub experiment: ExperimentName,
    /// What its rows come to.
    pub figures: Figures,
}

/// How a run differs from the first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunDifference {
    /// UUID of the run.
    pub run_id: String,
    /// Energy, kWh.
    pub energy: Difference,
    /// CO2e, kg.
    pub emissions: Difference,
    /// Time, s.
    pub duration: Difference,
}

/// A difference, this run less the first, in the unit of the figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Difference {
    /// The difference.
    pub value: f64,
    /// The least that it can be; null where a run carries no interval.
    pub low: Option<f64>,
    /// The most that it can be; null where a run carries no interval.
    pub high: Option<f64>,
    /// This run's figure by the first one's; null where that is zero.
    pub ratio: Option<f64>,
    /// What can be said.
    pub verdict: Verdict,
}

/// What can be said of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// This run took more, whatever the truth within both intervals.
    More,
    /// This run took less, whatever the truth within both intervals.
    Less,
    /// Both figures are exact and the same.
    Same,
    /// The intervals overlap, or a run carries none.
    Unknown,
}
