//! `/v1/organizations`: what the caller belongs to, and what belongs to that.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use carbon_api::v1 as api;
use carbon_api::v1::admin as wire;
use carbon_store::{Group, GroupBy, OrganizationId, Scope, Subject, Window};

use super::super::asked::{Asked, cursor_text, known, paging, window};
use super::super::shown::{figures, time};
use super::{missing, shown};
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::body::{Id, Query};
use crate::fault::Problem;
use crate::rights::Action;
use crate::sign_in::Caller;
use crate::wire::Optional;

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/v1/organizations", get(list))
        .route("/v1/organizations/{id}", get(read).delete(delete))
        .route("/v1/organizations/{id}/projects", get(projects))
}

async fn list(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(query): Asked<Query>,
) -> Result<Json<api::Page<wire::OwnOrganization>>, Problem> {
    let person = caller.signed_in()?;
    let mut query = known(query, &["limit", "after"]);
    let paging = paging(&mut query);
    query.finish(|| Some(()))?;
    let Some(person) = person else {
        return Ok(Json(api::Page { items: Vec::new(), next: None }));
    };
    let found = app.store().standings(person.id, paging).await?;
    let items = found.items.into_iter().map(shown::organization).collect();
    Ok(Json(api::Page { items, next: found.next.map(cursor_text) }))
}

async fn read(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(Id(id)): Asked<Id>,
) -> Result<Json<wire::OwnOrganization>, Problem> {
    let id = OrganizationId::from(id);
    app.allow(&caller, Action::ReadOrganization, Subject::Organization(id)).await?;
    let found = app.store().standing(id, caller.person()?.id).await?;
    Ok(Json(shown::organization(found.ok_or_else(|| missing("Organization"))?)))
}

/// Deletes an organization with all it has. Answered at once: space is freed in the background.
async fn delete(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(Id(id)): Asked<Id>,
) -> Result<StatusCode, Problem> {
    let id = OrganizationId::from(id);
    app.allow(&caller, Action::DeleteOrganization, Subject::Organization(id)).await?;
    caller.in_person()?;
    let name = app.store().organization(id).await?.map(|organization| organization.name);
    // In the log of the server: nobody can read that of the organization any more.
    let deed = Deed::of(Did::DeleteOrganization, id).with_some("name", name);
    app.noting(&caller, deed).delete_organization(id, app.now()).await?;
    app.tokens().forget();
    Ok(StatusCode::NO_CONTENT)
}

async fn projects(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(Id(id)): Asked<Id>,
    Asked(query): Asked<Query>,
) -> Result<Json<api::Page<wire::ProjectRow>>, Problem> {
    let id = OrganizationId::from(id);
    app.allow(&caller, Action::ReadOrganization, Subject::Organization(id)).await?;
    let mut query = known(query, &["search", "start", "end", "limit", "after"]);
    let search = query.text("search", Optional::Yes).unwrap_or_default();
    let window = window(&mut query).unwrap_or(Window::ALL);
    let paging = paging(&mut query);
    query.finish(|| Some(()))?;
    let store = app.store();
    let found = store.projects_like(id, &search, paging).await?;
    let scope = Scope::Organization(id);
    let mut sums = store.sums_by(scope, GroupBy::Project, window).await?;
    let items = found.items.into_iter().map(|project| {
        let sums = sums.remove(&Group::Project(project.id)).unwrap_or_default();
        wire::ProjectRow {
            id: project.id.to_string(),
            name: project.name,
            description: project.description,
            organization_id: project.organization_id.to_string(),
            public: project.is_public,
            created: time(project.created),
            figures: figures(&sums),
        }
    });
    Ok(Json(api::Page { items: items.collect(), next: found.next.map(cursor_text) }))
}
