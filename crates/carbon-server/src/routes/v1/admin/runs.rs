//! `DELETE /v1/runs/{id}`.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::delete;
use carbon_store::{RunId, Subject};

use super::super::asked::Asked;
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::body::Id;
use crate::fault::Problem;
use crate::rights::Action;
use crate::sign_in::Caller;

/// The route.
pub(super) fn router() -> Router<App> {
    Router::new().route("/v1/runs/{id}", delete(remove))
}

/// Deletes a run with its rows. Answered at once: space is freed in the background.
async fn remove(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(Id(id)): Asked<Id>,
) -> Result<StatusCode, Problem> {
    let id = RunId::from(id);
    let access = app.allow(&caller, Action::DeleteRun, Subject::Run(id)).await?;
    let deed = Deed::of(Did::DeleteRun, id)
        .at(access)
        .with_some("project", access.and_then(|access| access.project_id));
    app.noting(&caller, deed).delete_run(id, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
