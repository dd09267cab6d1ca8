//! Metrics pushed to a Prometheus push gateway.
//!
//! Each run is a group of its own on the gateway, `job=<job>, run_id=<id>`, which it replaces as a
//! whole by PUT. So two trackers of one job do not overwrite each other, and dashboards that select
//! by `job` find both. The label is not `instance`, which a server that does not honour the labels of
//! its targets would rename.
//!
//! At the end the last figures stay, for a server that comes by later than the run lasts would never
//! see them; `codecarbon_run_active` tells that the run is over. Who does not want groups of past
//! runs to gather has them deleted at the end ([`AtEnd::Delete`]).

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use carbon_http::{Client, HttpError, Method, Policy, Request};
use carbon_model::EmissionsRecord;
use carbon_sensors::{Clock, SystemClock};
use carbon_tracker::config::{Config, Secret};
use carbon_tracker::sink::{Delivery, Sink, SinkError};

use super::exposition::Format;
use super::families::{RunState, families};
use crate::metrics::courier::Courier;
use crate::metrics::{
    ANSWER_LIMIT, CONNECT_LIMIT, ExportError, LONGEST_STOP_WAIT, Variables, set_variable,
};

const NAME: &str = "prometheus";

/// User name and password for the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// User name.
    pub user: String,
    /// Password.
    pub password: Secret,
}

/// What becomes of a run's metrics on the gateway when the run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AtEnd {
    /// They stay, with the last figures.
    #[default]
    Keep,
    /// They are deleted, whether a server has seen them or not.
    Delete,
}

/// Where metrics are pushed to, and how.
#[derive(Debug, Clone)]
pub struct PushSettings {
    /// Address of the gateway; `http` unless it says otherwise.
    pub url: String,
    /// Value of the label `job`.
    pub job: String,
    /// For gateways that ask who comes.
    pub credentials: Option<Credentials>,
    /// PEM file of certificate authorities, instead of the built-in ones.
    pub authorities: Option<PathBuf>,
    /// Longest time that the end of a run waits for the last figures to arrive.
    pub stop_wait: Duration,
    /// What becomes of the metrics when the run ends.
    pub at_end: AtEnd,
}

impl PushSettings {
    /// To a gateway under a job name, without credentials.
    pub fn new(url: impl Into<String>, job: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            job: job.into(),
            credentials: None,
            authorities: None,
            stop_wait: LONGEST_STOP_WAIT,
            at_end: AtEnd::Keep,
        }
    }

    /// By `prometheus_url`, `prometheus_keep`, `project_name`, `experiment_name` (which make the job), `ca_bundle` and
    /// `api_stop_wait_secs`, and the variables `PROMETHEUS_USERNAME` and `PROMETHEUS_PASSWORD`.
    pub fn from_config(config: &Config, variables: &Variables<'_>) -> Self {
        let job = format!("{}_{}", config.project_name, config.experiment_name);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let job: String = job.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
        Self {
            credentials: credentials(variables),
            authorities: config.ca_bundle.clone(),
            at_end: if config.prometheus_keep { AtEnd::Keep } else { AtEnd::Delete },
            stop_wait: config.api_stop_wait_secs.duration().min(LONGEST_STOP_WAIT),
            ..Self::new(config.prometheus_url.clone(), job)
        }
    }
}

/// Those of `PROMETHEUS_USERNAME` and `PROMETHEUS_PASSWORD`, if both are set.
pub(crate) fn credentials(variables: &Variables<'_>) -> Option<Credentials> {
    let user = set_variable(variables, "PROMETHEUS_USERNAME")?;
    let password = Secret::new(set_variable(variables, "PROMETHEUS_PASSWORD")?);
    Some(Credentials { user, password })
}

/// What the courier carries.
enum Errand {
    Put { url: String, text: String },
    Delete { url: String },
}

/// Pushes what a run has come to, at every record.
pub struct PushGateway {
    base: String,
    job: String,
    stop_wait: Duration,
    at_end: AtEnd,
    state: RunState,
    /// The run that has metrics on the gateway and has not ended.
    group: Option<String>,
    courier: Courier<Errand>,
}

impl PushGateway {
    /// A sink that has sent nothing yet and has no thread.
    ///
    /// # Errors
    /// The file of certificate authorities cannot be used.
    pub fn new(settings: PushSettings) -> Result<Self, HttpError> {
        let PushSettings { url, job, credentials, authorities, stop_wait, at_end } = settings;
        let policy = Policy {
            connect: CONNECT_LIMIT,
            total: ANSWER_LIMIT,
            authorities,
            ..Policy::default()
        };
        let client = Client::new(policy)?;
        let authorization = credentials.map(|c| {
            let pair = format!("{}:{}", c.user, c.password.expose());
            Secret::new(format!("Basic {}", STANDARD.encode(pair)))
        });
        let courier = Courier::new("codecarbon-push", move |errand: &Errand| {
            send(&client, errand, authorization.as_ref())
        });
        let base = if url.contains("://") { url } else { format!("http://{url}") };
        Ok(Self {
            base: base.trim_end_matches('/').to_owned(),
            job,
            stop_wait,
            at_end,
            state: RunState::default(),
            group: None,
            courier,
        })
    }

    /// Pushes the totals of a run and what the last interval has added.
    ///
    /// # Errors
    /// The system starts no thread.
    pub fn push(
        &mut self,
        total: &EmissionsRecord,
        delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        self.state.take(total, SystemClock.now().wall.as_secs_f64());
        self.state.take_interval(delta);
        self.post(&total.run_id)?;
        self.group = Some(total.run_id.clone());
        let notices = self
            .courier
            .news()
            .map(|fault| format!("{NAME}: {fault}; metrics are sent again while the run goes on"));
        Ok(Delivery { saved_to: None, notices: notices.into_iter().collect() })
    }

    fn post(&mut self, group: &str) -> Result<(), SinkError> {
        let url = group_url(&self.base, &self.job, group);
        let errand = Errand::Put { url, text: Format::Text.write(&families([&self.state])) };
        self.courier.post(errand).map_err(|error| SinkError::new(NAME, error))
    }
}

impl Sink for PushGateway {
    fn out(
        &mut self,
        total: &EmissionsRecord,
        delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        self.push(total, delta)
    }

    fn live_out(
        &mut self,
        total: &EmissionsRecord,
        delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        self.push(total, delta)
    }

    fn exit(&mut self) -> Vec<String> {
        let Some(group) = self.group.take() else { return Vec::new() };
        let what = match self.at_end {
            AtEnd::Keep => {
                self.state.end();
                // The newest errand wins: it holds all that the last record did.
                if let Err(error) = self.post(&group) {
                    return vec![error.to_string()];
                }
                "the last metrics did not arrive"
            }
            AtEnd::Delete => {
                let url = group_url(&self.base, &self.job, &group);
                if let Err(error) = self.courier.post(Errand::Delete { url }) {
                    return vec![SinkError::new(NAME, error).to_string()];
                }
                "the metrics of the run were not deleted"
            }
        };
        match self.courier.finish(self.stop_wait) {
            Ok(()) => Vec::new(),
            Err(Some(fault)) => vec![format!("{NAME}: {what}: {fault}")],
            Err(None) => {
                let waited_s = self.stop_wait.as_secs_f64();
                vec![format!("{NAME}: {what} within {waited_s} s: no answer from the gateway")]
            }
        }
    }
}

impl std::fmt::Debug for PushGateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let host = crate::metrics::error::host_of(&self.base);
        f.debug_struct("PushGateway")
            .field("host", &host)
            .field("job", &self.job)
            .finish_non_exhaustive()
    }
}

fn send(
    client: &Client,
    errand: &Errand,
    authorization: Option<&Secret>,
) -> Result<(), ExportError> {
    let mut request = match errand {
        Errand::Put { url, text } => {
            Request::with_body(Method::Put, url, Format::Text.media_type(), text.as_bytes())
        }
        Errand::Delete { url } => Request { method: Method::Delete, ..Request::get(url) },
    };
    if let Some(value) = authorization {
        request = request.header("authorization", value.expose());
    }
    let answer = client.send(&request)?;
    if answer.is_success() {
        return Ok(());
    }
    Err(ExportError::of_answer(request.url, &answer))
}

/// The address of a run's group.
fn group_url(base: &str, job: &str, run_id: &str) -> String {
    format!("{base}/metrics/{}/{}", label_path("job", job), label_path("run_id", run_id))
}

/// A label as part of a path; one that a path cannot hold goes in base64, as the gateway has it.
fn label_path(name: &str, value: &str) -> String {
    if value.is_empty() {
        return format!("{name}@base64/=");
    }
    if value.contains('/') {
        return format!("{name}@base64/{}", URL_SAFE.encode(value));
    }
    let mut path = format!("{name}/");
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                path.push(byte as char);
            }
            byte => {
                // Writing to a string cannot fail.
                let _ = write!(path, "%{byte:02X}");
            }
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_job_name_finds_its_way_into_the_path() {
        assert_eq!(group_url("http://g", "a job", "1"), "http://g/metrics/job/a%20job/run_id/1");
        assert_eq!(group_url("http://g", "", "1"), "http://g/metrics/job@base64/=/run_id/1");
        assert_eq!(
            group_url("http://g", "a/b?", "1"),
            "http://g/metrics/job@base64/YS9iPw==/run_id/1"
        );
    }

    #[test]
    fn the_job_is_project_and_experiment_as_the_reference_writes_it() {
        let config = Config { project_name: "my project/é".into(), ..Config::default() };
        let settings = PushSettings::from_config(&config, &|_| None);
        assert_eq!(settings.job, "my_project___base");
        assert_eq!(settings.credentials, None);
        assert_eq!(settings.at_end, AtEnd::Keep);
        let brief = Config { prometheus_keep: false, ..config };
        assert_eq!(PushSettings::from_config(&brief, &|_| None).at_end, AtEnd::Delete);
    }

    #[test]
    fn credentials_need_both_variables_and_are_never_shown() {
        let both = |name: &str| match name {
            "PROMETHEUS_USERNAME" => Some("u".to_owned()),
            "PROMETHEUS_PASSWORD" => Some("hidden".to_owned()),
            _ => None,
        };
        let settings = PushSettings::from_config(&Config::default(), &both);
        assert!(settings.credentials.is_some());
        assert!(!format!("{settings:?}").contains("hidden"));
        let one = |name: &str| both(name).filter(|value| value == "u");
        assert_eq!(PushSettings::from_config(&Config::default(), &one).credentials, None);
    }
}
