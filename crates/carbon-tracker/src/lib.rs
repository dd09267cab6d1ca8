//! What programs call to measure themselves: configuration, hub, windows, tasks, pricing, records.
//!
//! The idea: each process has one [`Hub`], which owns the meters and keeps a ledger of cumulative
//! energy. A run, a task, a wrapped command is a [`Window`] on the ledger, opened and closed by two
//! snapshots; what leaves it is a value, `carbon_model::Report`, to which grid, PUE and water are
//! applied by pure functions.
//!
//! This crate opens no connection and writes no file: records go to [`sink::Sink`]s that the caller
//! passes in. It reads neither the environment nor the home directory.

mod builder;
pub mod calibration;
pub mod config;
mod detect;
mod guess;
mod hub;
mod ledger;
pub mod live;
pub mod location;
pub mod lock;
mod machine;
mod plan;
pub mod pricing;
mod record;
mod restate;
mod run;
mod scene;
pub mod sink;
mod tracker;

pub use builder::TrackerBuilder;
pub use detect::Hardware;
pub use hub::{Billing, GpuUse, Hub, Sampling, Window};
pub use machine::Machine;
pub use plan::Preferences;
pub use pricing::{Factors, Footprint, GridUsed};
pub use record::VERSION;
pub use run::{Observer, Outcome, Run, Task};
pub use tracker::Tracker;
