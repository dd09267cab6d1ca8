//! Tokens of a project. The secret is told once, when it is made.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use carbon_api as wire;
use carbon_store::{NewProjectToken, ProjectId, ProjectTokenId, Subject};

use crate::app::App;
use crate::audit::{Deed, Did};
use crate::body::{Body, Id, Ids};
use crate::fault::Fault;
use crate::rights::{Action, rule_of};
use crate::sign_in::Caller;
use crate::token;
use crate::wire::{Bounds, Optional};

/// Access that a token has when nobody says which: it writes.
const WRITE: i64 = 2;

pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Body(mut body): Body,
) -> Result<(StatusCode, Json<wire::ProjectToken>), Fault> {
    let project = ProjectId::from(id);
    let access = app.allow(&caller, Action::CreateToken, Subject::Project(project)).await?;
    let name = body.text("name", Optional::Yes);
    let opens = body.integer("access", Optional::Yes, Bounds::between(1.0, 3.0));
    body.finish(|| Some(()))?;
    let (secret, digest) = token::mint()?;
    let new = NewProjectToken {
        id: ProjectTokenId::new(),
        project_id: project,
        name,
        digest,
        access: opens.unwrap_or(WRITE),
        created_by: caller.user_id(),
        created: app.now(),
        expires: None,
    };
    let deed = Deed::of(Did::CreateToken, new.id)
        .at(access)
        .with("project", project)
        .with_some("name", new.name.as_deref());
    let made = app.noting(&caller, deed).create_project_token(new).await?;
    let made = made.ok_or_else(|| Fault::Forbidden(rule_of(Action::CreateToken).refusal.into()))?;
    Ok((StatusCode::CREATED, Json(app.token(made, Some(secret)))))
}

pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Vec<wire::ProjectToken>>, Fault> {
    let project = ProjectId::from(id);
    app.allow(&caller, Action::ListTokens, Subject::Project(project)).await?;
    let tokens = app.store().project_tokens(project).await?;
    Ok(Json(tokens.into_iter().map(|token| app.token(token, None)).collect()))
}

pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Ids(project, id): Ids,
) -> Result<StatusCode, Fault> {
    let project = ProjectId::from(project);
    let access = app.allow(&caller, Action::ChangeToken, Subject::Project(project)).await?;
    let deed = Deed::of(Did::DeleteToken, id).at(access).with("project", project);
    let store = app.noting(&caller, deed);
    let was_there = store.delete_project_token(project, ProjectTokenId::from(id)).await?;
    app.tokens().forget();
    if was_there {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Fault::NotFound(format!("Project token {id} not found")))
    }
}
