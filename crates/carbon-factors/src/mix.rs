//! What electricity is made from, by country and Canadian province.

use crate::blob;
use crate::country::country;
use crate::layout::Section;
use crate::region::region;
use crate::source::SourceInfo;

/// Shares of energy sources in the electricity made in a place, in percent; they add up to 100.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mix {
    /// The year of the shares.
    pub year: u16,
    /// Coal.
    pub coal: f64,
    /// Oil products.
    pub oil: f64,
    /// Natural gas.
    pub gas: f64,
    /// Nuclear power.
    pub nuclear: f64,
    /// Hydropower.
    pub hydro: f64,
    /// Wind.
    pub wind: f64,
    /// Sun.
    pub solar: f64,
    /// Biomass and biofuels.
    pub bio: f64,
    /// Everything else, and what rounding left.
    pub other: f64,
    /// Who published it.
    pub source: SourceInfo,
}

/// The mix of a country, or of a Canadian province when one is named.
pub fn mix(country_name: &str, region_name: Option<&str>) -> Option<Mix> {
    let country = country(country_name)?;
    let zone = match region_name {
        Some(name) => region(country.iso3, name)?.code,
        None => country.iso3,
    };
    let mut fields = blob::find(Section::Mix, zone)?.fields();
    let year = fields.u16();
    let mut percent = || f64::from(fields.u16()) / 100.0;
    Some(Mix {
        year,
        coal: percent(),
        oil: percent(),
        gas: percent(),
        nuclear: percent(),
        hydro: percent(),
        wind: percent(),
        solar: percent(),
        bio: percent(),
        other: percent(),
        source: SourceInfo::at(fields.u8()),
    })
}
