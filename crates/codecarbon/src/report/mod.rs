//! The report that people read after a run.
//!
//! [`render`] is a pure function of a [`View`]; nothing here measures, prices or prints.

mod text;

use std::path::PathBuf;

use carbon_model::{CarbonMass, Intensity, Interval, Pue, Report, Water};
use carbon_tracker::Outcome;

use crate::command::supervise::Ending;

use carbon_report::table;
pub use carbon_report::units;
pub use text::render;

/// What a report shows.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The command and how it ended; `None` when the machine was measured.
    pub command: Option<(&'a str, Ending)>,
    /// What was measured where it is neither the machine nor a command: "process 17 (make)".
    pub subject: Option<&'a str>,
    /// What was measured.
    pub report: &'a Report,
    /// Emissions, PUE included.
    pub emissions: Interval<CarbonMass>,
    /// The grid that they were priced with.
    pub grid: Grid<'a>,
    /// PUE that was applied.
    pub pue: Pue,
    /// Water; nothing when no water usage effectiveness is known.
    pub water: Water,
    /// What was assumed or went wrong, in sentences.
    pub warnings: &'a [String],
    /// Files that were written.
    pub saved_to: &'a [PathBuf],
}

/// The intensity that energy was priced with, and where it comes from.
#[derive(Debug, Clone, Copy)]
pub struct Grid<'a> {
    /// Name of the place.
    pub name: &'a str,
    /// Intensity with bounds.
    pub intensity: Interval<Intensity>,
    /// Year that the figure is about; `None` when the user gave it.
    pub year: Option<u16>,
    /// Who published it.
    pub source: &'a str,
}

impl<'a> View<'a> {
    /// A view of what a run came to.
    pub fn of(
        outcome: &'a Outcome,
        command: Option<(&'a str, Ending)>,
        saved_to: &'a [PathBuf],
    ) -> Self {
        let grid = &outcome.factors.grid;
        Self {
            command,
            subject: None,
            report: &outcome.report,
            emissions: outcome.footprint.emissions,
            grid: Grid {
                name: &grid.name,
                intensity: grid.intensity,
                year: grid.year,
                source: &grid.source,
            },
            pue: outcome.factors.pue,
            water: outcome.footprint.water,
            warnings: &outcome.warnings,
            saved_to,
        }
    }
}
