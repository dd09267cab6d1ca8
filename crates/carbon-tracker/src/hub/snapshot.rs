//! The state of a plan's accounts at one edge of a window.

use std::time::Duration;

use carbon_sensors::Instant;

use super::tree::TreeMark;
use crate::ledger::{GaugeMark, Mark};

/// One edge of a window; two of them make a report.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    /// Marks of the plan's accounts, in the plan's order.
    pub(crate) marks: Vec<Mark>,
    /// Integrals of CPU seconds and memory.
    pub(crate) gauges: GaugeMark,
    /// The process tree, if the window is billed by one.
    pub(crate) tree: Option<TreeMark>,
    /// The moment of the edge.
    pub(crate) at: Instant,
    /// CPU time that the hub has used so far.
    pub(crate) cost: Duration,
    /// Samples that the hub has taken so far.
    pub(crate) samples: u64,
}
