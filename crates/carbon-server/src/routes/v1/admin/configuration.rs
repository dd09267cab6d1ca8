//! `GET /v1/projects/{id}/configuration`: what a client of the project is configured with.

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use carbon_store::{ExperimentId, Paging, ProjectId, Subject};

use super::super::asked::{Asked, known};
use super::missing;
use crate::app::App;
use crate::body::{Id, Query};
use crate::configuration::ClientConfiguration;
use crate::fault::{Fault, Problem};
use crate::rights::Action;
use crate::sign_in::Caller;
use crate::sign_in::place::Base;
use crate::wire::Optional;

/// The route.
pub(super) fn router() -> Router<App> {
    Router::new().route("/v1/projects/{id}/configuration", get(read))
}

/// For the experiment of the query, else for the first one of the project. The token is left out:
/// whoever has one adds it as `api_key`.
async fn read(
    State(app): State<App>,
    base: Base,
    Asked(caller): Asked<Caller>,
    Asked(Id(id)): Asked<Id>,
    Asked(query): Asked<Query>,
) -> Result<Response, Problem> {
    let project = ProjectId::from(id);
    app.allow(&caller, Action::ReadConfiguration, Subject::Project(project)).await?;
    let mut query = known(query, &["experiment"]);
    let wanted = query.uuid("experiment", Optional::Yes).map(ExperimentId::from);
    query.finish(|| Some(()))?;
    let found = app.store().project(project).await?.ok_or_else(|| missing("Project"))?;
    let configuration = ClientConfiguration {
        api_endpoint: base.as_str().to_owned(),
        organization: found.organization_id,
        project,
        experiment: experiment(&app, project, wanted).await?,
        api_key: None,
    };
    let text = [(CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((text, configuration.to_string()).into_response())
}

async fn experiment(
    app: &App,
    project: ProjectId,
    wanted: Option<ExperimentId>,
) -> Result<Option<ExperimentId>, Fault> {
    let Some(wanted) = wanted else {
        let found = app.store().experiments_of(project, Paging::first(1)).await?;
        return Ok(found.items.first().map(|experiment| experiment.id));
    };
    let found = app.store().experiment(wanted).await?;
    let found = found.filter(|experiment| experiment.project_id == project);
    found.map(|experiment| Some(experiment.id)).ok_or_else(|| missing("Experiment"))
}
