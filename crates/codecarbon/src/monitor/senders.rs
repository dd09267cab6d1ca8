//! What sends the rest of a run that was cut short: the outputs that need the network, with the tokens
//! of the configuration as it is now, for no journal has them.

use std::time::Duration;

use carbon_client::{ApiSettings, ApiSink, Told};
use carbon_journal::{Left, Network, Saving, without_password};
use carbon_outputs::HttpSink;
use carbon_tracker::config::{Config, Layers};
use carbon_tracker::sink::{Sink, SinkError};

use crate::surroundings::Surroundings;

/// All of them.
pub(crate) struct Senders<'a> {
    pub(crate) start: &'a Surroundings,
    /// Whether it is waited for what is sent.
    pub(crate) is_patient: bool,
}

impl Network for Senders<'_> {
    fn sink(&self, which: Saving, left: &Left) -> Result<Option<Box<dyn Sink>>, SinkError> {
        let failed = |error| SinkError::new(which.name(), error);
        let layers = Layers {
            home: self.start.home(),
            cwd: Some(&self.start.directory),
            environment: self.start.variables.clone(),
            ..Layers::default()
        };
        let config = layers.resolve().map_err(failed)?.config;
        let outputs = &left.head().outputs;
        Ok(match (which, &outputs.emissions_endpoint) {
            (Saving::Api, _) => Some(Box::new(self.api(&config, left))),
            (Saving::EmissionsEndpoint, Some(endpoint)) => {
                let current = config.emissions_endpoint.as_deref();
                let same = current.filter(|address| without_password(address) == *endpoint);
                let sink = HttpSink::new(same.unwrap_or(endpoint), config.ca_bundle.clone());
                Some(Box::new(sink.map_err(|error| SinkError::new(which.name(), error))?))
            }
            _ => None,
        })
    }
}

impl Senders<'_> {
    fn api(&self, config: &Config, left: &Left) -> ApiSink {
        let outputs = &left.head().outputs;
        let state = self.start.state_directory();
        let mut settings = ApiSettings::from_config(config, state.as_deref());
        settings.experiment_id.clone_from(&outputs.experiment_id);
        if without_password(&settings.endpoint) != outputs.api_endpoint {
            // The token of the configuration is for another server.
            settings.endpoint.clone_from(&outputs.api_endpoint);
            settings.token = None;
        }
        if !self.is_patient && settings.spool.is_some() {
            settings.stop_wait = Duration::ZERO;
        }
        let told = left.handed_out().map_or_else(Told::default, |out| Told {
            energy_kwh: out.energy_kwh,
            emissions_kg: out.emissions_kg,
            tasks: out.tasks,
        });
        let ended = Duration::try_from_secs_f64(left.outcome().report.ended_unix_s);
        ApiSink::with_settings(settings).for_the_rest(&told, ended.unwrap_or_default())
    }
}
