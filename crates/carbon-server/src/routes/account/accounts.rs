//! What operators do with accounts: let people in, link an account to another identity, turn one off.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use carbon_api::v1::admin as wire;
use carbon_store::{PendingKind, UserChange, UserId};
use serde_json::json;

use super::{Who, account, missing, time};
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::body::{Body, Id, Query, is_address};
use crate::fault::{Fault, Problem};
use crate::settings::Auth;
use crate::sign_in::accounts::password_stamp;
use crate::sign_in::place::Base;
use crate::sign_in::secret::mint;
use crate::wire::{Flaw, Optional, Place};

/// How long the link to choose a password is good.
const LINK_FOR: Duration = Duration::from_hours(24 * 7);

pub(super) async fn find(
    State(app): State<App>,
    caller: Who,
    query: Result<Query, Fault>,
) -> Result<Json<wire::Account>, Problem> {
    caller?.operator()?;
    let Query(mut query) = query?;
    let email = query.text("email", Optional::No);
    let email = query.finish(|| email).map_err(Fault::from)?;
    let found = app.store().user_by_email(&email).await?;
    Ok(Json(account(&found.ok_or_else(|| missing("Account"))?)))
}

/// A link with which the person of an address chooses a password: for a new account, or in place of a
/// password that was forgotten. Once a password was chosen, it and all others are of no use. This server sends no mail: the operator hands it on.
pub(super) async fn invite(
    State(app): State<App>,
    base: Base,
    caller: Who,
    body: Result<Body, Fault>,
) -> Result<(StatusCode, Json<wire::AccountLink>), Problem> {
    let caller = caller?;
    caller.operator()?;
    if !matches!(app.settings().auth, Auth::Local(_)) {
        let words = "people sign in elsewhere: accounts are made when they come";
        return Err(Fault::Invalid(words.to_owned()).into());
    }
    let Body(mut body) = body?;
    let email = body.text("email", Optional::No);
    let name = body.text("name", Optional::Yes);
    if let Some(email) = email.as_deref().filter(|email| !is_address(email)) {
        let words = "value is not a valid email address";
        body.flaw(Flaw::of_field("value_error", Place::Body, "email", words, &email.into()));
    }
    let email = body.finish(|| email).map_err(Fault::from)?;
    let (secret, digest) = mint("")?;
    let end = app.now().plus(LINK_FOR);
    let stamp = password_stamp(&app, &email).await?;
    let kept = json!({ "email": email, "name": name, "stamp": stamp }).to_string();
    let known = app.store().user_by_email(&email).await?.map(|user| user.id.to_string());
    let deed = Deed::of(Did::LinkAccount, known.unwrap_or_default());
    let store = app.noting(&caller, deed);
    store.keep_pending(PendingKind::PasswordReset, digest, kept, end).await?;
    let link = format!("{}/auth/password?token={secret}", base.as_str());
    Ok((StatusCode::CREATED, Json(wire::AccountLink { link, expires: time(end) })))
}

pub(super) async fn change(
    State(app): State<App>,
    caller: Who,
    id: Result<Id, Fault>,
    body: Result<Body, Fault>,
) -> Result<Json<wire::Account>, Problem> {
    let caller = caller?;
    let (operator, Id(id), Body(mut body)) = (caller.operator()?.id, id?, body?);
    let id = UserId::from(id);
    let change = UserChange {
        subject: body.text("subject", Optional::Yes),
        email: None,
        name: body.text("name", Optional::Yes),
        is_active: body.boolean("is_active", Optional::Yes),
        is_operator: body.boolean("is_operator", Optional::Yes),
        password_hash: None,
    };
    let falls = [change.is_active, change.is_operator].contains(&Some(false));
    if id == operator && falls {
        let words = "Value error, another operator has to do that";
        body.flaw(Flaw::of_all("value_error", Place::Body, words));
    }
    body.finish(|| Some(())).map_err(Fault::from)?;
    let is_off = change.is_active == Some(false);
    let deed = Deed::of(Did::UpdateAccount, id)
        .with_some("is_active", change.is_active)
        .with_some("is_operator", change.is_operator)
        .with_some("linked", change.subject.as_ref().map(|_| true));
    let changed = app.noting(&caller, deed).update_user(id, change).await?;
    let changed = changed.ok_or_else(|| missing("Account"))?;
    if is_off {
        app.store().close_sessions(id).await?;
    }
    Ok(Json(account(&changed)))
}
