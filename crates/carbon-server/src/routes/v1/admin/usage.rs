//! `GET /v1/organizations/{id}/usage`: what an organization used, by member, host or project.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use carbon_api::v1 as api;
use carbon_store::{GroupBy, OrganizationId, Scope, Subject};

use super::super::asked::{Asked, known, limit, one_of, window};
use super::super::sums::{MOST_GROUPS, sums};
use crate::app::App;
use crate::body::{Id, Query};
use crate::fault::Problem;
use crate::rights::Action;
use crate::sign_in::Caller;

/// The route.
pub(super) fn router() -> Router<App> {
    Router::new().route("/v1/organizations/{id}/usage", get(read))
}

const BY: [(&str, GroupBy); 3] =
    [("member", GroupBy::Member), ("host", GroupBy::Host), ("project", GroupBy::Project)];

async fn read(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(Id(id)): Asked<Id>,
    Asked(query): Asked<Query>,
) -> Result<Json<api::Sums>, Problem> {
    let id = OrganizationId::from(id);
    app.allow(&caller, Action::ReadOrganizationSums, Subject::Organization(id)).await?;
    let mut query = known(query, &["by", "start", "end", "limit"]);
    let by = one_of(&mut query, "by", &BY).unwrap_or(GroupBy::Member);
    let window = window(&mut query);
    let limit = limit(&mut query, MOST_GROUPS);
    query.finish(|| Some(()))?;
    let scope = Scope::Organization(id);
    Ok(Json(sums(app.store(), scope, window, Some(by), limit as usize).await?))
}
