//! Signing in and out, setting up, and letting commands in. What is sent here is a form of a page of
//! ours, or JSON of a web app; the answer is of the same kind.

mod authorize;
mod check;
mod device;
mod entry;
mod link;
mod login;
mod logout;
mod setup;
mod token;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/auth/check", get(check::check))
        .route("/auth/login", get(login::page).post(login::with_password))
        .route("/auth/logout", get(logout::by_link).post(logout::logout))
        .route("/auth/setup", get(setup::page).post(setup::create))
        .route("/auth/password", get(link::page).post(link::choose))
        .route("/auth/authorize", get(authorize::page).post(authorize::answer))
        .route("/auth/device", get(device::page).post(device::begin))
        .route("/auth/device/answer", post(device::answer))
        .route("/auth/token", post(token::exchange))
        .route("/auth/revoke", post(token::revoke))
        .route("/auth/jwks", get(token::keys))
        .route("/.well-known/openid-configuration", get(token::description))
}
