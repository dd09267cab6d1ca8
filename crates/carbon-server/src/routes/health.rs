//! `GET /`: that the server is there.

use axum::Json;
use serde_json::{Value, json};

pub(super) async fn root() -> Json<Value> {
    Json(json!({ "status": "OK" }))
}
