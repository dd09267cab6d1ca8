//! The reference tables of the server: what electricity emits, by country, by state or province and by
//! cloud region.

use serde::{Deserialize, Serialize};

/// Who published a figure, and under which licence it may be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Source {
    /// Short name by which rows refer to it.
    pub id: String,
    /// Publisher and title.
    pub title: String,
    /// Licence (SPDX where there is one).
    pub licence: String,
    /// Where it can be looked up.
    pub address: String,
}

/// Electricity of the countries: `GET /v1/reference/grids`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Grids {
    /// Countries by three-letter code.
    pub grids: Vec<Grid>,
    /// The sources that they name.
    pub sources: Vec<Source>,
}

/// Electricity of a country.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Grid {
    /// Three-letter code of the country (ISO 3166-1).
    pub iso3: String,
    /// English name.
    pub name: String,
    /// Emissions of electricity over the life of its plants, gCO2e/kWh.
    pub intensity_g_per_kwh: f64,
    /// Lower end of what is likely, gCO2e/kWh.
    pub low_g_per_kwh: f64,
    /// Upper end of what is likely, gCO2e/kWh.
    pub high_g_per_kwh: f64,
    /// Year of the figure.
    pub year: u16,
    /// Short name of its source.
    pub source: String,
    /// Whose figure it is where the country has none of its own: a three-letter code, or `WORLD`.
    pub taken_from: Option<String>,
    /// What its electricity is made from; null where that is not known.
    pub mix: Option<MixShares>,
}

/// What electricity is made from, percent; the shares add up to 100.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MixShares {
    /// Year of the shares.
    pub year: u16,
    /// Coal.
    pub coal_percent: f64,
    /// Oil products.
    pub oil_percent: f64,
    /// Natural gas.
    pub gas_percent: f64,
    /// Nuclear power.
    pub nuclear_percent: f64,
    /// Hydropower.
    pub hydro_percent: f64,
    /// Wind.
    pub wind_percent: f64,
    /// Sun.
    pub solar_percent: f64,
    /// Biomass and biofuels.
    pub bio_percent: f64,
    /// Everything else.
    pub other_percent: f64,
    /// Short name of the source.
    pub source: String,
}

/// Electricity of states and provinces: `GET /v1/reference/regions`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Regions {
    /// Regions by country and name.
    pub regions: Vec<Region>,
    /// The sources that they name.
    pub sources: Vec<Source>,
}

/// Electricity of a state or a province.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Region {
    /// Three-letter code of its country (ISO 3166-1).
    pub iso3: String,
    /// Its own code (ISO 3166-2).
    pub code: String,
    /// English name.
    pub name: String,
    /// Emissions of electricity over the life of its plants, gCO2e/kWh.
    pub intensity_g_per_kwh: f64,
    /// Lower end of what is likely, gCO2e/kWh.
    pub low_g_per_kwh: f64,
    /// Upper end of what is likely, gCO2e/kWh.
    pub high_g_per_kwh: f64,
    /// Year of the figure.
    pub year: u16,
    /// Short name of its source.
    pub source: String,
    /// The zone of the grid whose figure it is.
    pub zone: String,
    /// Whether the zone reaches beyond the region or leaves a part of it out, so that the figure is that
    /// of a neighbourhood.
    pub is_shared: bool,
    /// What its electricity is made from; null where that is not known.
    pub mix: Option<MixShares>,
}

/// Regions of the clouds: `GET /v1/reference/clouds`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Clouds {
    /// Regions by provider and name.
    pub regions: Vec<CloudRegion>,
    /// The sources that they name.
    pub sources: Vec<Source>,
}

/// A region of a cloud.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CloudRegion {
    /// `aws`, `azure` or `gcp`.
    pub provider: String,
    /// The provider's name.
    pub provider_name: String,
    /// The region as the provider spells it.
    pub region: String,
    /// Three-letter code of its country.
    pub iso3: String,
    /// State or province, where the country's grid is divided so.
    pub state: Option<String>,
    /// City or area.
    pub city: String,
    /// Power usage effectiveness of the provider's data centres together, 1 or more.
    pub pue: f64,
    /// Year of the PUE.
    pub pue_year: u16,
    /// Emissions of the grid that supplies it, gCO2e/kWh; null where that is not known.
    pub intensity_g_per_kwh: Option<f64>,
    /// Lower end of what is likely, gCO2e/kWh.
    pub low_g_per_kwh: Option<f64>,
    /// Upper end of what is likely, gCO2e/kWh.
    pub high_g_per_kwh: Option<f64>,
    /// Year of the figure.
    pub year: Option<u16>,
    /// Short name of the figure's source.
    pub source: Option<String>,
    /// What the provider itself publishes, gCO2e/kWh; null where it does not.
    pub provider_intensity_g_per_kwh: Option<f64>,
    /// Short name of the source of that.
    pub provider_source: Option<String>,
    /// Short name of the source of the place.
    pub place_source: String,
}
