//! Electricity Maps: the hourly intensity of some 350 zones of the world, with a token.
//!
//! `GET /v3/carbon-intensity/latest` with `zone` or with `lat` and `lon`; the token goes into the
//! header `auth-token`. The service answers for the address of the caller when it does not know the
//! place that was asked for; such an answer names another zone and is not taken.

use std::time::Duration;

use carbon_http::{Client, Request};
use carbon_tracker::config::{IntensityProvider, Secret};
use carbon_tracker::live::Price;
use serde::Deserialize;

use crate::provider::{NoPrice, Provider, Told, intensity};
use crate::time;

const NAME: &str = "Electricity Maps";

/// Values of an hour as it was metered: what flow tracing and emission factors leave open.
const METERED: f64 = 1.1;

/// Values that the service estimates: an hour may be off from the mean of its kind by more.
const ESTIMATED: f64 = 1.3;

/// The newest value of a zone may be so old: it holds for two hours beyond its own.
const OLDEST: Duration = Duration::from_hours(3);

const HOUR: Duration = Duration::from_hours(1);

/// The place that is asked about.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Spot {
    /// A zone of the service: "FR", "US-CAL-CISO".
    Zone(String),
    /// Degrees east and north.
    Coordinates(f64, f64),
}

/// The service at an address.
pub(crate) struct ElectricityMaps {
    pub(crate) client: Client,
    pub(crate) base: String,
    pub(crate) token: Secret,
    pub(crate) spot: Spot,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Latest {
    zone: Option<String>,
    carbon_intensity: Option<f64>,
    datetime: Option<String>,
    emission_factor_type: Option<String>,
    #[serde(default)]
    is_estimated: Option<bool>,
    estimation_method: Option<String>,
}

impl ElectricityMaps {
    fn query(&self) -> String {
        match &self.spot {
            Spot::Zone(zone) => format!("zone={zone}"),
            Spot::Coordinates(longitude, latitude) => format!("lat={latitude}&lon={longitude}"),
        }
    }

    fn price(&self, body: &[u8], now: Duration) -> Result<Price, NoPrice> {
        let nonsense = |why: String| NoPrice::nonsense(NAME, why);
        let latest: Latest = serde_json::from_slice(body)
            .map_err(|error| nonsense(format!("the answer is none of its kind ({error})")))?;
        let zone = latest.zone.unwrap_or_default();
        if let Spot::Zone(asked) = &self.spot
            && !zone.eq_ignore_ascii_case(asked)
        {
            let why = format!("asked for the zone {asked}, it answers for {zone:?}");
            return Err(NoPrice::ForGood { provider: NAME, why });
        }
        let value = latest
            .carbon_intensity
            .ok_or_else(|| nonsense(format!("there is no value for {zone} at present")))?;
        let is_estimated = latest.is_estimated.unwrap_or(false);
        let spread = if is_estimated { ESTIMATED } else { METERED };
        let intensity = intensity(value, spread)
            .ok_or_else(|| nonsense(format!("{value} g/kWh is no intensity of a grid")))?;
        let told = latest.datetime.unwrap_or_default();
        let at = time::parse(&told).ok_or_else(|| nonsense(format!("{told:?} is no time")))?;
        if at + OLDEST < now || at > now + HOUR {
            return Err(nonsense(format!("its newest value is of {told}, which is not now")));
        }
        let from = Duration::from_secs(at.as_secs() / 3600 * 3600);
        let scope = latest.emission_factor_type.unwrap_or_else(|| "lifecycle".to_owned());
        let method = latest.estimation_method.filter(|method| !method.is_empty());
        Ok(Price {
            provider: IntensityProvider::ElectricityMaps,
            from,
            until: from + HOUR,
            zone,
            intensity,
            source: format!("{NAME}, hourly, {scope}"),
            estimated: is_estimated.then(|| match method {
                Some(method) => format!("estimated by the service ({method})"),
                None => "estimated by the service".to_owned(),
            }),
        })
    }
}

impl Provider for ElectricityMaps {
    fn key(&self) -> Option<String> {
        Some(format!("electricitymaps {} {}", self.base, self.query()))
    }

    fn ask(&mut self, now: Duration) -> Result<Told, NoPrice> {
        let base = self.base.trim_end_matches('/');
        let url = format!("{base}/v3/carbon-intensity/latest?{}", self.query());
        let request = Request::get(&url).header("auth-token", self.token.expose());
        let answer = self.client.send(&request).map_err(|e| NoPrice::unanswered(NAME, &e))?;
        if answer.status != 200 {
            return Err(NoPrice::refused(NAME, &answer));
        }
        Ok(Told { prices: vec![self.price(&answer.body, now)?], remarks: Vec::new() })
    }
}
