//! Rows of a run: what was measured in one interval, and how rows come in.

use crate::cell::{FromRow, Row};
use crate::error::{Error, Result};
use crate::id::{EmissionId, ProjectId, RunId};
use crate::time::Timestamp;

/// Rows that one call may bring.
pub const MAX_BATCH_ROWS: usize = 10_000;

/// Largest magnitude of a stored number: sums of any number of rows stay finite.
pub const MAX_VALUE: f64 = 1e15;

/// What a row says of its interval. Each figure is the interval's own, not cumulative.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Measured {
    /// Length of the interval, s.
    pub duration_s: f64,
    /// CO2e of the interval, kg.
    pub emissions_kg: Option<f64>,
    /// CO2e per second, kg/s.
    pub emissions_rate_kg_s: Option<f64>,
    /// Power of the processors, W.
    pub cpu_power_w: Option<f64>,
    /// Power of the GPUs, W.
    pub gpu_power_w: Option<f64>,
    /// Power of the memory, W.
    pub ram_power_w: Option<f64>,
    /// Energy of the processors, kWh.
    pub cpu_energy_kwh: Option<f64>,
    /// Energy of the GPUs, kWh.
    pub gpu_energy_kwh: Option<f64>,
    /// Energy of the memory, kWh.
    pub ram_energy_kwh: Option<f64>,
    /// Energy in all, kWh.
    pub energy_kwh: Option<f64>,
    /// Use of the processors, percent.
    pub cpu_utilization_percent: Option<f64>,
    /// Use of the GPUs, percent.
    pub gpu_utilization_percent: Option<f64>,
    /// Use of the memory, percent.
    pub ram_utilization_percent: Option<f64>,
    /// Lower bound of the energy in all, kWh; a row has both bounds or none.
    pub energy_low_kwh: Option<f64>,
    /// Upper bound of the energy in all, kWh.
    pub energy_high_kwh: Option<f64>,
    /// Lower bound of the CO2e, kg; a row has both bounds or none.
    pub emissions_low_kg: Option<f64>,
    /// Upper bound of the CO2e, kg.
    pub emissions_high_kg: Option<f64>,
    /// Water usage effectiveness, L/kWh.
    pub wue: f64,
}

/// Columns of `Measured`, in the order of its fields.
pub(crate) const MEASURED: &str = "duration_s, emissions_kg, emissions_rate, cpu_power, gpu_power, \
     ram_power, cpu_energy, gpu_energy, ram_energy, energy, cpu_utilization, gpu_utilization, \
     ram_utilization, energy_low, energy_high, emissions_low_kg, emissions_high_kg, wue";

/// Number of the columns of `Measured`.
pub(crate) const FIGURES: usize = 18;

impl Measured {
    /// All figures in the order of the columns.
    pub(crate) fn figures(&self) -> [Option<f64>; FIGURES] {
        [
            Some(self.duration_s),
            self.emissions_kg,
            self.emissions_rate_kg_s,
            self.cpu_power_w,
            self.gpu_power_w,
            self.ram_power_w,
            self.cpu_energy_kwh,
            self.gpu_energy_kwh,
            self.ram_energy_kwh,
            self.energy_kwh,
            self.cpu_utilization_percent,
            self.gpu_utilization_percent,
            self.ram_utilization_percent,
            self.energy_low_kwh,
            self.energy_high_kwh,
            self.emissions_low_kg,
            self.emissions_high_kg,
            Some(self.wue),
        ]
    }

    /// From all figures in the order of the columns.
    pub(crate) fn from_figures(figures: &[Option<f64>; FIGURES]) -> Self {
        let [
            duration_s,
            emissions_kg,
            emissions_rate_kg_s,
            cpu_power_w,
            gpu_power_w,
            ram_power_w,
            cpu_energy_kwh,
            gpu_energy_kwh,
            ram_energy_kwh,
            energy_kwh,
            cpu_utilization_percent,
            gpu_utilization_percent,
            ram_utilization_percent,
            energy_low_kwh,
            energy_high_kwh,
            emissions_low_kg,
            emissions_high_kg,
            wue,
        ] = *figures;
        Self {
            duration_s: duration_s.unwrap_or_default(),
            emissions_kg,
            emissions_rate_kg_s,
            cpu_power_w,
            gpu_power_w,
            ram_power_w,
            cpu_energy_kwh,
            gpu_energy_kwh,
            ram_energy_kwh,
            energy_kwh,
            cpu_utilization_percent,
            gpu_utilization_percent,
            ram_utilization_percent,
            energy_low_kwh,
            energy_high_kwh,
            emissions_low_kg,
            emissions_high_kg,
            wue: wue.unwrap_or_default(),
        }
    }

    fn check(&self) -> Result<()> {
        let figures = self.figures();
        if figures.iter().flatten().any(|figure| !figure.is_finite()) {
            return Err(Error::Invalid("a number is not finite"));
        }
        if figures.iter().flatten().any(|figure| figure.abs() > MAX_VALUE) {
            return Err(Error::Invalid("a number is beyond 1e15"));
        }
        let energy = (self.energy_low_kwh, self.energy_kwh, self.energy_high_kwh);
        let emissions = (self.emissions_low_kg, self.emissions_kg, self.emissions_high_kg);
        if is_bounded(energy) && is_bounded(emissions) {
            Ok(())
        } else {
            Err(Error::Invalid("bounds come in pairs and enclose their figure"))
        }
    }
}

/// Whether a figure has no bounds, or lies between both.
fn is_bounded((low, value, high): (Option<f64>, Option<f64>, Option<f64>)) -> bool {
    match (low, value, high) {
        (None, _, None) => true,
        (Some(low), Some(value), Some(high)) => low <= value && value <= high,
        _ => false,
    }
}

impl FromRow for Measured {
    fn from_row(row: &mut Row) -> Result<Self> {
        let mut figures = [None; FIGURES];
        for figure in &mut figures {
            *figure = row.next()?;
        }
        Ok(Self::from_figures(&figures))
    }
}

/// A stored row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Emission {
    /// Its id.
    pub id: EmissionId,
    /// Its run.
    pub run_id: RunId,
    /// When the interval ended, by the client's clock.
    pub timestamp: Timestamp,
    /// What was measured.
    pub measured: Measured,
}

/// A row to store.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NewEmission {
    /// The client's id, or one of [`RepeatableIds`](crate::RepeatableIds): a row with an id that is
    /// there counts once. Without, the store makes a fresh one.
    pub id: Option<EmissionId>,
    /// The run that it belongs to.
    pub run_id: RunId,
    /// When the interval ended.
    pub timestamp: Timestamp,
    /// What was measured.
    pub measured: Measured,
}

/// Rows that are stored together or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// The project of the token that brings them: runs of others are not seen.
    pub project: Option<ProjectId>,
    /// At most [`MAX_BATCH_ROWS`].
    pub rows: Vec<NewEmission>,
}

impl Batch {
    /// The newest time of its rows, from which the ids of all of them are made: by its own time, each
    /// of them would go to another page of the index of ids.
    pub(crate) fn newest(&self) -> Timestamp {
        self.rows.iter().map(|row| row.timestamp).max().unwrap_or(Timestamp::MIN)
    }

    /// An error where a row cannot be stored.
    pub(crate) fn check(&self) -> Result<()> {
        if self.rows.len() > MAX_BATCH_ROWS {
            return Err(Error::Invalid("more rows than one request may bring"));
        }
        self.rows.iter().try_for_each(|row| row.measured.check())
    }
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq)]
pub enum Ingested {
    /// All rows are on the disk.
    Stored {
        /// Ids in the order of the rows.
        ids: Vec<EmissionId>,
        /// How many were not there before.
        added: usize,
    },
    /// Nothing was stored: there is no such run, or not in that project.
    NoSuchRun {
        /// Place of the first such row in the batch.
        row: usize,
    },
}
