//! `GET /auth/check`: who asks. An account is made for a stranger, in one transaction with an
//! organization and a project of the person's own.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::app::App;
use crate::fault::Fault;
use crate::sign_in::{Caller, accounts};

pub(crate) async fn check(State(app): State<App>, caller: Caller) -> Result<Json<Value>, Fault> {
    let claims = match caller {
        Caller::Nobody | Caller::Reader(_) => Value::Null,
        Caller::Person { claims, .. } => claims,
        Caller::Stranger(identity) => {
            let claims = identity.claims.clone();
            accounts::sign_up(&app, identity).await?;
            claims
        }
    };
    Ok(Json(json!({ "user": claims })))
}
