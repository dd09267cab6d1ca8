//! Where the machine stands, when nobody said it: the cloud that it is in, its internet address, or
//! a guess.

use std::time::Duration;

use carbon_sensors::SysRoot;
use carbon_tracker::config::{Config, LocationLookup};
use carbon_tracker::location::{Found, KnownBy, guess};

use crate::Means;
use crate::cache::Cache;
use crate::cloud;
use crate::geo_ip::GeoIp;

/// Who may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlaceQuestion {
    pub(crate) root: SysRoot,
    pub(crate) asks_cloud: bool,
    pub(crate) geo_ip: Option<GeoIp>,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlaceAnswer {
    pub(crate) found: Option<Found>,
    /// What the user should hear.
    pub(crate) remarks: Vec<String>,
    /// Whether a service did not answer that may answer later.
    pub(crate) again: bool,
}

impl PlaceQuestion {
    /// What a configuration allows; `by_address` is what "auto" means here.
    pub(crate) fn of(config: &Config, by_address: bool) -> Self {
        let lookup = match config.location_lookup {
            _ if config.offline => LocationLookup::Off,
            LocationLookup::Auto if by_address => LocationLookup::Ip,
            LocationLookup::Auto => LocationLookup::Cloud,
            asked => asked,
        };
        Self {
            root: SysRoot::new(&config.sysroot),
            asks_cloud: lookup != LocationLookup::Off,
            geo_ip: (lookup == LocationLookup::Ip).then(|| GeoIp::of(config)),
        }
    }

    /// Whether a service has to be asked. Reads five small files.
    pub(crate) fn needs_network(&self) -> bool {
        self.geo_ip.is_some() || (self.asks_cloud && cloud::named_by(&self.root).is_some())
    }

    /// Asks and waits: up to a second for a cloud, up to two for services that know addresses.
    pub(crate) fn ask(&self, means: &Means, cache: &Cache) -> PlaceAnswer {
        let mut answer = PlaceAnswer::default();
        if self.asks_cloud {
            answer.found = self.ask_cloud(means, &mut answer);
        }
        if let (None, Some(geo_ip)) = (&answer.found, &self.geo_ip) {
            match geo_ip.ask(cache, means.clock.now().wall) {
                Ok(found) => answer.found = Some(found),
                Err(faults) => {
                    answer.again = true;
                    answer.remarks.extend(faults.iter().map(|fault| {
                        format!("where this internet address is could not be asked: {fault}")
                    }));
                }
            }
        }
        answer.found = answer.found.or_else(|| self.guess(means));
        answer
    }

    /// The country that the machine is probably in; nobody is asked.
    pub(crate) fn guess(&self, means: &Means) -> Option<Found> {
        guess(&self.root, means.time_zone.as_deref(), means.locale.as_deref())
    }

    fn ask_cloud(&self, means: &Means, answer: &mut PlaceAnswer) -> Option<Found> {
        let cloud = cloud::named_by(&self.root)?;
        let provider = cloud::provider(cloud);
        match cloud::region(cloud, &means.addresses, &*means.clock) {
            Ok(region) => Some(Found {
                cloud: Some((provider.to_owned(), region)),
                known_by: KnownBy::CloudMetadata,
                ..Found::default()
            }),
            Err(fault) => {
                answer.again = true;
                answer.remarks.push(format!(
                    "by its firmware this machine is in {provider}, but the metadata service there \
                     did not tell the region: {fault}"
                ));
                None
            }
        }
    }
}

/// How long it takes until a place that could not be asked for is asked for again.
pub(crate) const ASK_AGAIN: Duration = Duration::from_mins(10);
