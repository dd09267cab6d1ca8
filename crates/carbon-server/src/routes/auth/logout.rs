//! `POST /auth/logout` ends the session, at the provider too; `GET` does the same for web apps that
//! send the browser here.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use crate::app::App;
use crate::audit::{Deed, Did};
use crate::fault::Fault;
use crate::settings::Auth;
use crate::sign_in::oidc::login;
use crate::sign_in::place::Base;
use crate::sign_in::secret::digest_of;
use crate::sign_in::{refuse_foreign, session};

pub(super) async fn logout(
    State(app): State<App>,
    base: Base,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    refuse_foreign(app.settings(), &base, &headers)?;
    end(&app, &headers).await?;
    Ok((StatusCode::NO_CONTENT, session::header(session::clear(&base))).into_response())
}

pub(super) async fn by_link(
    State(app): State<App>,
    base: Base,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    if app.settings().auth == Auth::None {
        return Ok(Redirect::temporary("/").into_response());
    }
    end(&app, &headers).await?;
    let frontend = app.settings().frontend_url.as_deref().unwrap_or("/");
    Ok((session::header(session::clear(&base)), Redirect::to(frontend)).into_response())
}

async fn end(app: &App, headers: &HeaderMap) -> Result<(), Fault> {
    let Some(cookie) = session::cookie(headers) else { return Ok(()) };
    let digest = digest_of(cookie);
    let Some(session) = app.store().session(digest, app.now()).await? else { return Ok(()) };
    if let Some(provider) = &app.sign_in().provider {
        login::revoke(app, provider, &session);
    }
    let user = session.user.id;
    app.noting_by(Some(user), Deed::of(Did::SignOut, user)).close_session(digest).await?;
    Ok(())
}
