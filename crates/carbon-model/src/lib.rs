//! What energy and carbon figures are: quantities with units, intervals, sources, the report of a
//! window and the emissions record.
//!
//! Nothing here reads a file, a clock or the environment; every item is a value or a pure
//! function, so any layer may depend on it.

mod interval;
mod quantity;
mod record;
mod report;
mod source;

pub use interval::{Interval, combine_independent, combine_same_source, price};
pub use quantity::{CarbonMass, Energy, Intensity, JOULES_PER_KWH, Power, Pue, Quantity, Water};
pub use record::{EmissionsRecord, RECORD_FIELDS, TASK_RECORD_FIELDS, TaskRecord};
pub use report::{
    ComponentReport, Gap, GapReason, MeterReport, ProcessShare, Report, SelfCost, SourceReport,
    Utilization,
};
pub use source::{Accuracy, Basis, Component, Source};
