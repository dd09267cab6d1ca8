//! `/v1/organizations/{id}/members`: who belongs to an organization, as what, and how it ends.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, patch};
use axum::{Json, Router};
use carbon_api::v1 as api;
use carbon_api::v1::admin as wire;
use carbon_store::{MemberChange, OrganizationId, Role, Subject, TheirTokens, UserId};
use serde_json::Value;

use super::super::asked::{Asked, Sent, cursor_text, known, one_of, paging};
use super::{missing, only, shown};
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::body::{Body, Id, Ids, Query};
use crate::fault::{Fault, Problem};
use crate::rights::Action;
use crate::sign_in::Caller;
use crate::wire::{Flaw, Optional, Place};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/v1/organizations/{id}/members", get(list))
        .route("/v1/organizations/{id}/members/{user}", patch(change).delete(remove))
}

async fn list(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(Id(id)): Asked<Id>,
    Asked(query): Asked<Query>,
) -> Result<Json<api::Page<wire::MemberItem>>, Problem> {
    let id = OrganizationId::from(id);
    app.allow(&caller, Action::ListMembers, Subject::Organization(id)).await?;
    let mut query = known(query, &["limit", "after"]);
    let paging = paging(&mut query);
    query.finish(|| Some(()))?;
    let found = app.store().member_page(id, paging).await?;
    let items = found.items.into_iter().map(shown::member).collect();
    Ok(Json(api::Page { items, next: found.next.map(cursor_text) }))
}

/// Gives a member another role. The last admin stays one.
async fn change(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(Ids(organization, user)): Asked<Ids>,
    Sent(body): Sent<Body>,
) -> Result<StatusCode, Problem> {
    let (organization, user) = (OrganizationId::from(organization), UserId::from(user));
    app.allow(&caller, Action::ChangeMembers, Subject::Organization(organization)).await?;
    caller.in_person()?;
    let mut body = only(body, &["role"]);
    let named = body.text("role", Optional::No);
    let role = named.as_deref().and_then(Role::from_name);
    if let Some(named) = named.filter(|_| role.is_none()) {
        let words = "Input should be 'admin', 'member' or 'viewer'";
        let input = Value::from(named);
        body.flaw(Flaw::of_field("enum", Place::Body, "role", words, &input));
    }
    let role = body.finish(|| role)?;
    let deed = Deed::of(Did::ChangeMember, user).within(organization).with("role", role.name());
    answer(app.noting(&caller, deed).set_role(organization, user, role).await?)
}

/// Removes a member, or lets one go who says so. Everything that the person was let into as a member
/// is closed with the next request; project tokens that the person made are revoked, unless they are
/// to stay (`?tokens=keep`).
async fn remove(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(Ids(organization, user)): Asked<Ids>,
    Asked(query): Asked<Query>,
) -> Result<StatusCode, Problem> {
    let (organization, user) = (OrganizationId::from(organization), UserId::from(user));
    let (action, did) = if caller.user_id() == Some(user) {
        (Action::Leave, Did::Leave)
    } else {
        (Action::ChangeMembers, Did::RemoveMember)
    };
    app.allow(&caller, action, Subject::Organization(organization)).await?;
    caller.in_person()?;
    let mut query = known(query, &["tokens"]);
    let words = [("revoke", TheirTokens::Revoke), ("keep", TheirTokens::Keep)];
    let tokens = one_of(&mut query, "tokens", &words).unwrap_or(TheirTokens::Revoke);
    query.finish(|| Some(()))?;
    let kept = if tokens == TheirTokens::Keep { "kept" } else { "revoked" };
    let deed = Deed::of(did, user).within(organization).with("tokens", kept);
    let done = app.noting(&caller, deed).remove_member(organization, user, tokens).await?;
    app.tokens().forget();
    answer(done)
}

fn answer(change: MemberChange) -> Result<StatusCode, Problem> {
    match change {
        MemberChange::Done => Ok(StatusCode::NO_CONTENT),
        MemberChange::NotAMember => Err(missing("Member").into()),
        MemberChange::LastAdmin => {
            let words = "An organization keeps one admin who may sign in: make somebody else one";
            Err(Fault::Conflict(words.to_owned()).into())
        }
    }
}
