//! The part of the API that these commands use, in memory.

use std::sync::{Arc, Mutex, MutexGuard};

use carbon_testkit::http::{Heard, HttpServer, Reply};
use serde_json::{Value, json};

pub(super) struct FakeApi {
    server: HttpServer,
    rows: Arc<Mutex<Rows>>,
}

/// What the server holds.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) organizations: Vec<Value>,
    pub(super) projects: Vec<Value>,
    pub(super) experiments: Vec<Value>,
    pub(super) tokens: Vec<Value>,
    /// Answers every call, instead of what is asked for.
    pub(super) broken: Option<Reply>,
}

impl FakeApi {
    /// Believes the tokens of which `believes` says so.
    pub(super) fn new(believes: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        let rows = Arc::new(Mutex::new(Rows::default()));
        let inner = Arc::clone(&rows);
        let server = HttpServer::start(move |heard| {
            let token = heard.header("authorization").and_then(|h| h.strip_prefix("Bearer "));
            if !token.is_some_and(&believes) {
                return Reply::json(401, r#"{"detail":"JWKS validation of the token failed"}"#);
            }
            answer(&mut inner.lock().unwrap(), heard)
        });
        Self { server, rows }
    }

    pub(super) fn url(&self) -> String {
        self.server.url()
    }

    pub(super) fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap()
    }

    /// Requests so far, as `METHOD path`.
    pub(super) fn heard(&self) -> Vec<String> {
        self.server.heard().iter().map(|h| format!("{} {}", h.method, h.path)).collect()
    }
}

fn answer(rows: &mut Rows, heard: &Heard) -> Reply {
    if let Some(reply) = &rows.broken {
        return reply.clone();
    }
    let path: Vec<&str> = heard.path.trim_start_matches('/').split('/').collect();
    let list = |rows: &[Value], key: &str, id: &str| {
        let found: Vec<_> = rows.iter().filter(|row| row[key] == *id).cloned().collect();
        Reply::json(200, Value::from(found).to_string())
    };
    let one = |rows: &[Value], id: &str| match rows.iter().find(|row| row["id"] == *id) {
        Some(row) => Reply::json(200, row.to_string()),
        None => Reply::json(404, r#"{"detail":"not found"}"#),
    };
    match (heard.method.as_str(), path.as_slice()) {
        ("GET", ["auth", "check"]) => Reply::json(
            200,
            json!({ "user": { "sub": "1", "email": "ada@example.org" } }).to_string(),
        ),
        ("GET", ["organizations"]) => {
            Reply::json(200, Value::from(rows.organizations.clone()).to_string())
        }
        ("GET", ["organizations", id]) => one(&rows.organizations, id),
        ("GET", ["organizations", id, "projects"]) => list(&rows.projects, "organization_id", id),
        ("GET", ["projects", id]) => one(&rows.projects, id),
        ("GET", ["projects", id, "experiments"]) => list(&rows.experiments, "project_id", id),
        ("GET", ["experiments", id]) => one(&rows.experiments, id),
        ("POST", ["organizations"]) => made(&mut rows.organizations, "org", heard),
        ("POST", ["projects"]) => made(&mut rows.projects, "project", heard),
        ("POST", ["experiments"]) => made(&mut rows.experiments, "experiment", heard),
        ("POST", ["projects", id, "api-tokens"]) => {
            let mut row: Value = serde_json::from_slice(&heard.body).unwrap();
            let number = rows.tokens.len() + 1;
            row["id"] = format!("token-{number}").into();
            row["project_id"] = (*id).into();
            row["token"] = format!("cpt_secret-{number}").into();
            rows.tokens.push(row.clone());
            Reply::json(201, row.to_string())
        }
        _ => Reply::json(404, r#"{"detail":"Not Found"}"#),
    }
}

fn made(rows: &mut Vec<Value>, kind: &str, heard: &Heard) -> Reply {
    let mut row: Value = serde_json::from_slice(&heard.body).unwrap();
    row["id"] = format!("{kind}-{}", rows.len() + 1).into();
    rows.push(row.clone());
    Reply::json(201, row.to_string())
}
