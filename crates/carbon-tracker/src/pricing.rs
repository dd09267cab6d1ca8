//! Energy to emissions, water and facility energy: pure functions over a report.
//!
//! PUE, WUE and the grid are applied here and nowhere else, after measuring, so that a report can
//! be priced again with other factors.

use carbon_model::{
    CarbonMass, Energy, Intensity, Interval, Pue, Water, combine_same_source, price,
};

/// The grid intensity that was used, with where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct GridUsed {
    /// Code of the zone: "FRA", "USA-california", "gcp/europe-west9", "WORLD", or "given".
    pub zone: String,
    /// Name for people.
    pub name: String,
    /// The intensity with its bounds.
    pub intensity: Interval<Intensity>,
    /// Year that the value describes; `None` for a value that the user gave.
    pub year: Option<u16>,
    /// Who published it.
    pub source: String,
    /// Whether the place of the run is not known and a default stands in.
    pub assumed: bool,
}

impl GridUsed {
    /// An intensity that the user gave; taken as exact.
    pub fn given(intensity: Intensity) -> Self {
        Self {
            zone: "given".to_owned(),
            name: "given by the user".to_owned(),
            intensity: Interval::exact(intensity),
            year: None,
            source: "force_carbon_intensity_g_co2e_kwh".to_owned(),
            assumed: false,
        }
    }
}

/// The factors that turn IT energy into a footprint.
#[derive(Debug, Clone, PartialEq)]
pub struct Factors {
    /// Grid intensity.
    pub grid: GridUsed,
    /// Power usage effectiveness.
    pub pue: Pue,
    /// Water usage effectiveness, L per kWh of IT energy.
    pub wue_l_per_kwh: f64,
}

/// What an energy costs.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Footprint {
    /// Energy of the equipment.
    pub it_energy: Interval<Energy>,
    /// Energy of the facility: IT energy × PUE.
    pub energy: Interval<Energy>,
    /// Greenhouse gases of the facility's energy.
    pub emissions: Interval<CarbonMass>,
    /// Water: IT energy × WUE.
    pub water: Water,
}

impl Factors {
    /// Prices an energy.
    pub fn apply(&self, it_energy: Interval<Energy>) -> Footprint {
        let energy = it_energy.scaled(self.pue.ratio());
        Footprint {
            it_energy,
            energy,
            emissions: price(energy, self.grid.intensity),
            water: Water::from_litres(it_energy.value.kilowatt_hours() * self.wue_l_per_kwh),
        }
    }
}

/// Prices parts of a run under the factors that held for each: the energy of an hour is weighted by
/// the intensity of that hour. The parts share their errors, so their bounds add.
pub fn apply_in_parts<'a>(
    parts: impl IntoIterator<Item = (Interval<Energy>, &'a Factors)>,
) -> Footprint {
    let parts: Vec<Footprint> =
        parts.into_iter().map(|(energy, factors)| factors.apply(energy)).collect();
    Footprint {
        it_energy: combine_same_source(parts.iter().map(|p| p.it_energy)),
        energy: combine_same_source(parts.iter().map(|p| p.energy)),
        emissions: combine_same_source(parts.iter().map(|p| p.emissions)),
        water: parts.iter().map(|p| p.water).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(g_per_kwh: f64, pue: f64, wue: f64) -> Factors {
        Factors {
            grid: GridUsed::given(Intensity::from_g_per_kwh(g_per_kwh)),
            pue: Pue::new(pue).unwrap(),
            wue_l_per_kwh: wue,
        }
    }

    fn kwh(value: f64) -> Interval<Energy> {
        Interval::exact(Energy::from_kilowatt_hours(value))
    }

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} is not {b}");
    }

    /// Worked case A15 of the measurement specification.
    #[test]
    fn a_changing_grid_is_weighted_by_energy_and_water_is_of_it_energy() {
        let (day, night) = (factors(400.0, 1.0, 2.0), factors(100.0, 1.0, 2.0));
        let run = apply_in_parts([(kwh(0.5), &day), (kwh(0.5), &night)]);
        close(run.emissions.value.kilograms(), 0.25);
        let (day, night) = (factors(400.0, 1.5, 2.0), factors(100.0, 1.5, 2.0));
        let run = apply_in_parts([(kwh(0.5), &day), (kwh(0.5), &night)]);
        close(run.it_energy.value.kilowatt_hours(), 1.0);
        close(run.energy.value.kilowatt_hours(), 1.5);
        close(run.emissions.value.kilograms(), 0.375);
        close(run.water.litres(), 2.0);
    }

    /// Worked cases A01 and A02.
    #[test]
    fn the_worked_cases_price_as_stated() {
        close(factors(56.039, 1.0, 0.0).apply(kwh(1.5e-4)).emissions.value.kilograms(), 8.40585e-6);
        close(factors(475.0, 1.0, 0.0).apply(kwh(0.0025)).emissions.value.kilograms(), 0.001_187_5);
    }
}
