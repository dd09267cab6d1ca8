//! Administration: organizations and their members, tokens, budgets, deletion, the audit log, what the
//! server is, and its reference tables.
//!
//! What changes something is noted in the audit log with the change (see [`audit`](crate::audit)).
//! What takes something from others for good, or gives lasting power, is done in person, not with a
//! personal access token.

mod audit;
mod budget;
mod configuration;
mod experiments;
mod members;
mod organizations;
mod reference;
mod runs;
mod server;
mod shown;
mod tokens;
mod usage;

use axum::Router;
use axum::extract::{FromRequest, Request};

use crate::app::App;
use crate::body::Body;
use crate::fault::{Fault, Problem};
use crate::wire::Fields;

pub(in crate::routes) use shown::role_name;

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .merge(audit::router())
        .merge(budget::router())
        .merge(configuration::router())
        .merge(experiments::router())
        .merge(members::router())
        .merge(organizations::router())
        .merge(reference::router())
        .merge(runs::router())
        .merge(server::router())
        .merge(tokens::router())
        .merge(usage::router())
}

/// The fields of a body, in which none that the route does not know is passed over: `expire` in place
/// of `expires` must not make a token that lasts for ever.
fn only(Body(mut fields): Body, names: &[&str]) -> Fields {
    fields.allow_only(names);
    fields
}

/// The fields of a body that may be left out.
#[derive(Debug)]
struct BodyIfAny(Body);

impl FromRequest<App> for BodyIfAny {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let length = request.headers().get(axum::http::header::CONTENT_LENGTH);
        let is_empty = length.is_none_or(|length| length == "0")
            && !request.headers().contains_key(axum::http::header::CONTENT_TYPE);
        if is_empty {
            return Ok(Self(Body(Fields::of_form([]))));
        }
        Ok(Self(Body::from_request(request, app).await?))
    }
}

/// A thing that was deleted since it was asked for, or is not in the thing of the path.
fn missing(what: &str) -> Fault {
    Fault::NotFound(format!("{what} not found"))
}
