//! Where a run takes place, from what the user said or somebody found, and the grid that goes with
//! it.
//!
//! Nothing is looked up here: country, region and cloud come from the configuration, or as
//! [`Found`] from who looked them up. A place that is only guessed has a wide interval; one that is
//! not known is the world average with its wide interval, and a warning says so; it is never a
//! country that happens to be clean.

use std::fmt;

use carbon_factors::{CloudRegion, GridFactor, Resolution, Table};
use carbon_model::{Accuracy, Intensity, Interval};

use crate::config::{Config, FactorTable, Iso2, Iso3};
pub use crate::guess::guess;
use crate::pricing::GridUsed;

/// The place of a run as far as it is known.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Location {
    /// ISO 3166-1 alpha-3 code of the country.
    pub country_iso_code: Option<String>,
    /// English name of the country.
    pub country_name: Option<String>,
    /// State, province or zone, lower case.
    pub region: Option<String>,
    /// Cloud provider and region; empty on private infrastructure.
    pub cloud: Option<(String, String)>,
    /// Degrees east and north.
    pub coordinates: Option<(f64, f64)>,
    /// How this is known.
    pub known_by: KnownBy,
}

/// How the place of a run is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum KnownBy {
    /// It is not.
    #[default]
    Nothing,
    /// The user said it.
    Configuration,
    /// The metadata service of the cloud told it.
    CloudMetadata,
    /// A service that knows where an internet address is told it; the name of its host.
    Address(String),
    /// It is the country of the machine's time zone: a guess.
    TimeZone(String),
    /// It is the country of the user's language: a worse guess.
    Locale(String),
}

impl KnownBy {
    /// One word for programs.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Configuration => "configuration",
            Self::CloudMetadata => "cloud_metadata",
            Self::Address(_) => "address",
            Self::TimeZone(_) => "time_zone",
            Self::Locale(_) => "locale",
        }
    }

    /// How far off the intensity may be because the place is a guess, as a factor; `None` when it
    /// is none.
    ///
    /// Machines rarely have the time zone of another country, so what a wrong one would mean is
    /// bounded as for a place that is not known; a language says less.
    const fn doubt(&self) -> Option<f64> {
        match self {
            Self::TimeZone(_) => Some(2.0),
            Self::Locale(_) => Some(3.0),
            _ => None,
        }
    }
}

impl fmt::Display for KnownBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("not known"),
            Self::Configuration => f.write_str("said by the configuration"),
            Self::CloudMetadata => f.write_str("told by the cloud's metadata service"),
            Self::Address(host) => write!(f, "told by {host} from the internet address"),
            Self::TimeZone(zone) => write!(f, "guessed from the time zone {zone}"),
            Self::Locale(locale) => write!(f, "guessed from the language {locale}"),
        }
    }
}

/// A place that somebody found because the user said none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// Country, as a code of two or three letters or as its English name.
    pub country: Option<String>,
    /// State, province or zone.
    pub region: Option<String>,
    /// Cloud provider and region.
    pub cloud: Option<(String, String)>,
    /// Degrees east and north.
    pub coordinates: Option<(f64, f64)>,
    /// How it was found.
    pub known_by: KnownBy,
}

/// A location, its grid and what has to be said about the choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Where.
    pub location: Location,
    /// Which intensity holds there.
    pub grid: GridUsed,
    /// What was assumed.
    pub warnings: Vec<String>,
}

/// Whether the user said where the run takes place.
pub fn is_told(config: &Config) -> bool {
    config.country_iso_code.is_some()
        || config.country_2letter_iso_code.is_some()
        || (config.cloud_provider.is_some() && config.cloud_region.is_some())
}

/// Resolves the configuration to a place; `year` is the year of the run.
pub fn resolve(config: &Config, year: u16) -> Place {
    let mut warnings = Vec::new();
    let location = locate(config, &mut warnings);
    place(config, location, year, warnings)
}

/// Resolves a place that somebody found; what the user said of it holds beside it.
pub fn resolve_found(config: &Config, found: &Found, year: u16) -> Place {
    let mut warnings = Vec::new();
    let mut told = config.clone();
    let country = found.country.as_deref().and_then(carbon_factors::country);
    let texts = [
        ("country_iso_code", country.map(|country| country.iso3)),
        ("cloud_provider", found.cloud.as_ref().map(|cloud| cloud.0.as_str())),
        ("cloud_region", found.cloud.as_ref().map(|cloud| cloud.1.as_str())),
        ("region", found.region.as_deref().filter(|_| config.region.is_none())),
    ];
    for (key, text) in texts {
        // A text that is none of its kind leaves that part of the place unknown.
        let _ = text.map(|text| told.set(key, text));
    }
    let mut location = locate(&told, &mut warnings);
    location.coordinates = found.coordinates;
    location.known_by = found.known_by.clone();
    // Services name parts of countries that no table divides so; only a user's word is missed there.
    let is_divided = location
        .country_iso_code
        .as_deref()
        .zip(location.region.as_deref())
        .is_some_and(|(iso3, region)| carbon_factors::region(iso3, region).is_some());
    let region = location.region.clone();
    if config.region.is_none() && !is_divided {
        location.region = None;
    }
    let mut place = place(&told, location, year, warnings);
    place.location.region = region;
    if let Some(factor) = found.known_by.doubt()
        && config.force_carbon_intensity_g_co2e_kwh.is_none()
        && !place.grid.assumed
    {
        let range = place.grid.intensity;
        place.grid.intensity = Interval::new(
            range.value,
            Intensity::from_g_per_kwh(range.value.g_per_kwh() / factor),
            Intensity::from_g_per_kwh(range.value.g_per_kwh() * factor),
        );
        place.grid.assumed = true;
        let name = place.location.country_name.as_deref().unwrap_or_default();
        place.warnings.push(format!(
            "the place of the run is {}: {name}, with a factor of {factor} either way; give \
             country_iso_code (and region) to narrow it",
            found.known_by
        ));
    }
    place
}

fn place(config: &Config, location: Location, year: u16, mut warnings: Vec<String>) -> Place {
    let grid = match config.force_carbon_intensity_g_co2e_kwh {
        Some(intensity) => GridUsed::given(intensity),
        None => grid_of(&location, year, table(config), &mut warnings),
    };
    Place { location, grid, warnings }
}

fn table(config: &Config) -> Table {
    match config.co2_table {
        FactorTable::Current => Table::Current,
        FactorTable::CodeCarbon => Table::CodeCarbon,
    }
}

fn locate(config: &Config, warnings: &mut Vec<String>) -> Location {
    let mut location = Location {
        region: config.region.as_ref().map(|r| r.as_str().to_owned()),
        known_by: if is_told(config) { KnownBy::Configuration } else { KnownBy::Nothing },
        ..Location::default()
    };
    let code = config
        .country_iso_code
        .as_ref()
        .map(Iso3::as_str)
        .or(config.country_2letter_iso_code.as_ref().map(Iso2::as_str));
    if let Some(code) = code {
        match carbon_factors::country(code) {
            Some(country) => {
                location.country_iso_code = Some(country.iso3.to_owned());
                location.country_name = Some(country.name.to_owned());
            }
            None => {
                location.country_iso_code = Some(code.to_owned());
                warnings.push(format!(
                    "Does not support country with ISO code {code}: it is not in ISO 3166-1, so \
                     the world average is used"
                ));
            }
        }
    }
    let (provider, region) = (&config.cloud_provider, &config.cloud_region);
    match (provider, region) {
        (Some(provider), Some(region)) => {
            let (provider, region) = (provider.as_str(), region.as_str());
            location.cloud = Some((provider.to_owned(), region.to_owned()));
            match carbon_factors::cloud_region(provider, region) {
                Some(place) => stand_in(&mut location, &place, warnings),
                None => warnings.push(format!(
                    "the cloud region {provider}/{region} is not known: the country decides"
                )),
            }
        }
        (Some(provider), None) => warnings.push(format!(
            "cloud_provider = {} without cloud_region says nothing of the place",
            provider.as_str()
        )),
        (None, Some(region)) => warnings.push(format!(
            "cloud_region = {} without cloud_provider says nothing of the place",
            region.as_str()
        )),
        (None, None) => {}
    }
    location
}

/// A cloud region says where a run is; a country or state beside it that contradicts is dropped, so
/// that the record has the place whose grid was used.
fn stand_in(location: &mut Location, place: &CloudRegion, warnings: &mut Vec<String>) {
    let here = Some(place.country_iso3);
    if let Some(other) = location.country_iso_code.as_deref().filter(|iso3| here != Some(*iso3)) {
        warnings.push(format!(
            "country_iso_code = {other}, but {}/{} is in {}: the cloud region decides",
            place.provider, place.region, place.country_iso3
        ));
        location.region = None;
    }
    if let Some(country) = carbon_factors::country(place.country_iso3) {
        location.country_iso_code = Some(country.iso3.to_owned());
        location.country_name = Some(country.name.to_owned());
    }
    if let Some(state) = place.state {
        location.region = Some(state.to_lowercase());
    }
}

fn grid_of(location: &Location, year: u16, table: Table, warnings: &mut Vec<String>) -> GridUsed {
    if let Some((provider, region)) = &location.cloud
        && let Some(place) = carbon_factors::cloud_region(provider, region)
        && let Some(grid) = cloud_grid(&place, year, table)
    {
        return grid;
    }
    let Some(iso3) = location.country_iso_code.as_deref() else {
        warnings.push(
            "the place of the run is not known: the world average is used, with a factor of two \
             either way; give country_iso_code (and region) to narrow it"
                .to_owned(),
        );
        return world(table);
    };
    let name = location.country_name.as_deref().unwrap_or(iso3);
    let (factor, zone, name) = match &location.region {
        Some(region) => {
            let factor = carbon_factors::region_grid(iso3, region, Some(year), table);
            (factor, format!("{iso3}-{region}"), format!("{region}, {name}"))
        }
        None => {
            let factor = carbon_factors::country_grid(iso3, Some(year), table);
            (factor, iso3.to_owned(), name.to_owned())
        }
    };
    match factor {
        Some(factor) if factor.resolution == Resolution::World => {
            warnings.push(format!(
                "no intensity is published for {iso3}: the world average is used, with a factor \
                 of two either way"
            ));
            world(table)
        }
        Some(factor) if factor.resolution == Resolution::Country => {
            let region = location.region.as_deref().unwrap_or_default();
            warnings.push(format!(
                "no intensity is published for the region {region:?} of {iso3}: that of the \
                 country is used"
            ));
            used(&factor, iso3.to_owned(), location.country_name.clone().unwrap_or(zone))
        }
        Some(factor) => used(&factor, zone, name),
        None => world(table),
    }
}

/// The intensity of a cloud region: of its grid, or in the compatible table what the provider
/// publishes.
fn cloud_grid(place: &CloudRegion, year: u16, table: Table) -> Option<GridUsed> {
    let zone = format!("{}/{}", place.provider, place.region);
    let country = carbon_factors::country(place.country_iso3);
    let name = format!("{}, {}", place.city, country.map_or(place.country_iso3, |c| c.name));
    if table == Table::CodeCarbon
        && let Some((intensity, source)) = place.intensity
    {
        let Accuracy { low, high } = PROVIDER_FIGURE;
        return Some(GridUsed {
            zone,
            name,
            intensity: Interval::by_factors(intensity, low, high),
            year: None,
            source: source.title.to_owned(),
            assumed: false,
        });
    }
    place.grid(Some(year), table).map(|factor| used(&factor, zone, name))
}

/// A provider's own figure, published without a year.
const PROVIDER_FIGURE: Accuracy = Accuracy::factors(1.0 / 1.2, 1.2);

fn world(table: Table) -> GridUsed {
    let factor = carbon_factors::world_grid(table);
    GridUsed { assumed: true, ..used(&factor, "WORLD".to_owned(), "world average".to_owned()) }
}

fn used(factor: &GridFactor, zone: String, mut name: String) -> GridUsed {
    match factor.resolution {
        Resolution::GridOf(iso3) => {
            let supplier = carbon_factors::country(iso3).map_or(iso3, |country| country.name);
            name = format!("{name} (grid of {supplier})");
        }
        Resolution::SharedZone => name = format!("{name} (zone {})", factor.zone),
        Resolution::Own | Resolution::Country | Resolution::World => {}
    }
    GridUsed {
        zone,
        name,
        intensity: factor.intensity,
        year: Some(factor.year),
        source: factor.source.title.to_owned(),
        assumed: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(settings: &[(&str, &str)]) -> Place {
        let mut config = Config::default();
        for (key, value) in settings {
            assert_eq!(config.set(key, value), Ok(true), "{key}");
        }
        resolve(&config, 2025)
    }

    fn grams(place: &Place) -> f64 {
        place.grid.intensity.value.g_per_kwh()
    }

    #[test]
    fn a_cloud_region_decides_over_the_country_in_record_and_grid() {
        let cloud = [("cloud_provider", "aws"), ("cloud_region", "us-east-1")];
        let alone = place(&cloud);
        assert_eq!(alone.warnings, [""; 0]);
        let both = place(&[cloud[0], cloud[1], ("country_iso_code", "FRA"), ("region", "corse")]);
        assert_eq!((&both.location, grams(&both)), (&alone.location, grams(&alone)));
        assert_eq!(both.location.country_iso_code.as_deref(), Some("USA"));
        assert_eq!(both.location.region.as_deref(), Some("virginia"));
        assert!(both.warnings[0].contains("the cloud region decides"), "{:?}", both.warnings);
    }

    #[test]
    fn a_territory_names_the_country_whose_grid_supplies_it() {
        let (monaco, france) =
            (place(&[("country_iso_code", "MCO")]), place(&[("country_iso_code", "FRA")]));
        assert_eq!(monaco.grid.name, "Monaco (grid of France)");
        assert_eq!(grams(&monaco), grams(&france));
    }

    #[test]
    fn a_state_names_the_zone_that_it_shares() {
        let state = place(&[("country_iso_code", "USA"), ("region", "Vermont")]);
        assert_eq!(state.grid.name, "vermont, United States (zone US-NE-ISNE)");
        let own = place(&[("country_iso_code", "USA"), ("region", "California")]);
        assert_eq!(own.grid.name, "california, United States");
    }

    #[test]
    fn an_unknown_place_is_the_world_with_a_factor_of_two_and_a_warning() {
        for settings in [&[][..], &[("country_iso_code", "ZZZ")], &[("country_iso_code", "ATA")]] {
            let unknown = place(settings);
            let range = unknown.grid.intensity;
            assert!(unknown.grid.assumed && !unknown.warnings.is_empty(), "{unknown:?}");
            assert_eq!(range.high.g_per_kwh(), 2.0 * range.value.g_per_kwh());
        }
        let old = [("country_iso_code", "ZZZ"), ("co2_table", "codecarbon")];
        assert_eq!(grams(&place(&old)), 475.0);
    }

    fn found(found: &Found) -> Place {
        resolve_found(&Config::default(), found, 2025)
    }

    #[test]
    fn a_place_that_a_service_found_has_its_own_grid_without_ado() {
        let service = |country: &str, region: &str| {
            found(&Found {
                country: Some(country.to_owned()),
                region: Some(region.to_owned()),
                known_by: KnownBy::Address("a service".to_owned()),
                ..Found::default()
            })
        };
        let paris = service("FRA", "Île-de-France");
        assert_eq!(paris.location.region.as_deref(), Some("île-de-france"));
        assert_eq!(paris.grid, place(&[("country_iso_code", "FRA")]).grid);
        assert_eq!(paris.warnings, [""; 0]);
        assert_eq!(service("US", "California").grid.zone, "USA-california");
        assert_eq!(service("Atlantis", "").grid.zone, "WORLD");
    }

    #[test]
    fn a_guess_is_called_one_and_has_bounds_that_allow_for_another_country() {
        let guess = |known_by: KnownBy| {
            found(&Found { country: Some("FRA".to_owned()), known_by, ..Found::default() })
        };
        let by_zone = guess(KnownBy::TimeZone("Europe/Paris".to_owned()));
        let by_locale = guess(KnownBy::Locale("fr_FR".to_owned()));
        for (place, factor) in [(&by_zone, 2.0), (&by_locale, 3.0)] {
            let range = place.grid.intensity;
            assert_eq!(range.high.g_per_kwh(), factor * range.value.g_per_kwh());
            assert_eq!(range.low.g_per_kwh(), range.value.g_per_kwh() / factor);
            assert!(place.grid.assumed);
            assert!(place.warnings[0].contains("is guessed from the"), "{:?}", place.warnings);
        }
        assert_eq!(by_zone.location.known_by.as_str(), "time_zone");
    }

    #[test]
    fn the_two_letter_code_stands_in_for_the_three_letter_one() {
        let france = place(&[("country_2letter_iso_code", "fr")]);
        assert_eq!(france.location.country_iso_code.as_deref(), Some("FRA"));
    }
}
