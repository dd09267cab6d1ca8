//! Wire types of what our own client and dashboard use, under `/v1`. Units are in the names of the
//! fields, times are UTC with `Z`, lists are pages with cursors.

pub mod admin;
mod compare;
mod emission;
mod experiment;
mod figures;
mod live;
mod run;
mod task;

pub use compare::{Compared, Comparison, Difference, RunDifference, Verdict};
pub use emission::{BulkStored, Emission};
pub use experiment::ExperimentRow;
pub use figures::{Figures, Group, Series, SeriesPoint, Sums};
pub use live::LiveRun;
pub use run::{ExperimentName, ProjectName, ProjectOfRun, Run, RunDetail, RunRow};
pub use task::{Task, TaskIn, TasksIn, TasksStored};

use serde::{Deserialize, Serialize};

/// Part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CursorPageOf{T}"))]
pub struct Page<T> {
    /// What was found, in order.
    pub items: Vec<T>,
    /// Where the next part starts, to give back as `after`; null after the last.
    pub next: Option<String>,
}
