//! The sink of the tracker: deltas of a run in, rows in the outbox out.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use carbon_api::RunIn;
use carbon_model::EmissionsRecord;
use carbon_sensors::clock::utc_timestamp;
use carbon_sensors::{Clock, Instant, SystemClock};
use carbon_tracker::config::{Config, Secret};
use carbon_tracker::sink::{Delivery, Sink, SinkError};
use carbon_tracker::{Observer, Outcome};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::about::about_run;
use crate::bounds::{Bounds, sources};
use crate::client::{CallLimits, base_of};
use crate::interval::Interval;
use crate::outbox::Outbox;
use crate::spool::{RunHead, RunKey, Token};
use crate::tasks::Tasks;

/// To whom a run is told, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiSettings {
    /// Base address of the API.
    pub endpoint: String,
    /// Token of the project.
    pub token: Option<Secret>,
    /// Experiment to which runs belong.
    pub experiment_id: String,
    /// What calls may take, and whom they trust.
    pub limits: CallLimits,
    /// Longest wait at the end of a run.
    pub stop_wait: Duration,
    /// Directory of the spool; without one, what cannot be sent is only kept in memory.
    pub spool: Option<PathBuf>,
    /// Fields of the run that are known better than its records tell, by the API's names.
    pub about: Map<String, Value>,
}

impl ApiSettings {
    /// What a configuration says (`api_endpoint`, `api_key`, `experiment_id`, `api_timeout_secs`,
    /// `api_stop_wait_secs`, `api_spool`, `ca_bundle`). `state_directory` is the user's, such as
    /// `~/.local/state/codecarbon`; the spool is a directory in it.
    pub fn from_config(config: &Config, state_directory: Option<&Path>) -> Self {
        Self {
            endpoint: config.api_endpoint.clone(),
            token: config.api_key.clone(),
            experiment_id: config.experiment_id.clone(),
            limits: CallLimits::from_config(config),
            stop_wait: config.api_stop_wait_secs.duration(),
            spool: state_directory.filter(|_| config.api_spool).map(spool_directory),
            about: Map::new(),
        }
    }
}

/// Where the spool is in a user's state directory.
pub fn spool_directory(state_directory: &Path) -> PathBuf {
    state_directory.join("spool")
}

/// What was told of a run by a program that was cut short.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Told {
    /// Bounds of the energy, kWh with PUE.
    pub energy_kwh: (f64, f64),
    /// Bounds of the emissions, kg CO2e.
    pub emissions_kg: (f64, f64),
    /// Number of tasks.
    pub tasks: usize,
}

/// The moment up to which a run that was cut short is known.
#[derive(Debug)]
struct Past(Duration);

impl Clock for Past {
    fn now(&self) -> Instant {
        Instant { wall: self.0, ..SystemClock.now() }
    }
}

/// Sends a run to the CodeCarbon API: the run with its first row, then a row for each interval.
///
/// A record costs one write to the spool; sending is the outbox's, in the background. Only the end of
/// a run waits, and only while its rows can be hoped to arrive.
pub struct ApiSink {
    settings: ApiSettings,
    outbox: Outbox,
    clock: Arc<dyn Clock>,
    interval: Interval,
    /// How far the run can be trusted, and how much of that its rows have told.
    bounds: Option<Bounds>,
    told: Bounds,
    tasks: Tasks,
    /// Where its figures come from, until it is registered.
    sources: Option<Value>,
    head: Option<RunHead>,
    is_attached: bool,
    /// What the server called the run when it ended.
    last_server_id: Option<String>,
}

impl ApiSink {
    /// A sink for one run of this process, as the configuration says; see
    /// [`ApiSettings::from_config`].
    pub fn new(config: &Config, state_directory: Option<&Path>) -> Self {
        Self::with_settings(ApiSettings::from_config(config, state_directory))
    }

    /// A sink for one run, that sends through the outbox of this process.
    pub fn with_settings(settings: ApiSettings) -> Self {
        let outbox = Outbox::of_this_process(settings.spool.as_deref());
        Self::over(outbox, settings)
    }

    /// A sink for one run, that sends through the given outbox; [`ApiSettings::spool`] is the
    /// outbox's own affair then.
    pub fn over(outbox: Outbox, settings: ApiSettings) -> Self {
        Self {
            settings,
            outbox,
            clock: Arc::new(SystemClock),
            interval: Interval::default(),
            bounds: None,
            told: Bounds::default(),
            tasks: Tasks::default(),
            sources: None,
            head: None,
            is_attached: false,
            last_server_id: None,
        }
    }

    /// The same for the rest of a run that was cut short, which is known up to `ended` (since the Unix
    /// epoch), and of which something may be told already.
    #[must_use]
    pub fn for_the_rest(mut self, told: &Told, ended: Duration) -> Self {
        self.told = Bounds::from(told);
        self.tasks = Tasks::told(told.tasks);
        self.clock = Arc::new(Past(ended));
        self
    }

    /// Wakes the outbox, so that the first record finds it ready. A run does this when it begins.
    pub fn prepare(&mut self) {
        if !self.outbox.is_of_this_process() {
            // A forked child: the rest of the interval is the parent's.
            self.outbox = Outbox::of_this_process(self.settings.spool.as_deref());
            self.interval = Interval::default();
            self.told = self.bounds.unwrap_or_default();
            self.tasks.forget();
            self.is_attached = false;
        }
        if !self.is_attached {
            self.is_attached = true;
            let token = self.settings.token.as_ref().map(Token::of);
            let endpoint = base_of(&self.settings.endpoint);
            self.outbox.attach(endpoint, token, self.settings.limits.clone());
        }
    }

    /// The id that the server gave the run, once it is known.
    pub fn server_run_id(&self) -> Option<String> {
        let known = || self.outbox.server_id(&self.head.as_ref()?.key);
        self.last_server_id.clone().or_else(known)
    }

    fn take(&mut self, total: &EmissionsRecord, delta: &EmissionsRecord, last: bool) -> Delivery {
        self.prepare();
        self.interval.add(delta);
        if let Some(mut row) = self.interval.take(last) {
            let now = self.clock.now().wall;
            row.timestamp = utc_timestamp(now);
            row.id = Some(Uuid::new_v4().to_string());
            if let Some(bounds) = self.bounds {
                bounds.tell(&mut self.told, &mut row);
            }
            row.tasks = self.tasks.take();
            let sources = &mut self.sources;
            let head = self.head.get_or_insert_with(|| {
                let began = now.saturating_sub(seconds(total.duration));
                let mut head = head_of(&self.settings, total, utc_timestamp(began));
                head.about.sources = sources.take();
                head
            });
            self.outbox.put(head, &row, now.as_secs_f64());
        }
        Delivery { notices: self.outbox.take_news(), ..Delivery::default() }
    }

    fn detach(&mut self) {
        if self.is_attached && self.outbox.is_of_this_process() {
            self.is_attached = false;
            self.outbox.detach(self.head.as_ref().map(|head| &head.key));
        }
    }
}

impl Sink for ApiSink {
    fn begin(&mut self, _: &Observer) {
        self.prepare();
    }

    fn hear(&mut self, behind: &Outcome) {
        self.prepare();
        self.bounds = Some(Bounds::of(behind));
        self.tasks.hear(behind);
        if self.head.is_none() {
            self.sources = Some(sources(behind));
        }
    }

    fn out(
        &mut self,
        total: &EmissionsRecord,
        delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        Ok(self.take(total, delta, true))
    }

    fn live_out(
        &mut self,
        total: &EmissionsRecord,
        delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        Ok(self.take(total, delta, false))
    }

    /// Waits for what is on its way, at most `api_stop_wait_secs`, and says what stays.
    fn exit(&mut self) -> Vec<String> {
        if !self.is_attached || !self.outbox.is_of_this_process() {
            return Vec::new();
        }
        let mut notices = match &self.head {
            Some(head) => self.outbox.settle(&head.key, self.settings.stop_wait),
            None => self.outbox.take_news(),
        };
        if self.tasks.left() > 0 {
            let left = self.tasks.left();
            notices.push(format!("api: {left} tasks are not told; a record carries 1,000"));
        }
        self.last_server_id = self.server_run_id();
        self.detach();
        notices
    }
}

impl Drop for ApiSink {
    fn drop(&mut self) {
        self.detach();
    }
}

impl fmt::Debug for ApiSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiSink").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn head_of(settings: &ApiSettings, record: &EmissionsRecord, began: String) -> RunHead {
    let about = about_run(record, began, &settings.experiment_id);
    RunHead {
        key: RunKey {
            run_id: record.run_id.clone(),
            endpoint: base_of(&settings.endpoint).to_owned(),
        },
        token: settings.token.as_ref().map(Token::of),
        about: with_fields(about, &settings.about),
    }
}

/// The description with some fields replaced; as it was if a field does not fit.
fn with_fields(about: RunIn, fields: &Map<String, Value>) -> RunIn {
    if fields.is_empty() {
        return about;
    }
    let Ok(Value::Object(mut all)) = serde_json::to_value(&about) else { return about };
    all.extend(fields.iter().map(|(name, value)| (name.clone(), value.clone())));
    serde_json::from_value(Value::Object(all)).unwrap_or(about)
}

fn seconds(duration_s: f64) -> Duration {
    Duration::try_from_secs_f64(duration_s).unwrap_or_default()
}
