//! `/auth/setup`: the first account, by the link that a fresh server prints. Its person runs the
//! server.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use carbon_store::PendingKind;
use serde_json::json;

use super::entry::{Entry, local_only};
use super::link::{flaws, old};
use crate::app::App;
use crate::body::Query;
use crate::fault::Fault;
use crate::sign_in::page::Form;
use crate::sign_in::place::{self, Base};
use crate::sign_in::secret::digest_of;
use crate::sign_in::{accounts, refuse_foreign, session};
use crate::wire::Optional;

pub(super) async fn page(
    State(app): State<App>,
    Query(mut query): Query,
) -> Result<Response, Fault> {
    local_only(&app)?;
    let token = query.text("token", Optional::Yes).unwrap_or_default();
    query.finish(|| Some(()))?;
    if !is_open(&app, &token).await? {
        return Ok(old());
    }
    Ok(form(&token, None))
}

/// Whether a token is good and nobody was quicker.
async fn is_open(app: &App, token: &str) -> Result<bool, Fault> {
    let kept = app.store().pending(PendingKind::SetUp, digest_of(token), app.now()).await?;
    Ok(kept.is_some() && !app.store().has_users().await?)
}

fn form(token: &str, wrong: Option<&str>) -> Response {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Form::new("Set up this server", "/auth/setup")
        .words("You will be the one who runs it: others come in by your invitation.")
        .wrong(wrong)
        .hidden("token", token)
        .field("E-mail address", "email", "email", "username")
        .field("Name", "name", "text", "name")
        .field("Password", "password", "password", "new-password")
        .page(status, "Create account")
}

pub(super) async fn create(
    State(app): State<App>,
    base: Base,
    headers: HeaderMap,
    mut entry: Entry,
) -> Result<Response, Fault> {
    local_only(&app)?;
    refuse_foreign(app.settings(), &base, &headers)?;
    let token = entry.text("token").unwrap_or_default();
    if !is_open(&app, &token).await? {
        return if entry.is_form { Ok(old()) } else { Err(Fault::Forbidden(OLD.to_owned())) };
    }
    let is_form = entry.is_form;
    let email = entry.fields.text("email", Optional::No);
    let password = entry.fields.text("password", Optional::No);
    let name = entry.text("name");
    flaws(&mut entry, email.as_deref(), password.as_deref());
    let (email, password) = match entry.fields.finish(|| Some((email?, password?))) {
        Ok(read) => read,
        Err(_) if is_form => return Ok(form(&token, Some(super::link::WEAK))),
        Err(flaws) => return Err(flaws.into()),
    };
    let hash = app.sign_in().passwords.hash(password).await?;
    // Only one of those who hold the link gets to use it.
    let kind = PendingKind::SetUp;
    if app.store().take_pending(kind, digest_of(&token), app.now()).await?.is_none() {
        return Err(Fault::Forbidden(OLD.to_owned()));
    }
    let name = name.unwrap_or_else(|| email.clone());
    let user = accounts::first_with_password(&app, email, name, hash).await?;
    let cookie = session::header(session::open(&app, &base, &user, "set-up link", None).await?);
    if is_form {
        return Ok((cookie, Redirect::to(&place::home(app.settings()))).into_response());
    }
    let body = Json(json!({ "user": accounts::claims(&user) }));
    Ok((StatusCode::CREATED, cookie, body).into_response())
}

/// What is told to a link that is of no use any more.
pub(super) const OLD: &str = "This link has been used, or is too old";
