//! Where an internet address is, by services that know: the first one, else a second one.
//!
//! The answers of geojs.io and of ipinfo.io are read, so that either form may come from an address
//! that the user gives. Coordinates are kept to a tenth of a degree, about 11 km, and the address
//! itself is not kept at all.

use std::path::PathBuf;
use std::time::Duration;

use carbon_http::{Client, HttpError, Policy, Request};
use carbon_tracker::config::Config;
use carbon_tracker::location::{Found, KnownBy};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cache::Cache;

/// The second service is asked when the first is silent for so long; records wait a second at most.
const FIRST: Duration = Duration::from_millis(700);
const SECOND: Duration = Duration::from_millis(1500);

/// An answer is kept for so long.
const A_DAY: Duration = Duration::from_hours(24);

const BACKUP: &str = "https://ipinfo.io/json";

/// Who is asked, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GeoIp {
    pub(crate) urls: Vec<String>,
    pub(crate) authorities: Option<PathBuf>,
}

/// Why a service did not tell a place.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GeoIpFault {
    #[error(transparent)]
    Unanswered(#[from] HttpError),
    #[error("{host} answers with status {status}")]
    Refused { host: String, status: u16 },
    #[error("{host} names no country")]
    NoCountry { host: String },
}

/// An answer as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Kept {
    asked_unix_s: u64,
    host: String,
    country: String,
    region: Option<String>,
    coordinates: Option<(f64, f64)>,
}

impl GeoIp {
    /// The services of a configuration. Whoever names a service of their own gets no second one.
    pub(crate) fn of(config: &Config) -> Self {
        let mut urls = vec![config.geo_ip_url.clone()];
        if config.geo_ip_url == Config::default().geo_ip_url {
            urls.push(BACKUP.to_owned());
        }
        Self { urls, authorities: config.ca_bundle.clone() }
    }

    /// Asks, unless the answer of the last day is known.
    ///
    /// # Errors
    /// What each service had to say instead.
    pub(crate) fn ask(&self, cache: &Cache, now: Duration) -> Result<Found, Vec<GeoIpFault>> {
        let key = format!("place {}", self.urls.first().map_or("", String::as_str));
        let now_s = now.as_secs();
        let is_fresh =
            |kept: &Kept| kept.asked_unix_s <= now_s && now_s - kept.asked_unix_s < A_DAY.as_secs();
        if let Some(kept) = cache.read::<Kept>(&key).filter(is_fresh).and_then(checked) {
            return Ok(kept.into());
        }
        let mut faults = Vec::new();
        for (url, limit) in self.urls.iter().zip([FIRST, SECOND]) {
            match self.ask_one(url, limit, now_s) {
                Ok(kept) => {
                    cache.write(&key, &kept);
                    return Ok(kept.into());
                }
                Err(fault) => faults.push(fault),
            }
        }
        Err(faults)
    }

    fn ask_one(&self, url: &str, limit: Duration, now_s: u64) -> Result<Kept, GeoIpFault> {
        let client = Client::new(Policy {
            connect: limit,
            total: limit,
            longest_answer: 64 << 10,
            authorities: self.authorities.clone(),
            proxies: true,
            public_only: false,
        })?;
        let host = host_of(url);
        let answer = client.send(&Request::get(url).header("accept", "application/json"))?;
        if answer.status != 200 {
            return Err(GeoIpFault::Refused { host, status: answer.status });
        }
        let tree = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        read(&tree, &host, now_s).ok_or(GeoIpFault::NoCountry { host })
    }
}

impl From<Kept> for Found {
    fn from(kept: Kept) -> Self {
        Self {
            country: Some(kept.country),
            region: kept.region,
            cloud: None,
            coordinates: kept.coordinates,
            known_by: KnownBy::Address(kept.host),
        }
    }
}

/// What a file says is checked like what a service says.
fn checked(kept: Kept) -> Option<Kept> {
    let country = carbon_factors::country(&kept.country)?;
    Some(Kept {
        country: country.iso3.to_owned(),
        coordinates: kept.coordinates.and_then(|(east, north)| rounded(east, north)),
        ..kept
    })
}

fn read(tree: &Value, host: &str, now_s: u64) -> Option<Kept> {
    let text = |name: &str| Some(tree.get(name)?.as_str()?.trim()).filter(|text| !text.is_empty());
    let number = |name: &str| {
        let value = tree.get(name)?;
        value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
    };
    let country = ["country_code3", "country_code", "country"]
        .into_iter()
        .find_map(|name| carbon_factors::country(text(name)?))?;
    let pair = text("loc").and_then(|pair| pair.split_once(','));
    let pair = pair.and_then(|(north, east)| Some((east.parse().ok()?, north.parse().ok()?)));
    let is_name = |name: &&str| name.chars().count() <= 80 && !name.chars().any(char::is_control);
    Some(Kept {
        asked_unix_s: now_s,
        host: host.to_owned(),
        country: country.iso3.to_owned(),
        region: text("region").filter(is_name).map(str::to_owned),
        coordinates: number("longitude")
            .zip(number("latitude"))
            .or(pair)
            .and_then(|(east, north)| rounded(east, north)),
    })
}

/// Degrees east and north to a tenth; `None` where there is no such place.
fn rounded(east: f64, north: f64) -> Option<(f64, f64)> {
    let tenth = |degrees: f64| (degrees * 10.0).round() / 10.0;
    ((-180.0..=180.0).contains(&east) && (-90.0..=90.0).contains(&north))
        .then(|| (tenth(east), tenth(north)))
}

fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_forms_of_answer_are_read_and_rounded() {
        let geojs = json!({
            "country_code3": "FRA", "country_code": "FR", "country": "France",
            "region": "Île-de-France", "latitude": "48.8566", "longitude": "2.3522", "ip": "192.0.2.1",
        });
        let ipinfo = json!({
            "ip": "192.0.2.1", "region": "Île-de-France", "country": "FR", "loc": "48.8566,2.3522",
        });
        let expected =
            Some(("FRA".to_owned(), Some((2.4, 48.9)), Some("Île-de-France".to_owned())));
        for answer in [geojs, ipinfo] {
            let kept = read(&answer, "x", 0).map(|k| (k.country, k.coordinates, k.region));
            assert_eq!(kept, expected);
        }
    }

    #[test]
    fn what_names_no_country_is_no_answer_and_impossible_parts_are_left_out() {
        for nothing in [json!(null), json!({}), json!({"country": "Atlantis"}), json!([1])] {
            assert_eq!(read(&nothing, "x", 0), None);
        }
        let odd = json!({"country": "DE", "loc": "91,500", "region": "a\u{7}b", "latitude": "nil"});
        let kept = read(&odd, "x", 0).unwrap();
        assert_eq!((kept.region, kept.coordinates), (None, None));
    }
}
