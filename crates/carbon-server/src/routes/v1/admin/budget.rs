//! `/v1/projects/{id}/budget`: what a project may use in a month, and how it stands.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use carbon_api::v1::admin as wire;
use carbon_http::host_of;
use carbon_store::{Alert, Budget, ProjectId, Role, Subject};

use super::super::asked::{Asked, Sent, known};
use super::super::shown::time;
use super::{missing, only};
use crate::app::App;
use crate::audit::{Deed, Did};
use crate::body::{Body, Id, Query};
use crate::budget::{Address, KINDS, Month, Standing, mint_key};
use crate::fault::{Fault, Problem};
use crate::rights::Action;
use crate::sign_in::Caller;
use crate::wire::{Bounds, Fields, Flaw, Optional, Place};

/// The route.
pub(super) fn router() -> Router<App> {
    Router::new().route("/v1/projects/{id}/budget", get(read).put(set).delete(remove))
}

/// Largest amount, kWh or kg.
const LARGEST: f64 = 1e12;

async fn read(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(Id(id)): Asked<Id>,
    Asked(query): Asked<Query>,
) -> Result<Json<wire::BudgetStatus>, Problem> {
    let id = ProjectId::from(id);
    let access = app.allow(&caller, Action::ReadBudget, Subject::Project(id)).await?;
    known(query, &[]).finish(|| Some(()))?;
    let is_admin = access.is_some_and(|access| access.role == Some(Role::Admin));
    Ok(Json(status(&app, id, is_admin).await?))
}

async fn set(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(Id(id)): Asked<Id>,
    Sent(body): Sent<Body>,
) -> Result<Json<wire::BudgetSet>, Problem> {
    let id = ProjectId::from(id);
    let access = app.allow(&caller, Action::ChangeBudget, Subject::Project(id)).await?;
    let mut body = only(body, &["energy_kwh", "emissions_kg", "webhook", "new_key"]);
    let limit = Bounds::between(f64::MIN_POSITIVE, LARGEST);
    let energy_kwh = body.float("energy_kwh", Optional::Yes, limit);
    let emissions_kg = body.float("emissions_kg", Optional::Yes, limit);
    let webhook = webhook(&mut body, app.settings().has_private_webhooks);
    let wants_key = body.boolean("new_key", Optional::Yes).unwrap_or_default();
    if !body.has("energy_kwh") && !body.has("emissions_kg") {
        let words = "Value error, energy_kwh or emissions_kg is needed";
        body.flaw(Flaw::of_all("value_error", Place::Body, words));
    }
    body.finish(|| Some(()))?;
    let before = app.store().budget(id).await?.ok_or_else(|| missing("Project"))?;
    let is_new = webhook.is_some() && (wants_key || webhook != before.webhook);
    let key = if is_new { Some(mint_key()?) } else { None };
    let deed = Deed::of(Did::SetBudget, id)
        .at(access)
        .with_some("energy_kwh", energy_kwh)
        .with_some("emissions_kg", emissions_kg)
        .with_some("webhook_host", webhook.as_deref().map(host_of));
    let budget = Budget { energy_kwh, emissions_kg, webhook };
    if !app.noting(&caller, deed).set_budget(id, budget, key.clone()).await? {
        return Err(missing("Project").into());
    }
    let status = status(&app, id, true).await?;
    Ok(Json(wire::BudgetSet { status, webhook_key: key.map(|key| key.0) }))
}

async fn remove(
    State(app): State<App>,
    Asked(caller): Asked<Caller>,
    Asked(Id(id)): Asked<Id>,
) -> Result<StatusCode, Problem> {
    let id = ProjectId::from(id);
    let access = app.allow(&caller, Action::ChangeBudget, Subject::Project(id)).await?;
    let deed = Deed::of(Did::DeleteBudget, id).at(access);
    app.noting(&caller, deed).set_budget(id, Budget::default(), None).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn webhook(body: &mut Fields, allows_private: bool) -> Option<String> {
    let text = body.text("webhook", Optional::Yes)?;
    match Address::read(&text, allows_private) {
        Ok(address) => Some(address.into_text()),
        Err(unfit) => {
            let words = unfit.to_string();
            body.flaw(Flaw::of_field("url", Place::Body, "webhook", words, &text.into()));
            None
        }
    }
}

async fn status(app: &App, id: ProjectId, is_admin: bool) -> Result<wire::BudgetStatus, Fault> {
    let (store, now) = (app.store(), app.now());
    let gone = || missing("Project");
    let project = store.project(id).await?.ok_or_else(gone)?;
    let budget = store.budget(id).await?.ok_or_else(gone)?;
    let month = Month::of(now);
    let standing = Standing::of(store, &project, month, now).await?;
    let alerts = store.budget_alerts(id, month.number()).await?;
    Ok(wire::BudgetStatus {
        energy_kwh: budget.energy_kwh,
        emissions_kg: budget.emissions_kg,
        webhook_host: budget.webhook.as_deref().map(|url| host_of(url).to_owned()),
        state: standing.state(&budget),
        webhook: budget.webhook.filter(|_| is_admin),
        month: month.to_string(),
        used: standing.used,
        forecast: standing.forecast,
        alerts: alerts.iter().filter_map(shown).collect(),
    })
}

/// An alert, unless another version of the server has made it.
fn shown(alert: &Alert) -> Option<wire::BudgetAlert> {
    let kind = KINDS.into_iter().find(|kind| kind.name == alert.kind)?;
    Some(wire::BudgetAlert {
        measure: kind.measure,
        state: kind.state,
        attempts: alert.attempts,
        delivered: alert.delivered.map(time),
    })
}
