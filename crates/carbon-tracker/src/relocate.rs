//! Pricing an outcome again for another place, once the place is known.
//!
//! A program that has to ask a service where it runs need not wait for the answer before it starts,
//! and what the waiting uses is not billed to the run: the energy is measured, the place comes later.

use carbon_model::TaskRecord;

use crate::config::Config;
use crate::location::{Location, Place, resolve};
use crate::pricing::{Factors, GridUsed};
use crate::run::Outcome;

/// Writes a place into a record of either kind.
macro_rules! place {
    ($record:expr, $location:expr) => {{
        let (record, location): (_, &Location) = ($record, $location);
        let (cloud_provider, cloud_region) = location.cloud.clone().unwrap_or_default();
        record.country_name.clone_from(&location.country_name);
        record.country_iso_code.clone_from(&location.country_iso_code);
        record.region.clone_from(&location.region);
        record.on_cloud = if cloud_provider.is_empty() { "N" } else { "Y" }.to_owned();
        record.cloud_provider = cloud_provider;
        record.cloud_region = cloud_region;
        record.longitude = location.coordinates.map(|(longitude, _)| longitude);
        record.latitude = location.coordinates.map(|(_, latitude)| latitude);
    }};
}

impl Outcome {
    /// The outcome at the place that `config` names; `coordinates` are degrees east and north.
    /// Energies, PUE and water stay; emissions of the run and of its tasks are those of the grid
    /// there, and records name it.
    #[must_use]
    pub fn relocated(mut self, config: &Config, coordinates: Option<(f64, f64)>) -> Self {
        let year = carbon_sensors::clock::local_year(self.report.started_unix_s);
        let Place { mut location, grid, warnings } = resolve(config, year);
        location.coordinates = coordinates;
        self.factors = Factors { grid, ..self.factors };
        self.footprint = self.factors.apply(self.report.billed_energy());
        let record = &mut self.record;
        record.emissions = self.footprint.emissions.value.kilograms();
        record.emissions_rate = rate(record.emissions, record.duration);
        place!(record, &location);
        for task in &mut self.tasks {
            restate(task, &location, &self.factors.grid);
        }
        self.location = location;
        let (report, mut all) = (&self.report.warnings, warnings);
        all.extend_from_slice(report);
        self.warnings = all;
        self
    }
}

/// States the record of a task for another place and grid: emissions from its energy, which has the
/// PUE in it.
pub(crate) fn restate(task: &mut TaskRecord, location: &Location, grid: &GridUsed) {
    place!(&mut *task, location);
    task.emissions = task.energy_consumed * grid.intensity.value.g_per_kwh() / 1000.0;
    task.emissions_rate = rate(task.emissions, task.duration);
}

fn rate(emissions_kg: f64, duration_s: f64) -> f64 {
    if duration_s > 0.0 { emissions_kg / duration_s } else { 0.0 }
}
