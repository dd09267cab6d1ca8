//! `/v1/organizations/{id}/audit` and `/v1/audit`: who did what, newest first.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use carbon_api::v1 as api;
use carbon_api::v1::admin as wire;
use carbon_store::{AuditRecord, OrganizationId, Page, Subject};

use super::super::asked::{Asked, cursor_text, known, paging};
use super::shown;
use crate::app::App;
use crate::body::{Id, Query};
use crate::fault::Problem;
use crate::rights::Action;
use crate::sign_in::Caller;

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/v1/organizations/{id}/audit", get(of_organization))
        .route("/v1/audit", get(of_server))
}

async fn of_organization(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(Id(id)): Asked<Id>,
    Asked(query): Asked<Query>,
) -> Result<Json<api::Page<wire::AuditItem>>, Problem> {
    let id = OrganizationId::from(id);
    app.allow(&caller, Action::ReadAudit, Subject::Organization(id)).await?;
    let mut query = known(query, &["limit", "after"]);
    let paging = paging(&mut query);
    query.finish(|| Some(()))?;
    Ok(page(app.store().audit_log(id, paging).await?))
}

/// Accounts and sign-ins, for those who run the server.
async fn of_server(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(query): Asked<Query>,
) -> Result<Json<api::Page<wire::AuditItem>>, Problem> {
    caller.operator()?;
    let mut query = known(query, &["limit", "after"]);
    let paging = paging(&mut query);
    query.finish(|| Some(()))?;
    Ok(page(app.store().server_audit_log(paging).await?))
}

fn page(found: Page<AuditRecord>) -> Json<api::Page<wire::AuditItem>> {
    let items = found.items.into_iter().map(shown::audit_item).collect();
    Json(api::Page { items, next: found.next.map(cursor_text) })
}
