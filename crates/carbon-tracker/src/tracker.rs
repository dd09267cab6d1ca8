//! The tracker: configuration in, runs and tasks out. What programs call.

use std::sync::Arc;

use carbon_model::Power;
use uuid::Uuid;

use crate::config::{Config, TrackingMode};
use crate::hub::{Billing, Hub, Window};
use crate::live::Feed;
use crate::plan::Preferences;
use crate::record::Letterhead;
use crate::run::{Outcome, Receivers, Run};
use crate::scene::Scene;
use crate::sink::{Journal, Sink};

/// A configured tracker. Making one touches no hardware; starting a run on it does.
///
/// ```no_run
/// use carbon_tracker::{Hub, Machine, Sampling, Tracker, config::Config};
///
/// let hub = Hub::new(Machine::host(), Sampling::Thread);
/// let mut config = Config::default();
/// config.set("country_iso_code", "FRA")?;
/// let run = Tracker::new(&hub, config).start();
/// let task = run.task("train");
/// // … work …
/// let train = task.stop();
/// let outcome = run.stop();
/// println!("{:.3} g CO2e", outcome.footprint.emissions.value.grams());
/// # Ok::<(), carbon_tracker::config::InvalidValue>(())
/// ```
pub struct Tracker {
    hub: Hub,
    config: Arc<Config>,
    preferences: Preferences,
    python_version: String,
    run_id: Option<String>,
    feed: Option<Arc<Feed>>,
    sinks: Vec<Box<dyn Sink>>,
    journal: Option<Box<dyn Journal>>,
}

impl std::fmt::Debug for Tracker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tracker").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Tracker {
    /// A tracker on a hub. Trackers may share a configuration. Cost: under 1 µs.
    pub fn new(hub: &Hub, config: impl Into<Arc<Config>>) -> Self {
        let config = config.into();
        Self {
            hub: hub.clone(),
            preferences: Preferences::from(&*config),
            config,
            python_version: String::new(),
            run_id: None,
            feed: None,
            sinks: Vec::new(),
            journal: None,
        }
    }

    /// Starts describing a tracker on this machine.
    pub fn builder() -> crate::TrackerBuilder {
        crate::TrackerBuilder::default()
    }

    /// Adds a receiver of the records.
    #[must_use]
    pub fn with_sink(mut self, sink: Box<dyn Sink>) -> Self {
        self.sinks.push(sink);
        self
    }

    /// Names the version of Python that the tracker serves, for the records.
    #[must_use]
    pub fn with_python_version(mut self, version: impl Into<String>) -> Self {
        self.python_version = version.into();
        self
    }

    /// Gives the run an id that its records carry; without one it gets a UUID.
    #[must_use]
    pub fn with_run_id(mut self, id: impl Into<String>) -> Self {
        self.run_id = Some(id.into());
        self
    }

    /// Has the run learn from a feed where it takes place and what its electricity emits. Without
    /// one the configuration and the tables decide.
    #[must_use]
    pub fn with_feed(mut self, feed: Option<Arc<Feed>>) -> Self {
        self.feed = feed;
        self
    }

    /// Has a journal keep what the run comes to while it goes on.
    #[must_use]
    pub fn with_journal(mut self, journal: Option<Box<dyn Journal>>) -> Self {
        self.journal = journal;
        self
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Starts a run: reads the baselines, then its clock.
    ///
    /// Costs: see [`Hub::open`].
    pub fn start(self) -> Run {
        let billing = match self.config.tracking_mode {
            TrackingMode::Machine => Billing::Machine,
            TrackingMode::Process => Billing::OwnTree,
        };
        self.start_billed(billing)
    }

    /// Starts a run that is billed by something else than the configuration's tracking mode says,
    /// such as the tree of a command that is already running.
    pub fn start_billed(self, billing: Billing) -> Run {
        let window = self.hub.open(&self.preferences, billing, self.config.sampling_interval_s);
        self.start_on(window)
    }

    /// Ends a run and starts the next, billed alike and on the hub of the one before, with no time
    /// between them: the edge that ends one begins the other, so the two hold every joule, and each
    /// once. The next has begun when the record of the one before is written.
    ///
    /// With other preferences than before (forced powers, GPUs), meters that only the next counts are
    /// read some microseconds after the edge.
    pub fn start_after(self, before: Run) -> (Run, Outcome) {
        let (preferences, interval) = (self.preferences.clone(), self.config.sampling_interval_s);
        before.hand_over(&preferences, interval, |window| self.start_on(window))
    }

    fn start_on(self, window: Window) -> Run {
        let Self { hub, config, preferences: _, python_version, run_id, feed, sinks, journal } =
            self;
        let scene = Scene::new(Arc::clone(&config), window.started_year(), feed);
        let (gpu_count, gpu_model) = window.gpus();
        let hardware = hub.hardware();
        let head = Letterhead { config, hardware, gpu_count, gpu_model, python_version };
        let id = run_id.unwrap_or_else(|| Uuid::new_v4().to_string());
        Run::new(id, window, head, scene, Receivers { sinks, journal })
    }
}

impl From<&Config> for Preferences {
    /// What a configuration prefers among the possible sources.
    fn from(config: &Config) -> Self {
        Self {
            cpu_power_w: config.force_cpu_power.map(Power::watts),
            ram_power_w: config.force_ram_power.map(Power::watts),
            load_model: config.force_mode_cpu_load,
            prefer_psys: config.rapl_prefer_psys,
            gpus: config.gpu_ids.clone(),
        }
    }
}
