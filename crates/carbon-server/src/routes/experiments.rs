//! Experiments.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use carbon_api as wire;
use carbon_store::{Experiment, ExperimentId, Paging, Subject};
use uuid::Uuid;

use super::projects::readable;
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::body::{Body, Id, Query, window};
use crate::fault::Fault;
use crate::rights::{Action, rule_of};
use crate::sign_in::Caller;
use crate::wire::Optional;

pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(mut body): Body,
) -> Result<(StatusCode, Json<wire::Experiment>), Fault> {
    caller.signed_in()?;
    let name = body.text("name", Optional::No);
    let description = body.text("description", Optional::No);
    let project = body.uuid("project_id", Optional::No);
    // What a client says here is checked and, as always, replaced by the time of the server.
    body.time("timestamp", Optional::Yes);
    let country_name = body.text("country_name", Optional::Yes);
    let country_iso_code = body.text("country_iso_code", Optional::Yes);
    let region = body.text("region", Optional::Yes);
    let on_cloud = body.boolean("on_cloud", Optional::Yes).unwrap_or_default();
    let cloud_provider = body.text("cloud_provider", Optional::Yes);
    let cloud_region = body.text("cloud_region", Optional::Yes);
    let new = body.finish(|| {
        Some(Experiment {
            id: ExperimentId::new(),
            project_id: project?.into(),
            timestamp: app.now(),
            name: name?,
            description: description?,
            country_name,
            country_iso_code,
            region,
            on_cloud,
            cloud_provider,
            cloud_region,
        })
    })?;
    let subject = Subject::Project(new.project_id);
    let access = app.allow(&caller, Action::CreateExperiment, subject).await?;
    let deed = Deed::of(Did::CreateExperiment, new.id)
        .at(access)
        .with("project", new.project_id)
        .with("name", &new.name);
    let made = app.noting(&caller, deed).create_experiment(new).await?;
    let made =
        made.ok_or_else(|| Fault::Forbidden(rule_of(Action::CreateExperiment).refusal.into()))?;
    Ok((StatusCode::CREATED, Json(app.experiment(made))))
}

pub(super) async fn read(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<wire::Experiment>, Fault> {
    let experiment = readable_experiment(&app, &caller, id).await?;
    let found = app.store().experiment(experiment).await?.ok_or_else(|| not_found(id))?;
    Ok(Json(app.experiment(found)))
}

pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Vec<wire::Experiment>>, Fault> {
    let project = readable(&app, &caller, id).await?;
    let found = app.store().experiments_of(project, Paging::ALL).await?;
    Ok(Json(found.items.into_iter().map(|item| app.experiment(item)).collect()))
}

pub(super) async fn sums(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    query: Query,
) -> Result<Json<Vec<wire::ExperimentReport>>, Fault> {
    let window = window(&app, query)?;
    let project = readable(&app, &caller, id).await?;
    let found = app.store().experiment_sums(project, window).await?.unwrap_or_default();
    let reports = found.into_iter().map(|(of, sums)| app.experiment_report(of, &sums));
    Ok(Json(reports.collect()))
}

/// An experiment that is there and that the caller may read.
pub(super) async fn readable_experiment(
    app: &App,
    caller: &Caller,
    id: Uuid,
) -> Result<ExperimentId, Fault> {
    let experiment = ExperimentId::from(id);
    let subject = Subject::Experiment(experiment);
    let access = app.allow(caller, Action::ReadExperiment, subject).await?;
    access.map(|_| experiment).ok_or_else(|| not_found(id))
}

fn not_found(id: Uuid) -> Fault {
    Fault::NotFound(format!("Experiment {id} not found"))
}
