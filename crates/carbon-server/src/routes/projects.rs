//! Projects.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use carbon_api as wire;
use carbon_store::{NewProject, OrganizationId, Paging, ProjectChange, ProjectId, Subject};
use uuid::Uuid;

use crate::answer;
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::body::{Body, Id, Query, id_of, window};
use crate::fault::Fault;
use crate::rights::Action;
use crate::sign_in::Caller;
use crate::wire::Optional;

pub(super) async fn list_of(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Vec<wire::Project>>, Fault> {
    of_organization(&app, &caller, id).await
}

pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(mut query): Query,
) -> Result<Json<Vec<wire::Project>>, Fault> {
    caller.signed_in()?;
    let organization = query.text("organization", Optional::No);
    let organization = query.finish(|| organization)?;
    of_organization(&app, &caller, id_of(&organization)?).await
}

/// Whoever is no member sees an empty list, which existing clients rely on.
async fn of_organization(
    app: &App,
    caller: &Caller,
    id: Uuid,
) -> Result<Json<Vec<wire::Project>>, Fault> {
    caller.signed_in()?;
    let id = OrganizationId::from(id);
    match app.allow(caller, Action::ReadOrganization, Subject::Organization(id)).await {
        Ok(_) => {}
        Err(Fault::Forbidden(_)) => return Ok(Json(Vec::new())),
        Err(other) => return Err(other),
    }
    let found = app.store().projects_of(id, Paging::ALL).await?;
    let shown = found.items.into_iter().map(|project| answer::project(project, Vec::new()));
    Ok(Json(shown.collect()))
}

pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(mut body): Body,
) -> Result<(StatusCode, Json<wire::Project>), Fault> {
    caller.signed_in()?;
    let name = body.text("name", Optional::No);
    let description = body.text("description", Optional::No);
    let organization = body.uuid("organization_id", Optional::No);
    let new = body.finish(|| {
        Some(NewProject {
            id: ProjectId::new(),
            organization_id: organization?.into(),
            name: name?,
            description: description?,
            is_public: false,
            created: app.now(),
        })
    })?;
    let subject = Subject::Organization(new.organization_id);
    app.allow(&caller, Action::CreateProject, subject).await?;
    let deed =
        Deed::of(Did::CreateProject, new.id).within(new.organization_id).with("name", &new.name);
    let made =
        app.noting(&caller, deed).create_project(new).await?.ok_or_else(|| {
            Fault::Forbidden("Cannot add project to this organization.".to_owned())
        })?;
    Ok((StatusCode::CREATED, Json(answer::project(made, Vec::new()))))
}

pub(super) async fn read(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<wire::Project>, Fault> {
    let project = readable(&app, &caller, id).await?;
    let found = app.store().project(project).await?.ok_or_else(|| not_found(id))?;
    let experiments = app.store().experiment_ids(project).await?;
    let experiments = experiments.into_iter().map(|id| id.to_string()).collect();
    Ok(Json(answer::project(found, experiments)))
}

pub(super) async fn update(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Body(mut body): Body,
) -> Result<Json<wire::Project>, Fault> {
    let project = ProjectId::from(id);
    let access = app.allow(&caller, Action::UpdateProject, Subject::Project(project)).await?;
    let change = ProjectChange {
        name: body.text("name", Optional::Yes),
        description: body.text("description", Optional::Yes),
        is_public: body.boolean("public", Optional::Yes),
    };
    body.finish(|| Some(()))?;
    if change.is_public.is_some() {
        app.allow(&caller, Action::PublishProject, Subject::Project(project)).await?;
    }
    let deed = Deed::of(Did::UpdateProject, project)
        .at(access)
        .with_some("name", change.name.as_deref())
        .with_some("public", change.is_public);
    let changed = app.noting(&caller, deed).update_project(project, change).await?;
    Ok(Json(answer::project(changed.ok_or_else(|| not_found(id))?, Vec::new())))
}

pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Fault> {
    let project = ProjectId::from(id);
    let access = app.allow(&caller, Action::DeleteProject, Subject::Project(project)).await?;
    let name = app.store().project(project).await?.map(|project| project.name);
    let deed = Deed::of(Did::DeleteProject, project).at(access).with_some("name", name);
    app.noting(&caller, deed).delete_project(project, app.now()).await?;
    app.tokens().forget();
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn sums(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    query: Query,
) -> Result<Json<wire::ProjectReport>, Fault> {
    let window = window(&app, query)?;
    let project = readable(&app, &caller, id).await?;
    let found = app.store().project_sums(project, window).await?;
    let (project, sums) = found.ok_or_else(|| not_found(id))?;
    Ok(Json(answer::project_report(project, &sums)))
}

/// A project that is there and that the caller may read.
pub(super) async fn readable(app: &App, caller: &Caller, id: Uuid) -> Result<ProjectId, Fault> {
    let project = ProjectId::from(id);
    let access = app.allow(caller, Action::ReadProject, Subject::Project(project)).await?;
    access.map(|_| project).ok_or_else(|| not_found(id))
}

fn not_found(id: Uuid) -> Fault {
    Fault::NotFound(format!("Project not found: {id}"))
}
