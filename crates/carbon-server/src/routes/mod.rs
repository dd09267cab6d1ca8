//! The published routes, one file for each kind of thing. They are declared once, without `/api` and
//! without a slash at the end; [`one_spelling`](crate::http::one_spelling) brings all others here.

mod account;
mod auth;
mod emissions;
mod experiments;
pub(crate) mod health;
mod organizations;
mod project_tokens;
mod projects;
mod row;
mod runs;
mod telemetry;
mod v1;

use axum::Router;
use axum::routing::{delete, get, post};

pub(crate) use health::Readiness;

use crate::app::App;
use crate::fault::Fault;
use crate::web;

/// All published routes.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .route("/", get(web::root))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(account::router())
        .merge(auth::router())
        .merge(v1::router())
        .merge(crate::docs::router())
        .merge(web::router())
        .route("/organizations", get(organizations::list).post(organizations::create))
        .route("/organizations/{id}", get(organizations::read).patch(organizations::update))
        .route("/organizations/{id}/sums", get(organizations::sums))
        .route("/organizations/{id}/users", get(organizations::members))
        .route("/organizations/{id}/add-user", post(organizations::add_member))
        .route("/organizations/{id}/projects", get(projects::list_of))
        .route("/projects", get(projects::list).post(projects::create))
        .route(
            "/projects/{id}",
            get(projects::read).patch(projects::update).delete(projects::delete),
        )
        .route("/projects/{id}/sums", get(projects::sums))
        .route("/projects/{id}/api-tokens", get(project_tokens::list).post(project_tokens::create))
        .route("/projects/{id}/api-tokens/{token}", delete(project_tokens::delete))
        .route("/projects/{id}/experiments", get(experiments::list))
        .route("/projects/{id}/experiments/sums", get(experiments::sums))
        .route("/experiments", post(experiments::create))
        .route("/experiments/{id}", get(experiments::read))
        .route("/experiments/{id}/runs", get(runs::list_of))
        .route("/experiments/{id}/runs/sums", get(runs::sums))
        .route("/runs", get(runs::list).post(runs::create))
        .route("/runs/{id}", get(runs::read))
        .route("/runs/{id}/emissions", get(emissions::page))
        .route("/lastrun/project/{id}", get(runs::last))
        .route("/emissions", post(emissions::create))
        .route("/emissions/{id}", get(emissions::read))
        .route("/telemetry", post(telemetry::create))
        .fallback(|| async { Fault::NotFound("Not Found".to_owned()) })
        .method_not_allowed_fallback(|| async { Fault::MethodNotAllowed })
        .with_state(app)
}
