//! `/auth/password`: a person chooses a password by a link that an operator gave, for a new account or
//! for one that is there.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use carbon_store::{PendingKind, UserChange};
use serde_json::{Value, json};

use super::entry::{Entry, local_only};
use super::setup::OLD;
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::body::{Query, is_address};
use crate::fault::Fault;
use crate::sign_in::page::{Form, notice};
use crate::sign_in::password::is_fit;
use crate::sign_in::place::{self, Base};
use crate::sign_in::secret::digest_of;
use crate::sign_in::{accounts, refuse_foreign, session};
use crate::wire::{Flaw, Optional, Place};

/// What a person is told whose entries will not do.
pub(super) const WEAK: &str =
    "An address and a password of 10 to 256 characters that is not the address are needed";

pub(super) async fn page(
    State(app): State<App>,
    Query(mut query): Query,
) -> Result<Response, Fault> {
    local_only(&app)?;
    let token = query.text("token", Optional::Yes).unwrap_or_default();
    query.finish(|| Some(()))?;
    Ok(match kept(&app, &token).await? {
        Some(kept) => form(&token, kept["email"].as_str().unwrap_or_default(), None),
        None => old(),
    })
}

async fn kept(app: &App, token: &str) -> Result<Option<Value>, Fault> {
    let kind = PendingKind::PasswordReset;
    let kept = app.store().pending(kind, digest_of(token), app.now()).await?;
    let Some(kept) = kept.and_then(|kept| serde_json::from_str::<Value>(&kept).ok()) else {
        return Ok(None);
    };
    // A password was chosen since the link was made, perhaps by another one.
    let email = kept["email"].as_str().unwrap_or_default();
    let stamp = accounts::password_stamp(app, email).await?;
    Ok((kept["stamp"] == stamp.as_str()).then_some(kept))
}

fn form(token: &str, email: &str, wrong: Option<&str>) -> Response {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Form::new("Choose a password", "/auth/password")
        .words(&format!("For {email}"))
        .wrong(wrong)
        .hidden("token", token)
        .field("Password", "password", "password", "new-password")
        .page(status, "Sign in")
}

pub(super) async fn choose(
    State(app): State<App>,
    base: Base,
    headers: HeaderMap,
    mut entry: Entry,
) -> Result<Response, Fault> {
    local_only(&app)?;
    refuse_foreign(app.settings(), &base, &headers)?;
    let (token, is_form) = (entry.text("token").unwrap_or_default(), entry.is_form);
    let Some(kept) = kept(&app, &token).await? else {
        return if is_form { Ok(old()) } else { Err(Fault::Forbidden(OLD.to_owned())) };
    };
    let email = kept["email"].as_str().unwrap_or_default().to_owned();
    let password = entry.fields.text("password", Optional::No);
    flaws(&mut entry, Some(&email), password.as_deref());
    let password = match entry.fields.finish(|| password) {
        Ok(password) => password,
        Err(_) if is_form => return Ok(form(&token, &email, Some(WEAK))),
        Err(flaws) => return Err(flaws.into()),
    };
    let hash = app.sign_in().passwords.hash(password).await?;
    let kind = PendingKind::PasswordReset;
    if app.store().take_pending(kind, digest_of(&token), app.now()).await?.is_none() {
        return Err(Fault::Forbidden(OLD.to_owned()));
    }
    let user = match app.store().user_by_email(&email).await? {
        Some(user) => {
            let change = UserChange { password_hash: Some(hash), ..UserChange::default() };
            let deed = Deed::of(Did::ChangePassword, user.id).with("by", "link");
            app.noting_by(Some(user.id), deed).update_user(user.id, change).await?;
            app.store().close_sessions(user.id).await?;
            user
        }
        None => {
            let name = kept["name"].as_str().unwrap_or(&email).to_owned();
            accounts::with_password(&app, email, name, hash).await?
        }
    };
    if !user.is_active {
        return Err(Fault::Forbidden("This account is not active".to_owned()));
    }
    let cookie = session::header(session::open(&app, &base, &user, "link", None).await?);
    if is_form {
        return Ok((cookie, Redirect::to(&place::home(app.settings()))).into_response());
    }
    Ok((cookie, Json(json!({ "user": accounts::claims(&user) }))).into_response())
}

/// Notes what is wrong with an address and a password.
pub(super) fn flaws(entry: &mut Entry, email: Option<&str>, password: Option<&str>) {
    if let Some(email) = email.filter(|email| !is_address(email)) {
        let words = "value is not a valid email address";
        let input = email.into();
        entry.fields.flaw(Flaw::of_field("value_error", Place::Body, "email", words, &input));
    }
    if let Some(password) = password
        && let Err(weak) = is_fit(password, email.unwrap_or_default())
    {
        // What was entered is not sent back.
        let (words, input) = (weak.to_string(), Value::Null);
        entry.fields.flaw(Flaw::of_field("value_error", Place::Body, "password", words, &input));
    }
}

/// The page for a link that is of no use any more.
pub(super) fn old() -> Response {
    notice(StatusCode::GONE, "Too late", OLD)
}
