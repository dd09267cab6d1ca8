//! A server of the API as small as it can be: runs, rows, and a key for each that counts once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use carbon_api::{EmissionIn, IDEMPOTENCY_KEY, RunIn, TOKEN_HEADER};
use carbon_testkit::http::{Heard, HttpServer, Reply};
use serde_json::json;
use uuid::Uuid;

/// What arrived.
#[derive(Debug, Default)]
pub(crate) struct Arrived {
    /// Runs by the key of their request: the id that they got, and what was said.
    pub(crate) runs: HashMap<String, (String, RunIn)>,
    /// Rows by the key of their request.
    pub(crate) rows: HashMap<String, EmissionIn>,
    /// Requests that repeated a key.
    pub(crate) repeated: usize,
    /// The tokens of all requests.
    pub(crate) tokens: Vec<Option<String>>,
}

/// A receiver that first asks a script: a reply of the script takes the place of the answer. With
/// status 201 and [`Reply::cut_after`] the request counts and only its answer is lost.
pub(crate) struct Receiver {
    pub(crate) server: HttpServer,
    arrived: Arc<Mutex<Arrived>>,
}

impl Receiver {
    /// One that does as it should.
    pub(crate) fn start() -> Self {
        Self::scripted(|_| None)
    }

    /// One that does as it should where the script says nothing.
    pub(crate) fn scripted(
        script: impl Fn(&Heard) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        let arrived = Arc::new(Mutex::new(Arrived::default()));
        let inner = Arc::clone(&arrived);
        let server = HttpServer::start(move |heard| match script(heard) {
            Some(reply) if reply.status == 201 && reply.cut_after.is_some() => {
                take(&mut lock(&inner), heard);
                reply
            }
            Some(reply) => reply,
            None => take(&mut lock(&inner), heard),
        });
        Self { server, arrived }
    }

    /// What arrived so far.
    pub(crate) fn arrived(&self) -> MutexGuard<'_, Arrived> {
        lock(&self.arrived)
    }

    /// Rows of the tracker's run, in the order of their energy.
    pub(crate) fn rows_of(&self, run_id: &str) -> Vec<EmissionIn> {
        let arrived = self.arrived();
        let Some((server_id, _)) = arrived.runs.get(run_id) else { return Vec::new() };
        let mut rows: Vec<EmissionIn> =
            arrived.rows.values().filter(|row| row.run_id == *server_id).cloned().collect();
        rows.sort_by(|a, b| a.energy_consumed.partial_cmp(&b.energy_consumed).expect("numbers"));
        rows
    }
}

fn take(arrived: &mut Arrived, heard: &Heard) -> Reply {
    let key = heard.header(IDEMPOTENCY_KEY).expect("each request has a key").to_owned();
    assert_eq!(heard.header("content-type"), Some("application/json"));
    arrived.tokens.push(heard.header(TOKEN_HEADER).map(str::to_owned));
    match heard.path.as_str() {
        "/runs" => {
            let run: RunIn = serde_json::from_slice(&heard.body).expect("a run");
            assert_eq!(run.id.as_ref(), Some(&key));
            arrived.repeated += usize::from(arrived.runs.contains_key(&key));
            let (id, run) =
                arrived.runs.entry(key).or_insert_with(|| (Uuid::new_v4().to_string(), run));
            let mut answer = serde_json::to_value(run).expect("plain values");
            answer["id"] = json!(id);
            Reply::json(201, answer.to_string())
        }
        "/emissions" => {
            let row: EmissionIn = serde_json::from_slice(&heard.body).expect("a row");
            assert_eq!(row.id.as_ref(), Some(&key));
            assert!(row.duration > 0, "the server takes whole seconds from one on");
            assert!(arrived.runs.values().any(|(id, _)| *id == row.run_id), "a run it knows");
            arrived.repeated += usize::from(arrived.rows.contains_key(&key));
            arrived.rows.entry(key.clone()).or_insert(row);
            Reply::json(201, json!(key).to_string())
        }
        _ => Reply::json(404, r#"{"detail":"Not Found"}"#),
    }
}

fn lock(arrived: &Mutex<Arrived>) -> MutexGuard<'_, Arrived> {
    arrived.lock().unwrap_or_else(PoisonError::into_inner)
}
