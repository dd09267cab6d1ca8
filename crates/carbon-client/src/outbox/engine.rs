//! What is sent next, and what its answer means. No threads, no network, no clock: these are handed
//! in, so that days of back-off pass in a test in no time.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use carbon_api::{EmissionIn, RunIn};
use carbon_http::HttpError;
use carbon_sensors::clock::Instant;
use uuid::Uuid;

use super::lane::Lane;
use crate::ApiError;
use crate::client::CallLimits;
use crate::spool::{Amount, RunHead, RunKey, RunState, Spool, Token};

/// A call that is due.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) key: RunKey,
    pub(crate) token: Option<Token>,
    pub(crate) what: What,
}

/// What a call sends.
#[derive(Debug, Clone)]
pub(crate) enum What {
    /// The run, before its first row.
    Run(Box<RunIn>),
    /// A row, with its id.
    Row(Uuid, Box<EmissionIn>),
}

/// What there is to do.
#[derive(Debug)]
pub(crate) enum Step {
    /// A call.
    Call(Call),
    /// Nothing before this time of the monotonic clock.
    WaitUntil(Duration),
    /// Nothing.
    Idle,
}

/// How a run stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// All its rows have arrived.
    Delivered,
    /// Its rows are on their way.
    Underway,
    /// They wait until the endpoint can be tried again; why it failed.
    Failing(String),
    /// Sending them is of no use until somebody changes something; why.
    Refused(String),
}

/// Endpoint, experiment and token: what a server allows to all runs or to none.
type Access = (String, String, Option<Token>);

/// The spool, and what is known of the endpoints.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) spool: Spool,
    lanes: BTreeMap<String, Lane>,
    /// Why an experiment is not sent to any more with a token.
    refusals: HashMap<Access, String>,
    /// The token and limits with which a program calls an endpoint now.
    access: HashMap<String, (Option<Token>, CallLimits)>,
    in_flight: Option<RunKey>,
    /// What has arrived.
    pub(crate) sent: Amount,
}

impl Engine {
    /// Over a spool.
    pub(crate) fn new(spool: Spool) -> Self {
        Self {
            spool,
            lanes: BTreeMap::new(),
            refusals: HashMap::new(),
            access: HashMap::new(),
            in_flight: None,
            sent: Amount::default(),
        }
    }

    /// How an endpoint is called by this program. What was refused is tried again with a new token.
    pub(crate) fn set_access(&mut self, endpoint: &str, token: Option<Token>, limits: CallLimits) {
        let before = self.access.get(endpoint).map(|(token, _)| token);
        if token.is_some() && before.is_some_and(|before| *before != token) {
            self.spool.unpark_all(endpoint);
        }
        self.access.insert(endpoint.to_owned(), (token, limits));
    }

    /// The limits of calls of an endpoint.
    pub(crate) fn limits(&self, endpoint: &str) -> Option<&CallLimits> {
        let own = self.access.get(endpoint).or_else(|| self.access.values().next());
        own.map(|(_, limits)| limits)
    }

    /// Takes a row.
    pub(crate) fn put(&mut self, head: &RunHead, row: &EmissionIn, at_unix_s: f64) {
        self.spool.put(head, row, at_unix_s);
        let access = self.spool.run(&head.key).map(|run| access_of(&run.head));
        if let Some(why) = access.and_then(|access| self.refusals.get(&access)) {
            let why = why.clone();
            self.park(&head.key, &why, at_unix_s);
        }
    }

    /// What to do now.
    pub(crate) fn next(&mut self, now: Instant) -> Step {
        let mut earliest = None;
        let mut ready = None;
        for endpoint in self.spool.endpoints() {
            let due = self.lanes.get(endpoint).map_or(Duration::ZERO, Lane::not_before);
            if due <= now.monotonic {
                ready = Some(endpoint.to_owned());
                break;
            }
            earliest = Some(earliest.map_or(due, |other: Duration| other.min(due)));
        }
        let Some(endpoint) = ready else { return earliest.map_or(Step::Idle, Step::WaitUntil) };
        let Some(run) = self.spool.next_run(&endpoint) else { return Step::Idle };
        let key = run.head.key.clone();
        let token = run.head.token.clone();
        let what = match run.server_id.clone() {
            None => What::Run(Box::new(run.head.about.clone())),
            Some(server_id) => match self.spool.first_row(&key, now.wall.as_secs_f64()) {
                Some((id, row)) => What::Row(id, Box::new(EmissionIn { run_id: server_id, ..row })),
                // It could not be read back, and was the last of its run.
                None => return self.next(now),
            },
        };
        self.in_flight = Some(key.clone());
        Step::Call(Call { key, token, what })
    }

    /// Takes the answer of a call; for a run, the id that the server gave it.
    pub(crate) fn finished(
        &mut self,
        call: &Call,
        result: Result<Option<String>, ApiError>,
        now: Instant,
    ) {
        self.in_flight = None;
        let lane = self.lanes.entry(call.key.endpoint.clone()).or_default();
        match (result, &call.what) {
            (Ok(Some(server_id)), What::Run(_)) => {
                lane.succeeded();
                self.spool.registered(&call.key, &server_id);
            }
            (Ok(_), What::Run(_)) => {}
            (Ok(_), What::Row(id, row)) => {
                lane.succeeded();
                self.sent = self.sent.plus(Amount {
                    rows: 1,
                    energy_kwh: row.energy_consumed.unwrap_or(0.0),
                    emissions_kg: row.emissions_sum.unwrap_or(0.0),
                });
                self.spool.done(&call.key, *id);
            }
            (Err(error), what) => self.failed(call, what, &error, now),
        }
    }

    fn failed(&mut self, call: &Call, what: &What, error: &ApiError, now: Instant) {
        let endpoint = &call.key.endpoint;
        let wall_s = now.wall.as_secs_f64();
        let lane = self.lanes.entry(endpoint.clone()).or_default();
        if error.is_passing() {
            let cut = matches!(error, ApiError::NoAnswer(HttpError::Cut { .. }));
            let why = error.to_string();
            lane.failed(now.monotonic, error.retry_after(), chance(), cut, why.clone());
            self.spool.fault(&call.key, &why, wall_s);
            self.spool.expire(endpoint, wall_s);
            return;
        }
        lane.succeeded();
        match (error, what) {
            (ApiError::Invalid { .. }, What::Row(id, _)) => {
                self.spool.set_aside(&call.key, *id, &error.to_string(), wall_s);
            }
            (ApiError::Refused { .. }, _) if self.signs_anew(call) => {}
            _ => self.refuse(call, error, wall_s),
        }
    }

    /// Signs a run with the token that this program has now for its endpoint, if it is another.
    fn signs_anew(&mut self, call: &Call) -> bool {
        let endpoint = &call.key.endpoint;
        let Some((Some(token), _)) = self.access.get(endpoint) else { return false };
        let is_other = Some(token) != call.token.as_ref();
        if is_other {
            self.spool.sign(&call.key, token);
        }
        is_other
    }

    /// Keeps what a server will not have: a run, if it may be that run alone, else all that have the
    /// same right.
    fn refuse(&mut self, call: &Call, error: &ApiError, wall_s: f64) {
        let Some(run) = self.spool.run(&call.key) else { return };
        let access = access_of(&run.head);
        let why = advised(error, call);
        // Of a run that a server has lost, it says the same as of a token that it does not know.
        let is_of_run = matches!(
            (error, &call.what),
            (ApiError::Refused { .. } | ApiError::NotFound { .. }, What::Row(..))
                | (ApiError::Invalid { .. }, What::Run(_))
        );
        if is_of_run {
            let run_id = &call.key.run_id;
            self.spool.tell(format!("api: run {run_id} is kept and not sent: {why}"));
            self.park(&call.key, &why, wall_s);
        } else {
            let is_same = |run: &&RunState| access_of(&run.head) == access;
            let runs = self.spool.runs_with_rows().filter(is_same);
            let keys: Vec<RunKey> = runs.map(|run| run.head.key.clone()).collect();
            for key in &keys {
                self.park(key, &why, wall_s);
            }
            if self.refusals.insert(access, why.clone()).is_none() {
                self.spool.tell(format!("api: {why}; until then nothing is sent, and all is kept"));
            }
        }
        self.spool.expire(&call.key.endpoint, wall_s);
    }

    fn park(&mut self, key: &RunKey, why: &str, wall_s: f64) {
        self.spool.park(key);
        self.spool.fault(key, why, wall_s);
    }

    /// How a run stands.
    pub(crate) fn standing(&self, key: &RunKey, now: Duration) -> Standing {
        let Some(run) = self.spool.run(key).filter(|run| run.is_waiting()) else {
            return Standing::Delivered;
        };
        if run.is_parked() {
            return Standing::Refused(run.fault().unwrap_or_default().to_owned());
        }
        let is_tried = self.in_flight.as_ref().is_some_and(|k| k.endpoint == key.endpoint);
        let failing = self.lanes.get(&key.endpoint).and_then(|lane| lane.failing(now));
        match failing {
            Some(why) if !is_tried => Standing::Failing(why.to_owned()),
            _ => Standing::Underway,
        }
    }

    /// Tries an endpoint once more at the end of a run, if its last failure is long past.
    pub(crate) fn nudge(&mut self, endpoint: &str, now: Duration) {
        if let Some(lane) = self.lanes.get_mut(endpoint) {
            lane.nudge(now);
        }
    }

    /// Leaves an endpoint alone.
    pub(crate) fn leave(&mut self, endpoint: &str) {
        self.spool.park_all(endpoint);
    }

    /// Failures in a row of an endpoint.
    pub(crate) fn failures(&self, endpoint: &str) -> u32 {
        self.lanes.get(endpoint).map_or(0, Lane::failures)
    }
}

fn access_of(head: &RunHead) -> Access {
    (head.key.endpoint.clone(), head.about.experiment_id.clone(), head.token.clone())
}

/// What happened, and what can be done about it.
fn advised(error: &ApiError, call: &Call) -> String {
    let is_row = matches!(call.what, What::Row(..));
    let advice = match error {
        ApiError::Refused { .. } if call.token.is_none() => "set api_key to a token of the project",
        ApiError::Refused { .. } if is_row => "check api_key, and whether the run is still there",
        ApiError::Refused { .. } => "check api_key and experiment_id",
        ApiError::NotFound { .. } if is_row => "check whether the run is still there",
        ApiError::NotFound { .. } => "check api_endpoint and experiment_id",
        ApiError::Invalid { .. } => "check experiment_id",
        _ => return error.to_string(),
    };
    format!("{error}: {advice}")
}

/// A random number from 0 to 1.
fn chance() -> f64 {
    f64::from((Uuid::new_v4().as_u128() >> 96) as u32) / f64::from(u32::MAX)
}
