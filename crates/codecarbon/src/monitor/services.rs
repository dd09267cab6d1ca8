//! The code that talks to others, brought to `monitor` by the program that carries it.

use std::sync::{Arc, OnceLock};

use carbon_client::ApiSink;
use carbon_live::{Desk, Means};
use carbon_outputs::HttpSink;
use carbon_outputs::otlp::{OtlpError, OtlpSettings, OtlpSink};
use carbon_outputs::prometheus::{Listener, PushGateway, PushSettings};
use carbon_outputs::telemetry::{Message, Sending};
use carbon_tracker::Outcome;
use carbon_tracker::config::{Config, OutputMethod};
use carbon_tracker::live::Feed;
use carbon_tracker::sink::Sink;

use super::network::Network;
use super::senders::Senders;
use crate::console::Console;
use crate::exit::CommandError;
use crate::surroundings::Surroundings;

/// All of it.
pub(crate) struct Services;

impl Network for Services {
    fn sinks(
        &self,
        config: &Config,
        start: &Surroundings,
        console: Console,
    ) -> Result<Vec<Box<dyn Sink>>, CommandError> {
        let variables = |name: &str| start.variable(name).map(str::to_owned);
        let mut sinks: Vec<Box<dyn Sink>> = Vec::new();
        for method in &config.output_methods {
            match method {
                OutputMethod::Api => {
                    let state = start.state_directory();
                    sinks.push(Box::new(ApiSink::new(config, state.as_deref())));
                }
                OutputMethod::Prometheus => {
                    let settings = PushSettings::from_config(config, &variables);
                    let gateway = PushGateway::new(settings).map_err(CommandError::setting)?;
                    sinks.push(Box::new(gateway));
                }
                OutputMethod::Otlp => {
                    sinks.push(otlp(OtlpSettings::from_config(config, &variables))?);
                }
                OutputMethod::Logfire => {
                    sinks.push(otlp(OtlpSettings::logfire(config, &variables))?);
                }
                OutputMethod::Csv
                | OutputMethod::Json
                | OutputMethod::Boamps
                | OutputMethod::Logger => {}
            }
        }
        if let Some(endpoint) = &config.emissions_endpoint {
            let sink = HttpSink::new(endpoint, config.ca_bundle.clone());
            sinks.push(Box::new(sink.map_err(CommandError::setting)?));
        }
        if let Some(address) = config.prometheus_listen {
            // Two runs with one configuration are no mistake: the second goes on without.
            match Listener::bind(address) {
                Ok(listener) => sinks.push(Box::new(listener)),
                Err(error) => console.warn(error),
            }
        }
        Ok(sinks)
    }

    fn feed(&self, config: &Config, start: &Surroundings) -> Option<Arc<Feed>> {
        static DESK: OnceLock<Desk> = OnceLock::new();
        DESK.get_or_init(|| Desk::new(means(start))).feed(config, false)
    }

    fn senders<'a>(
        &self,
        start: &'a Surroundings,
        is_patient: bool,
    ) -> Box<dyn carbon_journal::Network + 'a> {
        Box::new(Senders { start, is_patient })
    }

    fn tell(&self, outcome: &Outcome, config: &Config, processors: u32) -> Option<Sending> {
        let message = Message::about(outcome, config, Some(processors))?;
        Some(message.send(&config.api_endpoint, config.ca_bundle.clone()))
    }
}

fn otlp(settings: Result<OtlpSettings, OtlpError>) -> Result<Box<dyn Sink>, CommandError> {
    Ok(Box::new(settings.and_then(OtlpSink::new).map_err(CommandError::setting)?))
}

/// What asking needs, from what the program was started with.
pub(crate) fn means(start: &Surroundings) -> Means {
    Means {
        cache_directory: start.cache_directory(),
        time_zone: start.variable("TZ").map(str::to_owned),
        locale: start.locale().map(str::to_owned),
        ..Means::default()
    }
}
