//! Invitations into an organization. Whoever has an account is a member at once; others become one
//! when they sign up with that address, verified.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use carbon_api::v1::admin as wire;
use carbon_store::{Added, Invitation, InvitationId, OrganizationId, Role, Subject};

use super::super::organizations::add;
use super::super::v1::role_name;
use super::{Who, missing, time};
use crate::app::App;
use crate::audit::{Deed, Did};
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
) -> Result<Json<Vec<wire::InvitationItem>>, Problem> {
    let (caller, organization) = (caller?, OrganizationId::from(id?.0));
    app.allow(&caller, Action::ChangeMembers, Subject::Organization(organization)).await?;
    let open = app.store().invitations(organization, app.now()).await?;
    Ok(Json(open.into_iter().map(shown).collect()))
}

pub(super) async fn create(
    State(app): State<App>,
    caller: Who,
    id: Result<Id, Fault>,
    body: Result<Body, Fault>,
) -> Result<(StatusCode, Json<wire::InvitationAnswer>), Problem> {
    let (caller, organization) = (caller?, OrganizationId::from(id?.0));
    app.allow(&caller, Action::ChangeMembers, Subject::Organization(organization)).await?;
    caller.in_person()?;
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
    match add(&app, &caller, organization, email.clone(), role).await? {
        Added::Added(_) | Added::AlreadyMember(_) => {
            let status = wire::InvitationStatus::Member;
            return Ok((StatusCode::OK, Json(wire::InvitationAnswer { status, invitation: None })));
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
    let deed = Deed::of(Did::Invite, invitation.id).within(organization).with("role", role.name());
    app.noting(&caller, deed).invite(invitation.clone()).await?;
    let status = wire::InvitationStatus::Invited;
    let invitation = Some(shown(invitation));
    Ok((StatusCode::CREATED, Json(wire::InvitationAnswer { status, invitation })))
}

pub(super) async fn withdraw(
    State(app): State<App>,
    caller: Who,
    ids: Result<Ids, Fault>,
) -> Result<StatusCode, Problem> {
    let (caller, Ids(organization, id)) = (caller?, ids?);
    let organization = OrganizationId::from(organization);
    app.allow(&caller, Action::ChangeMembers, Subject::Organization(organization)).await?;
    let deed = Deed::of(Did::WithdrawInvitation, id).within(organization);
    let store = app.noting(&caller, deed);
    if store.withdraw_invitation(organization, InvitationId::from(id)).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(missing("Invitation").into())
}

fn shown(invitation: Invitation) -> wire::InvitationItem {
    wire::InvitationItem {
        id: invitation.id.to_string(),
        email: invitation.email,
        role: role_name(invitation.role),
        invited_by: invitation.invited_by.map(|id| id.to_string()),
        created: time(invitation.created),
        expires: time(invitation.expires),
    }
}
