//! The Carbon Intensity API of Great Britain's system operator: half-hours, without a token.
//!
//! `GET /intensity` tells the present half-hour, as forecast and, once it is known, as it was. It
//! counts the CO2 of combustion and of imports, not the whole life of the plants, so its values lie
//! below lifecycle values; the source says so.

use std::time::Duration;

use carbon_http::{Client, Request};
use carbon_tracker::config::IntensityProvider;
use carbon_tracker::live::Price;
use serde::Deserialize;

use crate::provider::{NoPrice, Provider, Told, intensity};
use crate::time;

const NAME: &str = "the UK Carbon Intensity API";

/// Values after the fact are estimates from generation by fuel.
const ACTUAL: f64 = 1.15;

/// Forecasts miss the mix by more.
const FORECAST: f64 = 1.25;

/// A period that is longer is none: half an hour is what is meant.
const LONGEST: Duration = Duration::from_hours(1);

const SOURCE: &str = "Carbon Intensity API, NESO (Great Britain), half-hourly, direct CO2";

/// The service at an address.
pub(crate) struct Uk {
    pub(crate) client: Client,
    pub(crate) base: String,
}

#[derive(Deserialize)]
struct Periods {
    data: Vec<Period>,
}

#[derive(Deserialize)]
struct Period {
    from: String,
    to: String,
    intensity: Values,
}

#[derive(Deserialize)]
struct Values {
    forecast: Option<f64>,
    actual: Option<f64>,
}

impl Provider for Uk {
    fn key(&self) -> Option<String> {
        Some(format!("uk {}", self.base))
    }

    fn ask(&mut self, now: Duration) -> Result<Told, NoPrice> {
        let url = format!("{}/intensity", self.base.trim_end_matches('/'));
        let request = Request::get(&url).header("accept", "application/json");
        let answer = self.client.send(&request).map_err(|e| NoPrice::unanswered(NAME, &e))?;
        if answer.status != 200 {
            return Err(NoPrice::refused(NAME, &answer));
        }
        let periods: Periods = serde_json::from_slice(&answer.body).map_err(|error| {
            NoPrice::nonsense(NAME, format!("the answer is none of its kind ({error})"))
        })?;
        let prices = periods.data.iter().map(price).collect::<Result<Vec<Price>, _>>()?;
        let is_of_now = |price: &Price| {
            price.from <= now + Duration::from_hours(1)
                && now < price.until + Duration::from_hours(2)
        };
        if prices.iter().any(is_of_now) {
            return Ok(Told { prices, remarks: Vec::new() });
        }
        Err(NoPrice::nonsense(NAME, "its values are not of now"))
    }
}

fn price(period: &Period) -> Result<Price, NoPrice> {
    let nonsense = |why: String| NoPrice::nonsense(NAME, why);
    let moment =
        |text: &str| time::parse(text).ok_or_else(|| nonsense(format!("{text:?} is no time")));
    let (from, until) = (moment(&period.from)?, moment(&period.to)?);
    if until <= from || until.saturating_sub(from) > LONGEST {
        let why = format!("{} to {} is no half-hour", period.from, period.to);
        return Err(nonsense(why));
    }
    let Values { forecast, actual } = period.intensity;
    let spread = if actual.is_some() { ACTUAL } else { FORECAST };
    let value = actual
        .or(forecast)
        .ok_or_else(|| nonsense(format!("there is no value for {}", period.from)))?;
    let intensity = intensity(value, spread)
        .ok_or_else(|| nonsense(format!("{value} g/kWh is no intensity of a grid")))?;
    Ok(Price {
        provider: IntensityProvider::Uk,
        from,
        until,
        zone: "GB".to_owned(),
        intensity,
        source: SOURCE.to_owned(),
        estimated: actual.is_none().then(|| "forecast".to_owned()),
    })
}
