//! Intensity of electricity by energy source, everyday equivalents, and water.

use carbon_model::{CarbonMass, Intensity};

use crate::blob;
use crate::layout::Section;
use crate::source::SourceInfo;

/// Which list of intensities per energy source is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FuelTable {
    /// Median lifecycle values of the IPCC (AR5, WG3, annex III).
    Ipcc,
    /// The values of CodeCarbon 3.3.2, which mix lifecycle and combustion figures.
    CodeCarbon,
}

/// Intensity of one energy source.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FuelFactor {
    /// The energy source: "coal", "natural_gas", "wind" …
    pub fuel: &'static str,
    /// Emissions per unit of electricity.
    pub intensity: Intensity,
    /// Who published it.
    pub source: SourceInfo,
}

/// Intensity of electricity from one energy source, by the names that CodeCarbon uses ("coal",
/// "petroleum", "natural_gas", "nuclear", "hydroelectricity", "wind", "solar", "geothermal",
/// "biomass" …).
pub fn fuel_factor(fuel: &str, table: FuelTable) -> Option<FuelFactor> {
    let prefix = match table {
        FuelTable::Ipcc => "i:",
        FuelTable::CodeCarbon => "c:",
    };
    let row = blob::find_in(Section::Fuel, prefix, &fuel.to_ascii_lowercase())?;
    let mut fields = row.fields();
    Some(FuelFactor {
        fuel: &row.key()[prefix.len()..],
        intensity: Intensity::from_g_per_kwh(fields.millionths()),
        source: SourceInfo::at(fields.u8()),
    })
}

/// An everyday amount that a mass of CO2e can be compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Equivalent {
    /// Stable name: "car_km", "tv_hour" …
    pub name: &'static str,
    /// One unit of it in words: "km by an average US passenger car".
    pub label: &'static str,
    /// Emissions of one unit.
    pub mass: CarbonMass,
    /// The year that the figure is for; `None` when its source does not say.
    pub year: Option<u16>,
    /// Who published it.
    pub source: SourceInfo,
}

/// Every equivalent, sorted by name.
pub fn equivalents() -> impl Iterator<Item = Equivalent> {
    (0..blob::count(Section::Equivalent)).map(|i| {
        let row = blob::row(Section::Equivalent, i);
        let mut fields = row.fields();
        Equivalent {
            name: row.key(),
            label: fields.text(),
            mass: CarbonMass::from_kilograms(fields.millionths()),
            year: Some(fields.u16()).filter(|y| *y > 0),
            source: SourceInfo::at(fields.u8()),
        }
    })
}

/// Water that making electricity uses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GridWater {
    /// Litres per kilowatt hour.
    pub litres_per_kwh: f64,
    /// Whether it is the country's own figure, not the world's average in its place.
    pub own: bool,
    /// Who published it.
    pub source: SourceInfo,
}

/// Water used to make a kilowatt hour in a country (three-letter code, or "WORLD"); not the water
/// that a data centre evaporates, which is its WUE.
pub fn grid_water(iso3: &str) -> Option<GridWater> {
    let row = blob::find(Section::Water, &iso3.to_ascii_uppercase())?;
    let mut fields = row.fields();
    Some(GridWater {
        litres_per_kwh: fields.millionths(),
        own: fields.u8() == 1,
        source: SourceInfo::at(fields.u8()),
    })
}
