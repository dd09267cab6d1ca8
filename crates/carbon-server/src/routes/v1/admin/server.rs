//! `GET /v1/server`: what a client has to know before anybody signs in. Nothing of it is secret.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use carbon_api::v1::admin as wire;

use super::super::asked::{Asked, LONGEST_PAGE, known};
use crate::app::App;
use crate::body::Query;
use crate::fault::Problem;
use crate::settings::Auth;
use crate::sign_in::place::Base;

/// The route.
pub(super) fn router() -> Router<App> {
    Router::new().route("/v1/server", get(read))
}

async fn read(
    State(app): State<App>,
    base: Base,
    Asked(query): Asked<Query>,
) -> Result<Json<wire::ServerInfo>, Problem> {
    known(query, &[]).finish(|| Some(()))?;
    let settings = app.settings();
    let auth = match settings.auth {
        Auth::None => wire::AuthName::None,
        Auth::Local(_) => wire::AuthName::Local,
        Auth::Oidc(_) => wire::AuthName::Oidc,
    };
    let is_local = auth == wire::AuthName::Local;
    Ok(Json(wire::ServerInfo {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        auth,
        public_url: base.as_str().to_owned(),
        features: wire::Features {
            passwords: is_local,
            command_sign_in: is_local,
            provider_sign_in: auth == wire::AuthName::Oidc,
            private_webhooks: settings.has_private_webhooks,
            board: settings.is_board,
        },
        limits: wire::ServerLimits {
            bulk_rows: carbon_store::MAX_BATCH_ROWS,
            bulk_bytes: settings.longest_bulk_body,
            page_items: LONGEST_PAGE as u32,
        },
        board: settings.is_board.then(|| board(&app)),
    }))
}

fn board(app: &App) -> wire::BoardInfo {
    let shown = app.board().shown();
    wire::BoardInfo {
        // A board that was started anew shows something else than the one before it.
        revision: format!("{}-{}", app.started().micros(), shown.times),
        is_ready: shown.times > 0,
        runs: shown.runs as u64,
        faults: shown.faults,
        fault_count: shown.fault_count as u64,
    }
}
