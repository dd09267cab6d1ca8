//! The sink of the tracker: deltas in, rows on the server out.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use carbon_model::EmissionsRecord;
use carbon_sensors::clock::utc_timestamp;
use carbon_sensors::{Clock, SystemClock};
use carbon_tracker::config::Config;
use carbon_tracker::sink::{Delivery, Sink, SinkError};
use uuid::Uuid;

use crate::about::about_run;
use crate::interval::Interval;
use crate::{ApiClient, ApiError, CallLimits, Credentials};

/// Sends a run to the CodeCarbon API: the run with its first row, then a row for each interval.
pub struct ApiSink {
    client: Result<ApiClient, String>,
    experiment_id: String,
    clock: Arc<dyn Clock>,
    interval: Interval,
    run_on_server: Option<String>,
}

impl ApiSink {
    /// A sink for one run, as the configuration says (`api_endpoint`, `api_key`, `experiment_id` and
    /// the other keys of the API). `state_directory` is the user's, such as
    /// `~/.local/state/codecarbon`; without one, what cannot be sent is only kept in memory.
    pub fn new(config: &Config, state_directory: Option<&Path>) -> Self {
        let _ = state_directory;
        let credentials = config
            .api_key
            .as_ref()
            .map_or(Credentials::None, |key| Credentials::ProjectToken(key.clone()));
        let client = CallLimits::from_config(config)
            .connections()
            .map(|connections| ApiClient::new(connections, &config.api_endpoint, credentials))
            .map_err(|error| error.to_string());
        Self {
            client,
            experiment_id: config.experiment_id.clone(),
            clock: Arc::new(SystemClock),
            interval: Interval::default(),
            run_on_server: None,
        }
    }

    fn send(&mut self, total: &EmissionsRecord, is_last: bool) -> Result<(), ApiError> {
        let Ok(client) = &self.client else { return Ok(()) };
        let mut ahead = self.interval.clone();
        let Some(mut row) = ahead.take(is_last) else { return Ok(()) };
        let now = self.clock.now().wall;
        row.timestamp = utc_timestamp(now);
        let id = Uuid::new_v4().to_string();
        row.id = Some(id.clone());
        row.run_id = match &self.run_on_server {
            Some(run) => run.clone(),
            None => {
                let began = utc_timestamp(now);
                let about = about_run(total, began, &self.experiment_id);
                let run = client.add_run(&about, &total.run_id)?;
                self.run_on_server.insert(run).clone()
            }
        };
        client.add_emission(&row, &id)?;
        self.interval = ahead;
        Ok(())
    }
}

impl Sink for ApiSink {
    fn out(
        &mut self,
        total: &EmissionsRecord,
        delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        self.interval.add(delta);
        self.send(total, true).map_err(|error| SinkError::new("api", error))?;
        Ok(Delivery::default())
    }

    fn live_out(
        &mut self,
        total: &EmissionsRecord,
        delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        self.interval.add(delta);
        self.send(total, false).map_err(|error| SinkError::new("api", error))?;
        Ok(Delivery::default())
    }
}

impl fmt::Debug for ApiSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiSink").field("client", &self.client).finish_non_exhaustive()
    }
}
