//! Whether the server is there, alive, and able to serve.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::app::App;

/// How long the store has to show that it can commit.
const READY_WITHIN: Duration = Duration::from_secs(2);

/// For how long an answer holds, so that asking often costs the store nothing.
const FRESH_FOR: Duration = Duration::from_secs(1);

/// The last look at the store.
#[derive(Debug, Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, bool)>>);

/// `GET /`, as published.
pub(crate) fn root() -> Json<Value> {
    Json(json!({ "status": "OK" }))
}

/// `GET /healthz`: the process answers; nothing else is asked.
pub(crate) async fn alive() -> Json<Value> {
    Json(json!({ "status": "alive" }))
}

/// `GET /readyz`: the store commits.
pub(crate) async fn ready(State(app): State<App>) -> (StatusCode, Json<Value>) {
    if is_ready(&app).await {
        (StatusCode::OK, Json(json!({ "status": "ready" })))
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "the database does not answer" })))
    }
}

/// Who asks while somebody else is looking waits for that answer.
async fn is_ready(app: &App) -> bool {
    let mut last = app.readiness().0.lock().await;
    if let Some((seen, is_ready)) = *last
        && seen.elapsed() < FRESH_FOR
    {
        return is_ready;
    }
    let is_ready = matches!(timeout(READY_WITHIN, app.store().is_ready()).await, Ok(Ok(())));
    *last = Some((Instant::now(), is_ready));
    is_ready
}
