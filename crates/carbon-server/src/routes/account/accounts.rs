//! What operators do with accounts: let people in, link an account to another identity, turn one off.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use carbon_store::{AuditEntry, PendingKind, UserChange, UserId};
use serde_json::{Value, json};

use super::{Who, account, missing};
use crate::app::App;
use crate::body::{Body, Id, Query, is_address};
use crate::fault::{Fault, Problem};
use crate::settings::Auth;
use crate::sign_in::place::Base;
use crate::sign_in::secret::mint;
use crate::wire::{Flaw, Optional, Place};

/// How long the link to choose a password is good.
const LINK_FOR: Duration = Duration::from_hours(24 * 7);

pub(super) async fn find(
    State(app): State<App>,
    caller: Who,
    query: Result<Query, Fault>,
) -> Result<Json<Value>, Problem> {
    caller?.operator()?;
    let Query(mut query) = query?;
    let email = query.text("email", Optional::No);
    let email = query.finish(|| email).map_err(Fault::from)?;
    let found = app.store().user_by_email(&email).await?;
    Ok(Json(account(&app, &found.ok_or_else(|| missing("Account"))?)))
}

/// A link with which the person of an address chooses a password: for a new account, or in place of a
/// password that was forgotten. This server sends no mail: the operator hands it on.
pub(super) async fn invite(
    State(app): State<App>,
    base: Base,
    caller: Who,
    body: Result<Body, Fault>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let caller = caller?;
    let operator = caller.operator()?.id;
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
    let kept = json!({ "email": email, "name": name }).to_string();
    app.store().keep_pending(PendingKind::PasswordReset, digest, kept, end).await?;
    note(&app, operator, "account.link", String::new()).await?;
    let link = format!("{}/auth/password?token={secret}", base.as_str());
    Ok((StatusCode::CREATED, Json(json!({ "link": link, "expires": app.time(end) }))))
}

pub(super) async fn change(
    State(app): State<App>,
    caller: Who,
    id: Result<Id, Fault>,
    body: Result<Body, Fault>,
) -> Result<Json<Value>, Problem> {
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
    let changed = app.store().update_user(id, change).await?.ok_or_else(|| missing("Account"))?;
    if is_off {
        app.store().close_sessions(id).await?;
    }
    note(&app, operator, "account.update", id.to_string()).await?;
    Ok(Json(account(&app, &changed)))
}

/// Writes into the audit log what an operator did.
async fn note(
    app: &App,
    actor: UserId,
    action: &'static str,
    subject: String,
) -> Result<(), Fault> {
    let entry = AuditEntry {
        at: app.now(),
        organization_id: None,
        actor_id: Some(actor),
        action: action.to_owned(),
        subject,
        detail: "{}".to_owned(),
    };
    Ok(app.store().note(entry).await?)
}
