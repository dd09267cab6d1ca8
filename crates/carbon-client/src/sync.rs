//! Sending what programs left behind, now and on the caller's thread.

use std::path::Path;
use std::time::Duration;

use carbon_sensors::Clock;
use carbon_tracker::config::Secret;

use crate::client::{CallLimits, base_of};
use crate::outbox::engine::{Engine, Step};
use crate::outbox::thread::Connections;
use crate::spool::{Amount, Directory, Spool, SpoolLimits, Token};

/// How hard is tried.
#[derive(Debug, Clone)]
pub struct SyncSettings {
    /// What calls may take, and whom they trust.
    pub limits: CallLimits,
    /// A server and the token that its project has now; tried where a server refuses the token with
    /// which a run was kept.
    pub access: Option<(String, Secret)>,
    /// Failures in a row after which an endpoint is left alone.
    pub tries: u32,
    /// Longest pause between them; a server that asks for a longer one is left alone too.
    pub longest_pause: Duration,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SyncReport {
    /// What arrived.
    pub sent: Amount,
    /// Runs of which something stays.
    pub left: Vec<LeftRun>,
    /// What the user should hear: records that were set aside or given up.
    pub notices: Vec<String>,
}

/// A run of which something stays.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftRun {
    /// The tracker's id of it.
    pub run_id: String,
    /// Base address of the API.
    pub endpoint: String,
    /// What stays.
    pub amount: Amount,
    /// Why.
    pub why: String,
}

/// Sends what lies in a spool directory and belongs to no program that still runs. Tells after each
/// answer what has been sent and what there was in all; `pause` waits between tries.
///
/// Blocks for as long as it takes: a call at most as long as the limits say, an endpoint that fails
/// as often as the settings say.
pub fn sync(
    directory: &Path,
    settings: &SyncSettings,
    clock: &dyn Clock,
    pause: &mut dyn FnMut(Duration),
    progress: &mut dyn FnMut(Amount, Amount),
) -> SyncReport {
    let Some(directory) = directory.is_dir().then(|| Directory::open(directory).ok()).flatten()
    else {
        return SyncReport::default();
    };
    let mut engine = Engine::new(Spool::new(Some(directory.path()), SpoolLimits::default()));
    let (endpoint, token) = settings
        .access
        .as_ref()
        .map_or(("", None), |(endpoint, token)| (base_of(endpoint), Some(Token::of(token))));
    engine.set_access(endpoint, token, settings.limits.clone());
    let now = clock.now().wall;
    directory.sweep(now);
    for left in directory.files().iter().filter_map(|path| Directory::take_over(path)) {
        engine.spool.adopt(&directory, left, now.as_secs_f64());
    }
    let all = total(&engine);
    progress(Amount::default(), all);
    let mut connections = Connections::default();
    loop {
        let now = clock.now();
        match engine.next(now) {
            Step::Call(call) => {
                let result = connections.make(&call, Some(&settings.limits));
                engine.finished(&call, result, clock.now());
                if engine.failures(&call.key.endpoint) >= settings.tries {
                    engine.leave(&call.key.endpoint);
                }
                progress(engine.sent, all);
            }
            Step::WaitUntil(due) => {
                let wait = due.saturating_sub(now.monotonic);
                if wait > settings.longest_pause {
                    break;
                }
                pause(wait);
            }
            Step::Idle => break,
        }
    }
    report(&mut engine)
}

fn total(engine: &Engine) -> Amount {
    engine.spool.runs_with_rows().fold(Amount::default(), |sum, run| sum.plus(run.amount()))
}

fn report(engine: &mut Engine) -> SyncReport {
    let mut left: Vec<LeftRun> = engine
        .spool
        .runs_with_rows()
        .map(|run| LeftRun {
            run_id: run.head.key.run_id.clone(),
            endpoint: run.head.key.endpoint.clone(),
            amount: run.amount(),
            why: run.fault().unwrap_or("the endpoint failed for another run").to_owned(),
        })
        .collect();
    left.sort_by(|a, b| a.run_id.cmp(&b.run_id));
    SyncReport { sent: engine.sent, left, notices: engine.spool.take_news() }
}
