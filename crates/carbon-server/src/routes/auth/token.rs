//! What programs ask the small provider of this server: tokens, keys, its description.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::entry::{Entry, local_only};
use crate::app::App;
use crate::fault::Fault;
use crate::sign_in::issuer::{self, Refusal};
use crate::sign_in::place::Base;

pub(super) async fn description(State(app): State<App>, base: Base) -> Result<Json<Value>, Fault> {
    local_only(&app)?;
    Ok(Json(issuer::description(&base)))
}

pub(super) async fn keys(State(app): State<App>) -> Result<Json<Value>, Fault> {
    local_only(&app)?;
    Ok(Json(app.sign_in().issuer.key_set(&app).await?))
}

pub(super) async fn exchange(
    State(app): State<App>,
    base: Base,
    mut entry: Entry,
) -> Result<Response, Fault> {
    local_only(&app)?;
    let mut text = |name: &str| entry.text(name).unwrap_or_default();
    if text("client_id") != "codecarbon-cli" {
        return Ok(refusal(Refusal::Named("invalid_client")));
    }
    let result = match text("grant_type").as_str() {
        "authorization_code" => {
            let (code, verifier) = (text("code"), text("code_verifier"));
            issuer::exchange_code(&app, &base, &code, &verifier, &text("redirect_uri")).await
        }
        "refresh_token" => issuer::renew(&app, &base, &text("refresh_token")).await,
        "urn:ietf:params:oauth:grant-type:device_code" => {
            issuer::exchange_device_code(&app, &base, &text("device_code")).await
        }
        _ => Err(Refusal::Named("unsupported_grant_type")),
    };
    Ok(result.map_or_else(refusal, |tokens| Json(tokens).into_response()))
}

pub(super) async fn revoke(State(app): State<App>, mut entry: Entry) -> Result<StatusCode, Fault> {
    local_only(&app)?;
    issuer::revoke(&app, &entry.text("token").unwrap_or_default()).await?;
    Ok(StatusCode::OK)
}

/// A refusal in the shape of RFC 6749, section 5.2.
pub(super) fn refusal(refusal: Refusal) -> Response {
    match refusal {
        Refusal::Named(name) => {
            (StatusCode::BAD_REQUEST, Json(json!({ "error": name }))).into_response()
        }
        Refusal::Fault(fault) => fault.into_response(),
    }
}
