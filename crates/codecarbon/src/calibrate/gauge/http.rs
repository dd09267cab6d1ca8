//! A meter that answers by HTTP, as switchable sockets do: a bare number, or JSON with one among its
//! fields whose name is that of a power.

use std::time::Duration;

use carbon_http::{Client, Policy, Request};
use carbon_sensors::Instant;
use carbon_sensors::load_model::CalibrationScope;
use carbon_tracker::Window;
use serde_json::Value;

use super::{Gauge, GaugeError, WALL_METER_ERROR};
use crate::calibrate::series::{Mean, Series};
use crate::config::without_password;

/// Names by which meters call the power of now, the surest first: Shelly, Tasmota, and others.
const NAMES: [&str; 7] =
    ["apower", "power_w", "watts", "power", "instantaneous_power", "current_power", "w"];

/// Time between two questions.
const EVERY: Duration = Duration::from_secs(1);

/// How long a meter may fail to answer, as those on a busy radio network do, before that is its end.
const SILENCE: Duration = Duration::from_secs(10);

/// The meter.
#[derive(Debug)]
pub(in crate::calibrate) struct HttpGauge {
    client: Client,
    url: String,
    scope: CalibrationScope,
    series: Series,
    last: Option<Instant>,
    begin: Instant,
}

impl HttpGauge {
    /// A meter at an address.
    ///
    /// # Errors
    /// The address is none, or the meter says nothing that could be watts.
    pub(in crate::calibrate) fn open(
        url: &str,
        scope: CalibrationScope,
    ) -> Result<Self, GaugeError> {
        let policy = Policy {
            total: Duration::from_secs(3),
            longest_answer: 64 << 10,
            // Meters are in the house.
            proxies: false,
            ..Policy::default()
        };
        let client = Client::new(policy).map_err(|error| fault(url, error.to_string()))?;
        let gauge = Self {
            client,
            url: url.to_owned(),
            scope,
            series: Series::default(),
            last: None,
            begin: Instant::default(),
        };
        gauge.ask()?;
        Ok(gauge)
    }

    fn ask(&self) -> Result<f64, GaugeError> {
        let answer = self
            .client
            .send(&Request::get(&self.url))
            .map_err(|error| fault(&self.url, error.to_string()))?;
        if !answer.is_success() {
            return Err(fault(&self.url, format!("it answers with status {}", answer.status)));
        }
        watts_in(&answer.text())
            .ok_or_else(|| fault(&self.url, "nothing in its answer is a power in watts".to_owned()))
    }

    fn sample(&mut self, now: Instant) -> Result<(), GaugeError> {
        let watts = self.ask()?;
        let since = self.last.unwrap_or(self.begin);
        // A first sample stands for itself.
        self.series.push(now.active_since(&since).max(Duration::from_millis(1)), watts);
        self.last = Some(now);
        Ok(())
    }
}

fn fault(url: &str, reason: String) -> GaugeError {
    GaugeError::Meter { url: without_password(url), reason }
}

/// Watts in an answer.
fn watts_in(text: &str) -> Option<f64> {
    if let Some(watts) = super::typed::parse_watts(text) {
        return Some(watts);
    }
    let value: Value = serde_json::from_str(text).ok()?;
    NAMES.iter().find_map(|name| find(&value, name)).filter(|watts| *watts >= 0.0)
}

/// The number of the first field of that name, at any depth.
fn find(value: &Value, name: &str) -> Option<f64> {
    match value {
        Value::Object(fields) => {
            let own = fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            own.and_then(|(_, value)| value.as_f64())
                .or_else(|| fields.values().find_map(|value| find(value, name)))
        }
        Value::Array(values) => values.iter().find_map(|value| find(value, name)),
        _ => None,
    }
}

impl Gauge for HttpGauge {
    fn begin(&mut self, now: Instant, _: &Window) -> Result<(), GaugeError> {
        self.series = Series::default();
        self.last = None;
        self.begin = now;
        Ok(())
    }

    fn look(&mut self, now: Instant, _: &Window) -> Result<(), GaugeError> {
        let since = now.active_since(&self.last.unwrap_or(self.begin));
        if self.last.is_some() && since < EVERY {
            return Ok(());
        }
        // The next answer stands for the time of this one as well.
        self.sample(now).or_else(|fault| if since < SILENCE { Ok(()) } else { Err(fault) })
    }

    fn end(&mut self, now: Instant, _: &Window, phase: &str) -> Result<Mean, GaugeError> {
        if let Err(fault) = self.sample(now)
            && self.last.is_none_or(|last| now.active_since(&last) >= SILENCE)
        {
            return Err(fault);
        }
        self.series.mean().ok_or_else(|| GaugeError::Silent { phase: phase.to_owned() })
    }

    fn name(&self) -> String {
        format!("the meter at {}", carbon_http::host_of(&self.url))
    }

    fn scope(&self) -> CalibrationScope {
        self.scope
    }

    fn error(&self) -> f64 {
        WALL_METER_ERROR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answers_of_common_sockets_are_understood() {
        for (text, watts) in [
            ("41.7\n", 41.7),
            (r#"{"id":0,"output":true,"apower":41.7,"voltage":230.1,"current":0.2}"#, 41.7),
            (r#"{"StatusSNS":{"ENERGY":{"Total":3.1,"Power":42,"Voltage":230}}}"#, 42.0),
            (r#"{"meters":[{"power":7.5,"is_valid":true}]}"#, 7.5),
        ] {
            assert_eq!(watts_in(text), Some(watts), "{text}");
        }
        for text in ["", "<html>", r#"{"voltage":230}"#, r#"{"power":"off"}"#, r#"{"power":-4}"#] {
            assert_eq!(watts_in(text), None, "{text}");
        }
    }
}
