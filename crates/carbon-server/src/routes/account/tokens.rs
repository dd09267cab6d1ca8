//! Personal access tokens: for commands, on machines without a browser. The secret is told once.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use carbon_api::v1::admin as wire;
use carbon_store::{AccessToken, AccessTokenId, Timestamp};
use serde_json::Value;

use super::{Who, missing, time};
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::body::{Body, Id};
use crate::fault::{Fault, Problem};
use crate::sign_in::PERSONAL;
use crate::sign_in::secret::mint;
use crate::wire::{Flaw, Optional, Place};

/// How long a token lasts where nobody says.
const USUAL: Duration = Duration::from_hours(24 * 90);

/// Tokens that one person may have.
const AT_MOST: usize = 100;

pub(super) async fn list(
    State(app): State<App>,
    caller: Who,
) -> Result<Json<Vec<wire::PersonalToken>>, Problem> {
    let tokens = app.store().access_tokens(caller?.person()?.id).await?;
    Ok(Json(tokens.into_iter().map(shown).collect()))
}

pub(super) async fn create(
    State(app): State<App>,
    caller: Who,
    body: Result<Body, Fault>,
) -> Result<(StatusCode, Json<wire::PersonalToken>), Problem> {
    let caller = caller?;
    let user = caller.in_person()?;
    let Body(mut body) = body?;
    let name = body.text("name", Optional::No);
    let expires = body.time("expires", Optional::Yes).map(Timestamp::from);
    if expires.is_some_and(|expires| expires <= app.now()) {
        let (words, input) = ("Value error, that time has passed", Value::Null);
        body.flaw(Flaw::of_field("value_error", Place::Body, "expires", words, &input));
    }
    // Without an end only where somebody says so.
    let forever = body.values().get("expires").is_some_and(Value::is_null);
    let name = body.finish(|| name).map_err(Fault::from)?;
    if app.store().access_tokens(user.id).await?.len() >= AT_MOST {
        return Err(Fault::Invalid(format!("a person has {AT_MOST} tokens at most")).into());
    }
    let now = app.now();
    let (secret, digest) = mint(PERSONAL)?;
    let token = AccessToken {
        id: AccessTokenId::new(),
        user_id: user.id,
        name,
        created: now,
        expires: expires.or_else(|| (!forever).then(|| now.plus(USUAL))),
        last_used: None,
    };
    let told = wire::PersonalToken { token: Some(secret), ..shown(token.clone()) };
    let deed = Deed::of(Did::CreatePersonalToken, token.id).with("name", &token.name);
    app.noting(&caller, deed).create_access_token(token, digest).await?;
    Ok((StatusCode::CREATED, Json(told)))
}

pub(super) async fn delete(
    State(app): State<App>,
    caller: Who,
    id: Result<Id, Fault>,
) -> Result<StatusCode, Problem> {
    let (caller, Id(id)) = (caller?, id?);
    let user = caller.person()?.id;
    let deed = Deed::of(Did::DeletePersonalToken, id);
    if app.noting(&caller, deed).delete_access_token(user, AccessTokenId::from(id)).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(missing("Token").into())
}

fn shown(token: AccessToken) -> wire::PersonalToken {
    wire::PersonalToken {
        id: token.id.to_string(),
        name: token.name,
        created: time(token.created),
        expires: token.expires.map(time),
        last_used: token.last_used.map(time),
        token: None,
    }
}
