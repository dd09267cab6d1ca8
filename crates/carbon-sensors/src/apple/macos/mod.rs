//! The calls of macOS behind Apple's sensors: a private library for the counters, a program for the
//! rest. Nothing here decides what a figure means.

mod core_foundation;
mod energy_model;
mod program;

pub(super) use energy_model::EnergyModel;
pub(super) use program::run_powermetrics;
