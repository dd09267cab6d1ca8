//! Another password. Whoever knew the old one is signed out everywhere else.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use carbon_store::UserChange;
use serde_json::Value;

use super::Who;
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::body::Body;
use crate::fault::{Fault, Problem};
use crate::settings::Auth;
use crate::sign_in::password::is_fit;
use crate::sign_in::place::{Base, Peer};
use crate::sign_in::{accounts, session};
use crate::wire::{Flaw, Optional, Place};

pub(super) async fn change(
    State(app): State<App>,
    base: Base,
    Peer(from): Peer,
    caller: Who,
    body: Result<Body, Fault>,
) -> Result<Response, Problem> {
    let caller = caller?;
    let user = caller.in_person()?;
    if !matches!(app.settings().auth, Auth::Local(_)) {
        return Err(Fault::Invalid("passwords are not kept by this server".to_owned()).into());
    }
    let Body(mut body) = body?;
    let current = body.text("current", Optional::No);
    let password = body.text("password", Optional::No);
    if let Some(Err(weak)) = password.as_deref().map(|password| is_fit(password, &user.email)) {
        let (words, input) = (weak.to_string(), Value::Null);
        body.flaw(Flaw::of_field("value_error", Place::Body, "password", words, &input));
    }
    let (current, password) = body.finish(|| Some((current?, password?))).map_err(Fault::from)?;
    if accounts::by_password(&app, &user.email, current, from).await?.is_none() {
        return Err(Fault::Forbidden("The current password is another one".to_owned()).into());
    }
    let hash = app.sign_in().passwords.hash(password).await?;
    let change = UserChange { password_hash: Some(hash), ..UserChange::default() };
    app.noting(&caller, Deed::of(Did::ChangePassword, user.id))
        .update_user(user.id, change)
        .await?;
    app.store().close_sessions(user.id).await?;
    let cookie = session::open(&app, &base, user, "another password", None).await?;
    Ok((StatusCode::NO_CONTENT, session::header(cookie)).into_response())
}
