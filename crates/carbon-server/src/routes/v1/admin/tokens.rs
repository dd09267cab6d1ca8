//! `/v1/projects/{id}/tokens`: what programs write and read runs with. A secret is told once.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use carbon_api::v1 as api;
use carbon_api::v1::admin as wire;
use carbon_store::{NewProjectToken, Paging, ProjectId, ProjectTokenId, Subject, Timestamp};
use serde_json::Value;

use super::super::asked::{Asked, Sent, cursor_text, known, paging};
use super::super::shown::time;
use super::{BodyIfAny, missing, only, shown};
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::body::{Body, Id, Ids, Query};
use crate::fault::{Fault, Problem};
use crate::rights::Action;
use crate::sign_in::Caller;
use crate::token;
use crate::wire::{Fields, Flaw, Optional, Place};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/v1/projects/{id}/tokens", get(list).post(create))
        .route("/v1/projects/{id}/tokens/{token}", delete(remove))
        .route("/v1/projects/{id}/tokens/{token}/rotate", post(rotate))
        .route("/v1/projects/{id}/tokens/{token}/revoke", post(revoke))
}

/// Tokens that one project may have.
const AT_MOST: u32 = 1_000;

/// Longest name, in characters.
const LONGEST_NAME: usize = 200;

async fn list(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(Id(id)): Asked<Id>,
    Asked(query): Asked<Query>,
) -> Result<Json<api::Page<wire::Token>>, Problem> {
    let project = ProjectId::from(id);
    app.allow(&caller, Action::ListTokens, Subject::Project(project)).await?;
    let mut query = known(query, &["limit", "after"]);
    let paging = paging(&mut query);
    query.finish(|| Some(()))?;
    let (found, now) = (app.store().project_token_page(project, paging).await?, app.now());
    let items = found.items.into_iter().map(|(by, token)| shown::token(by, token, now));
    Ok(Json(api::Page { items: items.collect(), next: found.next.map(cursor_text) }))
}

async fn create(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(Id(id)): Asked<Id>,
    Sent(body): Sent<Body>,
) -> Result<(StatusCode, Json<wire::Token>), Problem> {
    let project = ProjectId::from(id);
    let access = app.allow(&caller, Action::CreateToken, Subject::Project(project)).await?;
    let mut body = only(body, &["name", "access", "expires"]);
    let name = name(&mut body);
    let opens = opens(&mut body);
    let expires = end(&mut body, app.now());
    let (name, opens) = body.finish(|| Some((name?, opens?)))?;
    let there = app.store().project_token_page(project, Paging::first(AT_MOST)).await?;
    if there.items.len() >= AT_MOST as usize {
        return Err(Fault::Conflict(format!("a project has {AT_MOST} tokens at most")).into());
    }
    let (secret, digest) = token::mint()?;
    let new = NewProjectToken {
        id: ProjectTokenId::new(),
        project_id: project,
        name: Some(name.clone()),
        digest,
        access: opens,
        created_by: caller.user_id(),
        created: app.now(),
        expires,
    };
    let deed = Deed::of(Did::CreateToken, new.id)
        .at(access)
        .with("project", project)
        .with("name", name)
        .with("access", opens)
        .with_some("expires", expires.map(time));
    let made = app.noting(&caller, deed).create_project_token(new).await?;
    let made = made.ok_or_else(|| missing("Project"))?;
    let by = caller.person().ok().map(|user| user.name.clone());
    let told = wire::Token { token: Some(secret), ..shown::token(by, made, app.now()) };
    Ok((StatusCode::CREATED, Json(told)))
}

/// Gives a token another secret. Its id, name and access stay, and so does its end unless another is
/// given; the secret until now opens nothing any more.
async fn rotate(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(Ids(project, id)): Asked<Ids>,
    BodyIfAny(body): BodyIfAny,
) -> Result<Json<wire::Token>, Problem> {
    let (project, id) = (ProjectId::from(project), ProjectTokenId::from(id));
    let access = app.allow(&caller, Action::ChangeToken, Subject::Project(project)).await?;
    let now = app.now();
    let mut body = only(body, &["expires"]);
    let is_told = body.values().contains_key("expires");
    let told = end(&mut body, now);
    body.finish(|| Some(()))?;
    let found = app.store().project_token_of(project, id).await?;
    let (by, token) = found.ok_or_else(|| missing("Token"))?;
    let expires = if is_told { told } else { token.expires };
    if token.is_revoked {
        return Err(revoked().into());
    }
    if expires.is_some_and(|expires| expires <= now) {
        let words = "the token has ended: say when it ends from now on";
        return Err(Fault::Conflict(words.to_owned()).into());
    }
    let (secret, digest) = token::mint()?;
    let deed = Deed::of(Did::RotateToken, id)
        .at(access)
        .with("project", project)
        .with_some("name", token.name.as_deref())
        .with_some("expires", expires.map(time));
    let store = app.noting(&caller, deed);
    let rotated = store.rotate_project_token(project, id, digest, expires).await?;
    app.tokens().forget();
    let rotated = rotated.ok_or_else(revoked)?;
    Ok(Json(wire::Token { token: Some(secret), ..shown::token(by, rotated, now) }))
}

/// Makes a token useless; it stays in the list.
async fn revoke(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(Ids(project, id)): Asked<Ids>,
) -> Result<StatusCode, Problem> {
    let store = changing(&app, &caller, project.into(), id.into(), Did::RevokeToken).await?;
    let was_there = store.revoke_project_token(project.into(), id.into()).await?;
    app.tokens().forget();
    if was_there { Ok(StatusCode::NO_CONTENT) } else { Err(missing("Token").into()) }
}

async fn remove(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(Ids(project, id)): Asked<Ids>,
) -> Result<StatusCode, Problem> {
    let store = changing(&app, &caller, project.into(), id.into(), Did::DeleteToken).await?;
    let was_there = store.delete_project_token(project.into(), id.into()).await?;
    app.tokens().forget();
    if was_there { Ok(StatusCode::NO_CONTENT) } else { Err(missing("Token").into()) }
}

/// The store for a change of a token, if the caller may make it and the token is there.
async fn changing(
    app: &App,
    caller: &Caller,
    project: ProjectId,
    id: ProjectTokenId,
    did: Did,
) -> Result<carbon_store::Store, Fault> {
    let access = app.allow(caller, Action::ChangeToken, Subject::Project(project)).await?;
    let found = app.store().project_token_of(project, id).await?;
    let (_, token) = found.ok_or_else(|| missing("Token"))?;
    let deed = Deed::of(did, id).at(access).with("project", project).with_some("name", token.name);
    Ok(app.noting(caller, deed))
}

fn revoked() -> Fault {
    Fault::Conflict("the token was revoked: make another one".to_owned())
}

fn name(body: &mut Fields) -> Option<String> {
    let name = body.text("name", Optional::No)?;
    if name.trim().is_empty() || name.chars().count() > LONGEST_NAME {
        let words = format!("String should have 1 to {LONGEST_NAME} characters");
        body.flaw(Flaw::of_field("string_length", Place::Body, "name", words, &name.into()));
        return None;
    }
    Some(name)
}

/// What a token opens, as the store keeps it; to write where nobody says.
fn opens(body: &mut Fields) -> Option<i64> {
    let Some(named) = body.text("access", Optional::Yes) else { return Some(2) };
    let opens = match named.as_str() {
        "read" => Some(1),
        "write" => Some(2),
        "read_write" => Some(3),
        _ => None,
    };
    if opens.is_none() {
        let words = "Input should be 'read', 'write' or 'read_write'";
        body.flaw(Flaw::of_field("enum", Place::Body, "access", words, &named.into()));
    }
    opens
}

/// When a token ends; none for never.
fn end(body: &mut Fields, now: Timestamp) -> Option<Timestamp> {
    let end = body.time("expires", Optional::Yes).map(Timestamp::from);
    if end.is_some_and(|end| end <= now) {
        let (words, input) = ("Value error, that time has passed", Value::Null);
        body.flaw(Flaw::of_field("value_error", Place::Body, "expires", words, &input));
    }
    end
}
