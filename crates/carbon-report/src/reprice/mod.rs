//! The same energy with other factors: another place, table, intensity, PUE or WUE.
//!
//! What was measured stays: the energy of the equipment. The record's own figures are kept beside
//! the new ones, and a file is written anew, never over the old one.

mod change;
mod csv;
mod json;

use carbon_model::{CarbonMass, Energy, Intensity, Interval, Pue, Water, price};
use carbon_tracker::config::FactorTable;
use carbon_tracker::pricing::GridUsed;

pub use change::{Change, ChangeError};
pub use csv::csv;
pub use json::{JsonChangeError, json};

use crate::entry::{Entry, Place, Split};
use crate::grids::Grids;
use crate::local_time::LocalTime;

/// Prices entries anew.
#[derive(Debug)]
pub struct Repricer {
    change: Change,
    grids: Grids,
    /// What has to be said of the places, each once.
    pub warnings: Vec<String>,
}

/// An entry with other factors.
#[derive(Debug, Clone, PartialEq)]
pub struct Repriced {
    /// Where it is taken to have run.
    pub place: Place,
    /// Energy of the facility.
    pub energy: Split,
    /// Its bounds, where the entry has some.
    pub energy_bounds: Option<Interval<Energy>>,
    /// Emissions.
    pub emissions: CarbonMass,
    /// Their bounds: of energy and grid where the entry has bounds, else of the grid.
    pub emissions_bounds: Interval<CarbonMass>,
    /// Water.
    pub water: Water,
    /// The grid; `None` where it is the record's own.
    pub grid: Option<GridUsed>,
    /// Intensity of the grid, g/kWh; 0 without energy.
    pub g_per_kwh: f64,
    /// PUE that the energy includes.
    pub pue: f64,
    /// WUE of the water, litres per kWh.
    pub wue_l_per_kwh: f64,
}

impl Repricer {
    /// With these factors.
    pub fn new(change: Change) -> Self {
        let grids = Grids::new(change.table.unwrap_or(FactorTable::Current));
        Self { change, grids, warnings: Vec::new() }
    }

    /// The entry with the factors.
    pub fn apply(&mut self, entry: &Entry) -> Repriced {
        let (place, grid) = self.grid(entry);
        let pue = self.change.pue.map_or(entry.pue, Pue::ratio);
        let of_facility = pue / entry.pue;
        let energy = Split {
            total: entry.energy.total * of_facility,
            cpu: entry.energy.cpu * of_facility,
            gpu: entry.energy.gpu * of_facility,
            ram: entry.energy.ram * of_facility,
        };
        let wue_l_per_kwh = self.change.wue_l_per_kwh.unwrap_or(entry.wue_l_per_kwh);
        let water = match self.change.wue_l_per_kwh {
            Some(wue) => Water::from_litres(entry.it_energy().kilowatt_hours() * wue),
            None => entry.water,
        };
        let told = entry.told.as_deref();
        let energy_bounds = told.map(|told| told.energy.scaled(of_facility));
        let exact = Interval::exact(energy.total);
        let (intensity, emissions_bounds) = match &grid {
            Some(grid) => (grid.intensity, price(energy_bounds.unwrap_or(exact), grid.intensity)),
            // What was recorded stays, also where the energy is too little to tell an intensity.
            None => (
                told.map_or_else(|| own_intensity(entry), |told| told.grid.intensity),
                told.map_or(Interval::exact(entry.emissions), |told| told.emissions)
                    .scaled(of_facility),
            ),
        };
        Repriced {
            place,
            energy,
            energy_bounds,
            emissions: emissions_bounds.value,
            emissions_bounds,
            water,
            grid,
            g_per_kwh: intensity.value.g_per_kwh(),
            pue,
            wue_l_per_kwh,
        }
    }

    /// The place and the grid, where they are others.
    fn grid(&mut self, entry: &Entry) -> (Place, Option<GridUsed>) {
        let asked = self.change.place(&entry.place);
        if !self.change.is_of_grid() {
            return (asked, None);
        }
        let year = entry.ended.map_or(0, LocalTime::year);
        let found = self.grids.of(&asked, year);
        let moved = self.change.is_of_place();
        let place = if moved { understood(&found.location) } else { asked };
        if let Some(intensity) = self.change.intensity {
            return (place, Some(GridUsed::given(intensity)));
        }
        for warning in &found.warnings {
            if !self.warnings.contains(warning) {
                self.warnings.push(warning.clone());
            }
        }
        (place, Some(found.grid.clone()))
    }
}

/// The intensity that a record has; taken as exact, for it does not say how exact it is.
fn own_intensity(entry: &Entry) -> Interval<Intensity> {
    Interval::exact(entry.intensity().unwrap_or(Intensity::ZERO))
}

/// A place as the tracker understood it.
fn understood(location: &carbon_tracker::location::Location) -> Place {
    let text = |text: Option<&String>| text.map_or("", String::as_str).into();
    let cloud = location.cloud.as_ref();
    Place {
        country_iso3: text(location.country_iso_code.as_ref()),
        country_name: text(location.country_name.as_ref()),
        region: text(location.region.as_ref()),
        cloud_provider: text(cloud.map(|(provider, _)| provider)),
        cloud_region: text(cloud.map(|(_, region)| region)),
    }
}

#[cfg(test)]
#[path = "reprice_tests.rs"]
mod tests;
