//! Organizations and their members.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use carbon_api as wire;
use carbon_store::{Added, NewOrganization, OrganizationId, Paging, Role, Subject};
use serde_json::{Value, json};

use crate::answer;
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::body::{Body, Id, Query, is_address, window};
use crate::fault::Fault;
use crate::rights::Action;
use crate::sign_in::Caller;
use crate::wire::{Flaw, Optional, Place};

pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body(mut body): Body,
) -> Result<(StatusCode, Json<wire::Organization>), Fault> {
    let person = caller.person()?;
    let name = body.text("name", Optional::No);
    let description = body.text("description", Optional::No);
    let new = body.finish(|| {
        Some(NewOrganization {
            id: OrganizationId::new(),
            name: name?,
            description: description?,
            created: app.now(),
        })
    })?;
    let deed = Deed::of(Did::CreateOrganization, new.id).within(new.id).with("name", &new.name);
    let made = app.noting(&caller, deed).create_organization(new, person.id).await?;
    Ok((StatusCode::CREATED, Json(answer::organization(made))))
}

pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Vec<wire::Organization>>, Fault> {
    let Some(person) = caller.signed_in()? else { return Ok(Json(Vec::new())) };
    let found = app.store().organizations_of(person.id, Paging::ALL).await?;
    Ok(Json(found.items.into_iter().map(answer::organization).collect()))
}

pub(super) async fn read(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<wire::Organization>, Fault> {
    let id = OrganizationId::from(id);
    app.allow(&caller, Action::ReadOrganization, Subject::Organization(id)).await?;
    let found = app.store().organization(id).await?.ok_or_else(gone)?;
    Ok(Json(answer::organization(found)))
}

pub(super) async fn update(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Body(mut body): Body,
) -> Result<Json<wire::Organization>, Fault> {
    let id = OrganizationId::from(id);
    app.allow(&caller, Action::UpdateOrganization, Subject::Organization(id)).await?;
    let name = body.text("name", Optional::Yes);
    let description = body.text("description", Optional::Yes);
    body.finish(|| Some(()))?;
    let deed = Deed::of(Did::UpdateOrganization, id).within(id).with_some("name", name.as_deref());
    let changed = app.noting(&caller, deed).update_organization(id, name, description).await?;
    Ok(Json(answer::organization(changed.ok_or_else(gone)?)))
}

pub(super) async fn sums(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    query: Query,
) -> Result<Json<wire::OrganizationReport>, Fault> {
    let window = window(&app, query)?;
    let id = OrganizationId::from(id);
    app.allow(&caller, Action::ReadOrganizationSums, Subject::Organization(id)).await?;
    let (organization, sums) = app.store().organization_sums(id, window).await?.ok_or_else(gone)?;
    Ok(Json(answer::organization_report(organization, &sums)))
}

pub(super) async fn members(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Vec<wire::OrganizationUser>>, Fault> {
    let organization = OrganizationId::from(id);
    app.allow(&caller, Action::ListMembers, Subject::Organization(organization)).await?;
    let members = app.store().members(organization).await?;
    let id = id.to_string();
    Ok(Json(members.into_iter().map(|member| answer::member(&id, member)).collect()))
}

pub(super) async fn add_member(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Body(mut body): Body,
) -> Result<Json<Value>, Fault> {
    let id = OrganizationId::from(id);
    app.allow(&caller, Action::ChangeMembers, Subject::Organization(id)).await?;
    caller.in_person()?;
    let email = body.text("email", Optional::No);
    if let Some(email) = email.as_deref().filter(|email| !is_address(email)) {
        let words = "value is not a valid email address";
        body.flaw(Flaw::of_field("value_error", Place::Body, "email", words, &email.into()));
    }
    let email = body.finish(|| email)?;
    let unknown = Fault::NotFound(format!("User {email} not found"));
    match add(&app, &caller, id, email, Role::Member).await? {
        Added::Added(_) | Added::AlreadyMember(_) => Ok(Json(json!({ "status": "ok" }))),
        Added::NoSuchUser => Err(unknown),
        Added::NoSuchOrganization => Err(gone()),
    }
}

/// Makes the person of an address a member.
pub(super) async fn add(
    app: &App,
    caller: &Caller,
    organization: OrganizationId,
    email: String,
    role: Role,
) -> Result<Added, Fault> {
    let known = app.store().user_by_email(&email).await?;
    let known = known.map(|user| user.id.to_string()).unwrap_or_default();
    let deed = Deed::of(Did::AddMember, known).within(organization).with("role", role.name());
    Ok(app.noting(caller, deed).add_member(organization, email, role, app.now()).await?)
}

/// It was deleted since it was asked for.
fn gone() -> Fault {
    Fault::Forbidden("Operation not authorized on organization".to_owned())
}
