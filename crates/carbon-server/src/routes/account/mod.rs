//! What a person sees and changes of their own account, what operators do with accounts, and
//! invitations into organizations. Under `/v1`, with faults as problem documents.

mod accounts;
mod invitations;
mod password;
mod sessions;
mod tokens;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::routing::{delete, get, patch, put};
use carbon_api::v1::admin as wire;
use carbon_store::{Timestamp, User};

use crate::app::App;
use crate::fault::{Fault, Problem};
use crate::sign_in::Caller;
use crate::wire::Micros;

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/v1/account", get(read))
        .route("/v1/account/password", put(password::change))
        .route("/v1/account/sessions", get(sessions::list).delete(sessions::close_others))
        .route("/v1/account/sessions/{id}", delete(sessions::close))
        .route("/v1/account/tokens", get(tokens::list).post(tokens::create))
        .route("/v1/account/tokens/{id}", delete(tokens::delete))
        .route("/v1/accounts", get(accounts::find).post(accounts::invite))
        .route("/v1/accounts/{id}", patch(accounts::change))
        .route(
            "/v1/organizations/{id}/invitations",
            get(invitations::list).post(invitations::create),
        )
        .route("/v1/organizations/{id}/invitations/{invitation}", delete(invitations::withdraw))
}

/// Who asks, told as a problem where that cannot be said.
type Who = Result<Caller, Fault>;

async fn read(State(_app): State<App>, caller: Who) -> Result<Json<wire::Account>, Problem> {
    Ok(Json(account(caller?.person()?)))
}

/// An account as it is shown to its person and to operators.
fn account(user: &User) -> wire::Account {
    wire::Account {
        id: user.id.to_string(),
        email: user.email.clone(),
        name: user.name.clone(),
        subject: user.subject.clone(),
        is_active: user.is_active,
        is_operator: user.is_operator,
        created: time(user.created),
    }
}

/// A point in time, with its zone.
fn time(time: Timestamp) -> String {
    Micros::from(time).utc()
}

/// A thing that the caller does not have.
fn missing(what: &str) -> Fault {
    Fault::NotFound(format!("{what} not found"))
}
