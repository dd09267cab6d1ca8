//! `GET /auth/login`: the way in, here or at a provider, and the way back from there.
//! `POST /auth/login`: address and password.

use axum::Json;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde_json::json;

use super::entry::{Entry, local_only};
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::body::Query;
use crate::fault::Fault;
use crate::settings::Auth;
use crate::sign_in::oidc::{Provider, login};
use crate::sign_in::page::{Form, notice};
use crate::sign_in::place::{self, Base, Peer};
use crate::sign_in::{Caller, accounts, refuse_foreign, session};
use crate::wire::Optional;

/// Cookie that a browser takes to the provider and back.
const ON_THE_WAY: &str = "codecarbon_login";

/// How people came in, as the audit log tells it.
const PROVIDER: &str = "provider";

const WRONG: &str = "Wrong address or password";

pub(super) async fn page(
    State(app): State<App>,
    base: Base,
    headers: HeaderMap,
    caller: Result<Caller, Fault>,
    Query(mut query): Query,
) -> Result<Response, Fault> {
    let mut text = |name| query.text(name, Optional::Yes).filter(|text| !text.is_empty());
    let wanted = text("next");
    let (code, state, error) = (text("code"), text("state"), text("error"));
    query.finish(|| Some(()))?;
    let next = place::next(app.settings(), &base, wanted.as_deref());
    if app.settings().auth == Auth::None {
        return Ok(Redirect::temporary(&place::home(app.settings())).into_response());
    }
    let Some(provider) = &app.sign_in().provider else {
        if let Ok(Caller::Person { .. }) = caller {
            return Ok(Redirect::to(&next).into_response());
        }
        return Ok(form(StatusCode::OK, wanted.as_deref(), None));
    };
    if error.is_some() {
        return Ok(failed("The sign-in service did not let you in."));
    }
    let Some(code) = code else { return depart(&app, provider, &base, next).await };
    // Whoever brings a code must be the one who was sent there.
    let state = state.filter(|state| session::named(&headers, ON_THE_WAY) == Some(state));
    let Some(state) = state else { return Ok(failed("This answer belongs to another sign-in.")) };
    arrive(&app, provider, &base, &state, &code).await
}

async fn depart(
    app: &App,
    provider: &Provider,
    base: &Base,
    next: String,
) -> Result<Response, Fault> {
    let departure = login::depart(app, provider, base, next).await?;
    let cookie = session::set(base, ON_THE_WAY, &departure.state, login::TAKES);
    // As a status that existing web apps know.
    let location = [(header::LOCATION, departure.url)];
    Ok((StatusCode::FOUND, session::header(cookie), location).into_response())
}

async fn arrive(
    app: &App,
    provider: &Provider,
    base: &Base,
    state: &str,
    code: &str,
) -> Result<Response, Fault> {
    let Some(arrival) = login::arrive(app, provider, state, code).await? else {
        app.note(None, Deed::of(Did::FailSignIn, "").with("by", PROVIDER)).await?;
        return Ok(failed("The sign-in did not succeed, or took too long."));
    };
    let claims = arrival.identity.claims.clone();
    let user = match accounts::of_subject(app, &arrival.identity.subject).await? {
        Some(user) => user,
        None => accounts::sign_up(app, arrival.identity).await?,
    };
    if !user.is_active {
        app.note(None, Deed::of(Did::FailSignIn, user.id).with("by", PROVIDER)).await?;
        return Ok(failed("This account is not active."));
    }
    let cookie = session::open(app, base, &user, PROVIDER, Some((&claims, arrival.token))).await?;
    let done = session::set(base, ON_THE_WAY, "", std::time::Duration::ZERO);
    let cookies = AppendHeaders([(SET_COOKIE, cookie), (SET_COOKIE, done)]);
    Ok((cookies, Redirect::to(&arrival.next)).into_response())
}

pub(super) async fn with_password(
    State(app): State<App>,
    base: Base,
    Peer(from): Peer,
    headers: HeaderMap,
    mut entry: Entry,
) -> Result<Response, Fault> {
    local_only(&app)?;
    refuse_foreign(app.settings(), &base, &headers)?;
    let wanted = entry.text("next");
    let email = entry.fields.text("email", Optional::No);
    let password = entry.fields.text("password", Optional::No);
    let is_form = entry.is_form;
    let (email, password) = entry.fields.finish(|| Some((email?, password?)))?;
    let user = match accounts::by_password(&app, &email, password, from).await {
        Ok(Some(user)) => user,
        Ok(None) if is_form => {
            return Ok(form(StatusCode::UNAUTHORIZED, wanted.as_deref(), Some(WRONG)));
        }
        Ok(None) => return Err(Fault::Unauthorized { detail: WRONG, challenge: false }),
        Err(Fault::TooMany { .. }) if is_form => {
            let words = "Too many tries: wait a while";
            return Ok(form(StatusCode::TOO_MANY_REQUESTS, wanted.as_deref(), Some(words)));
        }
        Err(fault) => return Err(fault),
    };
    let cookie = session::header(session::open(&app, &base, &user, "password", None).await?);
    if is_form {
        let next = place::next(app.settings(), &base, wanted.as_deref());
        return Ok((cookie, Redirect::to(&next)).into_response());
    }
    Ok((cookie, Json(json!({ "user": accounts::claims(&user) }))).into_response())
}

fn form(status: StatusCode, next: Option<&str>, wrong: Option<&str>) -> Response {
    let form = Form::new("Sign in", "/auth/login").wrong(wrong);
    let form = match next {
        Some(next) => form.hidden("next", next),
        None => form,
    };
    form.field("E-mail address", "email", "email", "username")
        .field("Password", "password", "password", "current-password")
        .page(status, "Sign in")
}

fn failed(why: &str) -> Response {
    notice(StatusCode::BAD_REQUEST, "Not signed in", why)
}
