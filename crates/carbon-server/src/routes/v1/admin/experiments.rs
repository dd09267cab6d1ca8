//! `PATCH` and `DELETE /v1/experiments/{id}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::patch;
use axum::{Json, Router};
use carbon_store::{ExperimentChange, ExperimentId, Subject};

use super::super::asked::{Asked, Sent};
use super::super::shown::experiment;
use super::{missing, only};
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::body::{Body, Id};
use crate::fault::Problem;
use crate::rights::Action;
use crate::sign_in::Caller;
use crate::wire::Optional;

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new().route("/v1/experiments/{id}", patch(update).delete(remove))
}

const FIELDS: [&str; 8] = [
    "name",
    "description",
    "country_name",
    "country_iso_code",
    "region",
    "on_cloud",
    "cloud_provider",
    "cloud_region",
];

async fn update(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(Id(id)): Asked<Id>,
    Sent(body): Sent<Body>,
) -> Result<Json<carbon_api::Experiment>, Problem> {
    let id = ExperimentId::from(id);
    let access = app.allow(&caller, Action::UpdateExperiment, Subject::Experiment(id)).await?;
    let mut body = only(body, &FIELDS);
    let on_cloud = body.boolean("on_cloud", Optional::Yes);
    let mut text = |name| body.text(name, Optional::Yes);
    let change = ExperimentChange {
        name: text("name"),
        description: text("description"),
        country_name: text("country_name"),
        country_iso_code: text("country_iso_code"),
        region: text("region"),
        on_cloud,
        cloud_provider: text("cloud_provider"),
        cloud_region: text("cloud_region"),
    };
    body.finish(|| Some(()))?;
    let deed = Deed::of(Did::UpdateExperiment, id)
        .at(access)
        .with_some("project", access.and_then(|access| access.project_id))
        .with_some("name", change.name.as_deref());
    let changed = app.noting(&caller, deed).update_experiment(id, change).await?;
    Ok(Json(experiment(&app, changed.ok_or_else(|| missing("Experiment"))?)))
}

/// Deletes an experiment with its runs. Answered at once: space is freed in the background.
async fn remove(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(Id(id)): Asked<Id>,
) -> Result<StatusCode, Problem> {
    let id = ExperimentId::from(id);
    let access = app.allow(&caller, Action::DeleteExperiment, Subject::Experiment(id)).await?;
    let name = app.store().experiment(id).await?.map(|experiment| experiment.name);
    let deed = Deed::of(Did::DeleteExperiment, id)
        .at(access)
        .with_some("project", access.and_then(|access| access.project_id))
        .with_some("name", name);
    app.noting(&caller, deed).delete_experiment(id, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
