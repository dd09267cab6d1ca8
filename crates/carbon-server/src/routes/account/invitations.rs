//! Invitations into an organization. Whoever has an account is a member at once; others become one
//! when they sign up with that address, verified.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use carbon_store::{Added, Invitation, InvitationId, OrganizationId, Role, Subject};
use serde_json::{Value, json};

use super::{Who, missing};
use crate::app::App;
use crate::body::{Body, Id, Ids, is_address};
use crate::fault::{Fault, Problem};
use crate::rights::Action;
use crate::wire::{Flaw, Optional, Place};

/// How long an invitation stands.
const STANDS_FOR: Duration = Duration::from_hours(24 * 14);

pub(super) async fn list(
    State(app): State<App>,
    caller: Who,
    id: Result<Id, Fault>,
) -> Result<Json<Vec<Value>>, Problem> {
    let (caller, organization) = (caller?, OrganizationId::from(id?.0));
    app.allow(&caller, Action::ChangeMembers, Subject::Organization(organization)).await?;
    let open = app.store().invitations(organization, app.now()).await?;
    Ok(Json(open.iter().map(|invitation| shown(&app, invitation)).collect()))
}

pub(super) async fn create(
    State(app): State<App>,
    caller: Who,
    id: Result<Id, Fault>,
    body: Result<Body, Fault>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let (caller, organization) = (caller?, OrganizationId::from(id?.0));
    app.allow(&caller, Action::ChangeMembers, Subject::Organization(organization)).await?;
    let Body(mut body) = body?;
    let email = body.text("email", Optional::No);
    if let Some(email) = email.as_deref().filter(|email| !is_address(email)) {
        let words = "value is not a valid email address";
        body.flaw(Flaw::of_field("value_error", Place::Body, "email", words, &email.into()));
    }
    let named = body.text("role", Optional::Yes);
    let role = named.as_deref().map_or(Some(Role::Member), Role::from_name);
    if role.is_none() {
        let (words, input) = ("Input should be 'admin', 'member' or 'viewer'", named.into());
        body.flaw(Flaw::of_field("enum", Place::Body, "role", words, &input));
    }
    let (email, role) = body.finish(|| Some((email?, role?))).map_err(Fault::from)?;
    let now = app.now();
    match app.store().add_member(organization, email.clone(), role, now).await? {
        Added::Added(_) | Added::AlreadyMember(_) => {
            return Ok((StatusCode::OK, Json(json!({ "status": "member" }))));
        }
        Added::NoSuchOrganization => return Err(missing("Organization").into()),
        Added::NoSuchUser => {}
    }
    let invitation = Invitation {
        id: InvitationId::new(),
        organization_id: organization,
        email,
        role,
        invited_by: caller.user_id(),
        created: now,
        expires: now.plus(STANDS_FOR),
    };
    app.store().invite(invitation.clone()).await?;
    let mut told = shown(&app, &invitation);
    told["status"] = "invited".into();
    Ok((StatusCode::CREATED, Json(told)))
}

pub(super) async fn withdraw(
    State(app): State<App>,
    caller: Who,
    ids: Result<Ids, Fault>,
) -> Result<StatusCode, Problem> {
    let (caller, Ids(organization, id)) = (caller?, ids?);
    let organization = OrganizationId::from(organization);
    app.allow(&caller, Action::ChangeMembers, Subject::Organization(organization)).await?;
    if app.store().withdraw_invitation(organization, InvitationId::from(id)).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(missing("Invitation").into())
}

fn shown(app: &App, invitation: &Invitation) -> Value {
    json!({
        "id": invitation.id.to_string(),
        "email": invitation.email,
        "role": invitation.role.name(),
        "invited_by": invitation.invited_by.map(|id| id.to_string()),
        "created": app.time(invitation.created),
        "expires": app.time(invitation.expires),
    })
}
