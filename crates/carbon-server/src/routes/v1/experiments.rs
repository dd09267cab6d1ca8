//! `GET /v1/projects/{id}/experiments`: experiments with what they came to.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use carbon_api::v1 as wire;
use carbon_store::Window;

use super::asked::{Asked, cursor_text, known, paging, window};
use super::scope::Scoped;
use super::shown::{experiment, figures};
use crate::app::App;
use crate::body::Query;
use crate::fault::Problem;

/// The route.
pub(super) fn router() -> Router<App> {
    Router::new().route("/v1/projects/{id}/experiments", get(list))
}

async fn list(
    State(app): State<App>,
    scoped: Scoped,
    Asked(query): Asked<Query>,
) -> Result<Json<wire::Page<wire::ExperimentRow>>, Problem> {
    let mut query = known(query, &["start", "end", "limit", "after"]);
    let window = window(&mut query).unwrap_or(Window::ALL);
    let paging = paging(&mut query);
    query.finish(|| Some(()))?;
    let found = app.store().experiment_list(scoped.scope, window, paging).await?;
    let items = found.items.into_iter().map(|entry| wire::ExperimentRow {
        experiment: experiment(&app, entry.experiment),
        figures: figures(&entry.sums),
        runs: entry.runs,
    });
    Ok(Json(wire::Page { items: items.collect(), next: found.next.map(cursor_text) }))
}
