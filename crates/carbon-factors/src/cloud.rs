//! Cloud regions: where they are, which grid supplies them, what their provider publishes.

use carbon_model::{Intensity, Pue};

use crate::blob;
use crate::grid::{GridFactor, Table, country_grid, region_grid, zone_grid};
use crate::layout::Section;
use crate::place_name;
use crate::source::SourceInfo;

/// A region of a cloud provider.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CloudRegion {
    /// "aws", "azure" or "gcp".
    pub provider: &'static str,
    /// The provider's name: "Amazon Web Services".
    pub provider_name: &'static str,
    /// The region's name as its interface spells it: "eu-west-3", "francecentral".
    pub region: &'static str,
    /// Three-letter code of the country.
    pub country_iso3: &'static str,
    /// State or province in words, where the country's grid is divided so: "Virginia".
    pub state: Option<&'static str>,
    /// City or area.
    pub city: &'static str,
    /// Zone of Electricity Maps that supplies it, such as "US-MIDA-PJM" or "FR".
    pub grid_zone: Option<&'static str>,
    /// Power usage effectiveness of the provider's fleet; not of this region.
    pub pue: Pue,
    /// The year of the PUE.
    pub pue_year: u16,
    /// Average intensity that the provider publishes for the region, and who says so.
    pub intensity: Option<(Intensity, SourceInfo)>,
    /// Where the place comes from.
    pub source: SourceInfo,
}

/// Finds a region by provider ("aws", "azure", "gcp" and their long names, any case) and region.
pub fn cloud_region(provider: &str, region: &str) -> Option<CloudRegion> {
    let code = provider_code(provider)?;
    let region = match code {
        // Azure shows "West Europe" and calls it "westeurope".
        "azure" => place_name::plain(region).replace(' ', ""),
        _ => region.trim().to_ascii_lowercase(),
    };
    let row = blob::find(Section::Cloud, &format!("{code}:{region}"))?;
    let mut of_provider = blob::find(Section::Provider, code)?.fields();
    let mut fields = row.fields();
    let some = |text: &'static str| Some(text).filter(|t| !t.is_empty());
    let (country_iso3, state) = (fields.text(), some(fields.text()));
    let (city, grid_zone) = (fields.text(), some(fields.text()));
    let source = SourceInfo::at(fields.u8());
    let g_per_kwh = fields.millionths();
    let intensity = (g_per_kwh > 0.0)
        .then(|| (Intensity::from_g_per_kwh(g_per_kwh), SourceInfo::at(fields.u8())));
    Some(CloudRegion {
        provider: code,
        provider_name: of_provider.text(),
        region: &row.key()[code.len() + 1..],
        country_iso3,
        state,
        city,
        grid_zone,
        pue: Pue::new(of_provider.millionths())?,
        pue_year: of_provider.u16(),
        intensity,
        source,
    })
}

impl CloudRegion {
    /// Intensity of the grid that supplies the region, location-based, in the scope of `table`.
    ///
    /// The grid zone answers where it is a part of the country, else the country. `year` is the year
    /// of the run. What the provider publishes ([`Self::intensity`], without a year) is not used;
    /// the reference uses it where it exists.
    pub fn grid(&self, year: Option<u16>, table: Table) -> Option<GridFactor> {
        let zone = self.grid_zone.filter(|z| z.len() > 2);
        match (zone, self.state, table) {
            (Some(zone), _, Table::Current | Table::ElectricityMaps) => zone_grid(zone, year),
            (_, Some(state), _) => region_grid(self.country_iso3, state, year, table),
            _ => country_grid(self.country_iso3, year, table),
        }
    }
}

/// Every region of a provider, sorted by name.
pub fn cloud_regions(provider: &str) -> impl Iterator<Item = CloudRegion> {
    let code = provider_code(provider).unwrap_or("");
    (0..blob::count(Section::Cloud)).filter_map(move |i| {
        let (of, region) = blob::row(Section::Cloud, i).key().split_once(':')?;
        if of == code { cloud_region(of, region) } else { None }
    })
}

fn provider_code(name: &str) -> Option<&'static str> {
    match place_name::plain(name).as_str() {
        "aws" | "amazon" | "amazon web services" | "ec2" => Some("aws"),
        "azure" | "microsoft" | "microsoft azure" => Some("azure"),
        "gcp" | "google" | "google cloud" | "google cloud platform" | "gce" => Some("gcp"),
        _ => None,
    }
}
