//! Describing a tracker in code, without a configuration file.

use std::path::PathBuf;
use std::time::Duration;

use crate::config::{Config, ConfigError, Origin, TrackingMode};
use crate::hub::Hub;
use crate::run::Run;
use crate::sink::Sink;
use crate::tracker::Tracker;

/// What a tracker should be; made by [`Tracker::builder`].
///
/// ```no_run
/// let run = carbon_tracker::Tracker::builder()
///     .project_name("demo")
///     .country_iso_code("FRA")
///     .start()?;
/// let outcome = run.stop();
/// # Ok::<(), carbon_tracker::config::ConfigError>(())
/// ```
#[derive(Default)]
pub struct TrackerBuilder {
    hub: Option<Hub>,
    config: Config,
    sinks: Vec<Box<dyn Sink>>,
    mistake: Option<ConfigError>,
}

impl std::fmt::Debug for TrackerBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TrackerBuilder").field("config", &self.config).finish_non_exhaustive()
    }
}

impl TrackerBuilder {
    /// The hub to measure on; the one of this process if none is given.
    #[must_use]
    pub fn hub(mut self, hub: &Hub) -> Self {
        self.hub = Some(hub.clone());
        self
    }

    /// A whole configuration, such as files and environment gave it; replaces what was set before.
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Any setting by its key, as a configuration file spells it. The first bad key or value is
    /// reported by [`start`](Self::start).
    #[must_use]
    pub fn set(mut self, key: &str, value: &str) -> Self {
        let mistake = match self.config.set(key, value) {
            Ok(true) => return self,
            Ok(false) => "a setting that exists",
            Err(invalid) => invalid.allowed,
        };
        self.mistake.get_or_insert_with(|| ConfigError::BadValue {
            key: key.to_owned(),
            value: value.to_owned(),
            origin: Origin::Argument,
            allowed: mistake,
        });
        self
    }

    /// Name that records carry.
    #[must_use]
    pub fn project_name(mut self, name: impl Into<String>) -> Self {
        self.config.project_name = name.into();
        self
    }

    /// Country of the run, ISO 3166-1 alpha-3.
    #[must_use]
    pub fn country_iso_code(self, iso3: &str) -> Self {
        self.set("country_iso_code", iso3)
    }

    /// State, province or zone of the run.
    #[must_use]
    pub fn region(self, region: &str) -> Self {
        self.set("region", region)
    }

    /// Cloud of the run.
    #[must_use]
    pub fn cloud(self, provider: &str, region: &str) -> Self {
        self.set("cloud_provider", provider).set("cloud_region", region)
    }

    /// Whose energy is billed.
    #[must_use]
    pub fn tracking_mode(mut self, mode: TrackingMode) -> Self {
        self.config.tracking_mode = mode;
        self
    }

    /// Time between samples, 1 ms to hours; 1 s if not set.
    #[must_use]
    pub fn sampling_interval(mut self, interval: Duration) -> Self {
        self.config.sampling_interval_s = interval;
        self
    }

    /// Directory of output files.
    #[must_use]
    pub fn output_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.config.output_dir = directory.into();
        self
    }

    /// Adds a receiver of the records.
    #[must_use]
    pub fn sink(mut self, sink: Box<dyn Sink>) -> Self {
        self.sinks.push(sink);
        self
    }

    /// Makes the tracker and starts a run.
    ///
    /// # Errors
    /// A key or value given to [`set`](Self::set) or one of its relatives is not valid.
    pub fn start(self) -> Result<Run, ConfigError> {
        if let Some(mistake) = self.mistake {
            return Err(mistake);
        }
        let hub = self.hub.unwrap_or_else(|| Hub::of_this_process().clone());
        let tracker =
            self.sinks.into_iter().fold(Tracker::new(&hub, self.config), Tracker::with_sink);
        Ok(tracker.start())
    }
}
