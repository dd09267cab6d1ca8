//! Which provider a configuration asks for, and about which zone.

use std::time::Duration;

use carbon_http::{Client, Policy};
use carbon_tracker::config::{Config, IntensityProvider, Iso2, Iso3, LookupName};
use carbon_tracker::location::Found;

use crate::electricity_maps::{ElectricityMaps, Spot};
use crate::file::File;
use crate::provider::{NoPrice, Provider};
use crate::uk::Uk;

/// Whom a configuration wants to be asked; `None` for nobody. An intensity that is given makes all
/// others void.
pub(crate) fn wanted(config: &Config) -> Option<IntensityProvider> {
    if config.force_carbon_intensity_g_co2e_kwh.is_some() {
        return None;
    }
    match config.carbon_intensity_provider {
        IntensityProvider::Auto if config.electricitymaps_api_token.is_some() => {
            Some(IntensityProvider::ElectricityMaps)
        }
        IntensityProvider::Auto if config.carbon_intensity_file.is_some() => {
            Some(IntensityProvider::File)
        }
        IntensityProvider::Auto | IntensityProvider::None => None,
        provider => Some(provider),
    }
}

/// Whether the provider's answer depends on a place that the configuration does not say.
pub(crate) fn needs_place(config: &Config, provider: IntensityProvider) -> bool {
    provider == IntensityProvider::ElectricityMaps && spot(config, None).is_none()
}

/// The provider for a place.
///
/// # Errors
/// Something that it needs is missing.
pub(crate) fn provider(
    config: &Config,
    wanted: IntensityProvider,
    place: Option<&Found>,
) -> Result<Box<dyn Provider>, NoPrice> {
    match wanted {
        IntensityProvider::File => match &config.carbon_intensity_file {
            Some(path) => Ok(Box::new(File { path: path.clone() })),
            None => Err(missing("the file of intensities", "carbon_intensity_file names none")),
        },
        IntensityProvider::Uk => {
            let name = "the UK Carbon Intensity API";
            if let Some(country) = country(config, place).filter(|country| country.iso3 != "GBR") {
                let why = format!("it knows Great Britain, and the machine is in {}", country.name);
                return Err(missing(name, why));
            }
            let client = client(config, name)?;
            Ok(Box::new(Uk { client, base: config.uk_carbon_intensity_url.clone() }))
        }
        _ => {
            let name = "Electricity Maps";
            let Some(token) = &config.electricitymaps_api_token else {
                return Err(missing(name, "electricitymaps_api_token is not set"));
            };
            let Some(spot) = spot(config, place) else {
                let why = "nobody knows where the machine stands; give electricitymaps_zone or \
                           country_iso_code";
                return Err(missing(name, why));
            };
            if let Spot::Zone(zone) = &spot
                && !is_zone(zone)
            {
                return Err(missing(
                    name,
                    format!("{zone:?} is no zone such as FR or US-CAL-CISO"),
                ));
            }
            let client = client(config, name)?;
            let base = config.electricitymaps_url.clone();
            Ok(Box::new(ElectricityMaps { client, base, token: token.clone(), spot }))
        }
    }
}

fn missing(provider: &'static str, why: impl Into<String>) -> NoPrice {
    NoPrice::ForGood { provider, why: why.into() }
}

fn client(config: &Config, provider: &'static str) -> Result<Client, NoPrice> {
    let policy = Policy {
        connect: Duration::from_secs(2),
        total: Duration::from_secs(5),
        longest_answer: 1 << 20,
        authorities: config.ca_bundle.clone(),
        proxies: true,
        public_only: false,
    };
    Client::new(policy).map_err(|error| NoPrice::unanswered(provider, &error))
}

fn is_zone(zone: &str) -> bool {
    (2..=30).contains(&zone.len())
        && zone.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// What Electricity Maps is asked about: the zone that the user names; else the zone of the cloud's
/// region; coordinates; the zone of the state; the country.
fn spot(config: &Config, place: Option<&Found>) -> Option<Spot> {
    if let Some(zone) = config.electricitymaps_zone.as_deref().map(str::trim) {
        return Some(Spot::Zone(zone.to_owned()));
    }
    let told = config.cloud_provider.as_ref().zip(config.cloud_region.as_ref());
    let cloud = told
        .map(|(provider, region)| (provider.as_str(), region.as_str()))
        .or_else(|| place?.cloud.as_ref().map(|(a, b)| (a.as_str(), b.as_str())))
        .and_then(|(provider, region)| carbon_factors::cloud_region(provider, region));
    if let Some(zone) = cloud.and_then(|cloud| cloud.grid_zone) {
        return Some(Spot::Zone(zone.to_owned()));
    }
    if let Some((longitude, latitude)) = place.and_then(|place| place.coordinates) {
        return Some(Spot::Coordinates(longitude, latitude));
    }
    let country = match cloud {
        Some(cloud) => carbon_factors::country(cloud.country_iso3)?,
        None => country(config, place)?,
    };
    let region = config.region.as_ref().map(LookupName::as_str);
    let region = region.or_else(|| place?.region.as_deref());
    let zone = region
        .and_then(|name| carbon_factors::region(country.iso3, name))
        .and_then(|region| region.grid_zone);
    let supplier = country.grid_of.and_then(carbon_factors::country).unwrap_or(country);
    Some(Spot::Zone(zone.unwrap_or(supplier.iso2).to_owned()))
}

fn country(config: &Config, place: Option<&Found>) -> Option<carbon_factors::Country> {
    let iso3 = config.country_iso_code.as_ref().map(Iso3::as_str);
    let told = iso3.or(config.country_2letter_iso_code.as_ref().map(Iso2::as_str));
    carbon_factors::country(told.or_else(|| place?.country.as_deref())?)
}

#[cfg(test)]
mod tests {
    use carbon_tracker::location::KnownBy;

    use super::*;

    fn config(settings: &[(&str, &str)]) -> Config {
        let mut config = Config::default();
        for (key, value) in settings {
            assert_eq!(config.set(key, value), Ok(true), "{key}");
        }
        config
    }

    fn zone(settings: &[(&str, &str)]) -> Option<String> {
        match spot(&config(settings), None)? {
            Spot::Zone(zone) => Some(zone),
            Spot::Coordinates(..) => None,
        }
    }

    #[test]
    fn the_zone_is_the_nearest_that_is_known() {
        assert_eq!(zone(&[]), None);
        assert_eq!(zone(&[("country_iso_code", "FRA")]).as_deref(), Some("FR"));
        assert_eq!(zone(&[("country_iso_code", "MCO")]).as_deref(), Some("FR"));
        assert_eq!(zone(&[("country_2letter_iso_code", "de")]).as_deref(), Some("DE"));
        let california = [("country_iso_code", "USA"), ("region", "California")];
        assert_eq!(zone(&california).as_deref(), Some("US-CAL-CISO"));
        let cloud = [("cloud_provider", "aws"), ("cloud_region", "us-east-1")];
        assert_eq!(zone(&cloud).as_deref(), Some("US-MIDA-PJM"));
        let explicit = [cloud[0], cloud[1], ("electricitymaps_zone", "SE-SE3")];
        assert_eq!(zone(&explicit).as_deref(), Some("SE-SE3"));
    }

    #[test]
    fn coordinates_that_were_found_are_nearer_than_their_country() {
        let place = Found {
            country: Some("USA".to_owned()),
            coordinates: Some((-74.0, 40.7)),
            known_by: KnownBy::Address("x".to_owned()),
            ..Found::default()
        };
        assert_eq!(spot(&config(&[]), Some(&place)), Some(Spot::Coordinates(-74.0, 40.7)));
    }

    #[test]
    fn auto_is_who_has_what_it_needs() {
        let of = |settings: &[(&str, &str)]| wanted(&config(settings));
        assert_eq!(of(&[]), None);
        let token = ("electricitymaps_api_token", "t");
        let file = ("carbon_intensity_file", "grid.csv");
        assert_eq!(of(&[file]), Some(IntensityProvider::File));
        assert_eq!(of(&[file, token]), Some(IntensityProvider::ElectricityMaps));
        assert_eq!(of(&[token, ("carbon_intensity_provider", "uk")]), Some(IntensityProvider::Uk));
        assert_eq!(of(&[token, ("carbon_intensity_provider", "none")]), None);
        assert_eq!(of(&[token, ("force_carbon_intensity_g_co2e_kwh", "100")]), None);
    }

    #[test]
    fn what_is_missing_is_named() {
        let fault = |provider, settings: &[(&str, &str)]| {
            let config = config(settings);
            super::provider(&config, provider, None).err().unwrap().to_string()
        };
        let maps = IntensityProvider::ElectricityMaps;
        assert!(fault(maps, &[]).contains("electricitymaps_api_token"));
        let token = ("electricitymaps_api_token", "hunter2");
        let nowhere = fault(maps, &[token]);
        assert!(nowhere.contains("country_iso_code") && !nowhere.contains("hunter2"));
        assert!(fault(maps, &[token, ("electricitymaps_zone", "F R&x=1")]).contains("no zone"));
        assert!(fault(IntensityProvider::File, &[]).contains("carbon_intensity_file"));
        let abroad = [("country_iso_code", "FRA")];
        assert!(fault(IntensityProvider::Uk, &abroad).contains("in France"));
    }
}
