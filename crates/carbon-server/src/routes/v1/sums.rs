//! `GET /v1/SCOPE/{id}/sums`: what rows come to, in all and told apart.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use carbon_api::v1 as wire;
use carbon_store::{Group, GroupBy, Scope, Store, Subject, Sums, Window};

use super::asked::{Asked, known, limit, one_of, window};
use super::scope::Scoped;
use super::shown::{figures, time};
use crate::app::App;
use crate::body::Query;
use crate::fault::{Fault, Problem};
use crate::rights::Action;
use crate::wire::Fields;

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/v1/organizations/{id}/sums", get(read))
        .route("/v1/projects/{id}/sums", get(read))
        .route("/v1/experiments/{id}/sums", get(read))
        .route("/v1/runs/{id}/sums", get(read))
}

/// Most groups of an answer.
pub(super) const MOST_GROUPS: f64 = 1_000.0;

async fn read(
    State(app): State<App>,
    scoped: Scoped,
    Asked(query): Asked<Query>,
) -> Result<Json<wire::Sums>, Problem> {
    let mut query = known(query, &["start", "end", "by", "limit"]);
    let window = window(&mut query);
    let by = group_by(&mut query);
    let limit = limit(&mut query, MOST_GROUPS);
    query.finish(|| Some(()))?;
    if let Some(by) = by {
        may_tell_apart(&app, &scoped, by).await?;
    }
    Ok(Json(sums(app.store(), scoped.scope, window, by, limit as usize).await?))
}

/// Sums of a scope, with the groups of greatest energy.
///
/// # Errors
/// The store does not answer.
pub(super) async fn sums(
    store: &Store,
    scope: Scope,
    window: Option<Window>,
    by: Option<GroupBy>,
    limit: usize,
) -> Result<wire::Sums, Fault> {
    let within = window.unwrap_or(Window::ALL);
    let total = store.sums(scope, within).await?;
    let mut told = wire::Sums {
        start: window.filter(|w| w.start != Window::ALL.start).map(|w| time(w.start)),
        end: window.filter(|w| w.end != Window::ALL.end).map(|w| time(w.end)),
        total: figures(&total),
        groups: None,
        groups_left_out: None,
    };
    if let Some(by) = by {
        let mut groups: Vec<(Group, Sums)> =
            store.sums_by(scope, by, within).await?.into_iter().collect();
        groups.sort_by(|(left, a), (right, b)| {
            let by_energy = b.energy_kwh.total_cmp(&a.energy_kwh);
            by_energy.then_with(|| key(left).cmp(&key(right)))
        });
        told.groups_left_out = Some(groups.len().saturating_sub(limit));
        groups.truncate(limit);
        let ids = groups.iter().filter_map(|(group, _)| group.id()).collect();
        let names = store.names(by, ids).await?;
        let shown = groups.into_iter().map(|(group, sums)| {
            let key = key(&group);
            let name = match &group {
                Group::Host(host) => host.clone(),
                other => other.id().and_then(|id| names.get(&id).cloned()),
            };
            wire::Group { key, name, figures: figures(&sums) }
        });
        told.groups = Some(shown.collect());
    }
    Ok(told)
}

/// `by` of a query.
pub(super) fn group_by(query: &mut Fields) -> Option<GroupBy> {
    one_of(
        query,
        "by",
        &[
            ("project", GroupBy::Project),
            ("experiment", GroupBy::Experiment),
            ("run", GroupBy::Run),
            ("member", GroupBy::Member),
            ("host", GroupBy::Host),
        ],
    )
}

/// Members and machines are told to members only, also where a project is public.
///
/// # Errors
/// The caller is none.
pub(super) async fn may_tell_apart(app: &App, scoped: &Scoped, by: GroupBy) -> Result<(), Fault> {
    if matches!(by, GroupBy::Member | GroupBy::Host) && !scoped.is_inside {
        let subject = Subject::Organization(scoped.organization);
        app.allow(&scoped.caller, Action::ListMembers, subject).await?;
    }
    Ok(())
}

/// What tells a group from others.
pub(super) fn key(group: &Group) -> Option<String> {
    match group {
        Group::Host(host) => host.clone(),
        other => other.id().map(|id| id.to_string()),
    }
}
