//! Rows of runs: what came in an interval. They are written with the token of a project.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use carbon_api as wire;
use carbon_store::{Batch, EmissionId, Ingested, RepeatableIds, Subject};

use super::row::{QuickRow, read_row};
use super::runs::{IDEMPOTENCY_KEY, not_found, readable_run};
use super::v1::read_tasks;
use crate::app::App;
use crate::body::{Id, Query, Raw};
use crate::fault::Fault;
use crate::rights::Action;
use crate::sign_in::Caller;
use crate::token;
use crate::wire::{Bounds, Optional};

/// Rows of a page when nobody says how many, and the most that may be asked for.
const PAGE: i64 = 100;
const LONGEST_PAGE: f64 = 10_000.0;

pub(super) async fn create(
    State(app): State<App>,
    headers: HeaderMap,
    raw: Raw,
) -> Result<(StatusCode, Json<String>), Fault> {
    // Nearly all rows are as they should be, and need no map of values for each of their flaws.
    let quick = raw.json::<QuickRow>().and_then(QuickRow::checked);
    let (mut row, has_tasks) = match quick {
        Some(row) => (row, false),
        None => {
            let fields = raw.fields()?;
            let has_tasks = fields.values().contains_key("tasks");
            (read_row(fields)?, has_tasks)
        }
    };
    let token = token::writer(&app, &headers).await?;
    let key = headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok());
    let ids = key.map(|key| RepeatableIds::new(token.project_id, key));
    row.id = row.id.or_else(|| ids.map(|ids| ids.emission(0)));
    let tasks = if has_tasks { read_tasks(&raw.fields()?, ids)? } else { Vec::new() };
    let run = row.run_id;
    let batch = Batch { project: Some(token.project_id), rows: vec![row] };
    match app.store().ingest(batch).await? {
        Ingested::Stored { ids, added } => {
            app.metrics().rows(added);
            // A row that is sent again brings its tasks again; both count once.
            if !tasks.is_empty() {
                app.store().add_tasks(Some(token.project_id), run, tasks).await?;
            }
            let id = ids.first().map(ToString::to_string).unwrap_or_default();
            Ok((StatusCode::CREATED, Json(id)))
        }
        Ingested::NoSuchRun { .. } => Err(token::wrong()),
    }
}

pub(super) async fn read(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<wire::Emission>, Fault> {
    let emission = EmissionId::from(id);
    let missing = || Fault::NotFound(format!("Emission {id} not found"));
    let subject = Subject::Emission(emission);
    app.allow(&caller, Action::ReadEmission, subject).await?.ok_or_else(missing)?;
    let found = app.store().emission(emission).await?.ok_or_else(missing)?;
    Ok(Json(app.emission(&found)))
}

pub(super) async fn page(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    Query(mut query): Query,
) -> Result<Json<wire::Page<wire::Emission>>, Fault> {
    let page = query.integer("page", Optional::Yes, Bounds::between(1.0, 1e12)).unwrap_or(1);
    let size = query.integer("size", Optional::Yes, Bounds::between(1.0, LONGEST_PAGE));
    let size = size.unwrap_or(PAGE);
    query.finish(|| Some(()))?;
    let (page, size) = (page as u64, size as u64);
    let run = readable_run(&app, &caller, id).await?;
    let offset = (page - 1).saturating_mul(size);
    let found = app.store().emissions_page(run, offset, size as u32).await?;
    let found = found.ok_or_else(|| not_found(id))?;
    let items = found.items.iter().map(|row| app.emission(row)).collect();
    Ok(Json(wire::Page::new(items, found.total as u64, page, size)))
}
