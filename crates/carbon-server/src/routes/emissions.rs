//! Rows of runs: what came in an interval. They are written with the token of a project.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use carbon_api as wire;
use carbon_store::{Batch, EmissionId, Ingested, Measured, NewEmission, RepeatableIds, Subject};

use super::runs::{IDEMPOTENCY_KEY, not_found, readable_run};
use crate::app::App;
use crate::body::{Id, Query, Raw};
use crate::fault::Fault;
use crate::rights::Action;
use crate::sign_in::Caller;
use crate::token;
use crate::wire::{Bounds, Fields, Optional};

/// Rows of a page when nobody says how many, and the most that may be asked for.
const PAGE: i64 = 100;
const LONGEST_PAGE: f64 = 10_000.0;

pub(super) async fn create(
    State(app): State<App>,
    headers: HeaderMap,
    raw: Raw,
) -> Result<(StatusCode, Json<String>), Fault> {
    let mut row = read_row(raw.fields()?)?;
    let token = token::writer(&app, &headers).await?;
    if row.id.is_none() {
        let key = headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok());
        row.id = key.map(|key| RepeatableIds::new(token.project_id, key).emission(0));
    }
    let batch = Batch { project: Some(token.project_id), rows: vec![row] };
    match app.store().ingest(batch).await? {
        Ingested::Stored { ids, .. } => {
            let id = ids.first().map(ToString::to_string).unwrap_or_default();
            Ok((StatusCode::CREATED, Json(id)))
        }
        Ingested::NoSuchRun { .. } => Err(token::wrong()),
    }
}

/// One row, from the body of a request.
pub(crate) fn read_row(mut body: Fields) -> Result<NewEmission, Fault> {
    let timestamp = body.time("timestamp", Optional::No);
    let run = body.uuid("run_id", Optional::No);
    let id = body.uuid("id", Optional::Yes).map(EmissionId::from);
    let seconds = body.integer("duration", Optional::No, Bounds::POSITIVE);
    let exact_s = body.float("duration_s", Optional::Yes, Bounds::NOT_NEGATIVE);
    let mut figure = |name| body.float(name, Optional::Null, Bounds::NOT_NEGATIVE);
    let mut measured = Measured {
        duration_s: 0.0,
        emissions_kg: figure("emissions_sum"),
        emissions_rate_kg_s: figure("emissions_rate"),
        energy_kwh: figure("energy_consumed"),
        cpu_power_w: figure("cpu_power"),
        gpu_power_w: figure("gpu_power"),
        ram_power_w: figure("ram_power"),
        cpu_energy_kwh: figure("cpu_energy"),
        gpu_energy_kwh: figure("gpu_energy"),
        ram_energy_kwh: figure("ram_energy"),
        ..Measured::default()
    };
    let mut percent = |name| body.float(name, Optional::Yes, Bounds::PERCENT);
    measured.cpu_utilization_percent = percent("cpu_utilization_percent");
    measured.gpu_utilization_percent = percent("gpu_utilization_percent");
    measured.ram_utilization_percent = percent("ram_utilization_percent");
    measured.wue = body.float("wue", Optional::Yes, Bounds::NOT_NEGATIVE).unwrap_or_default();
    Ok(body.finish(|| {
        measured.duration_s = exact_s.unwrap_or(seconds? as f64);
        Some(NewEmission { id, run_id: run?.into(), timestamp: timestamp?.into(), measured })
    })?)
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
    Ok(Json(app.emission(found)))
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
    let items = found.items.into_iter().map(|row| app.emission(row)).collect();
    Ok(Json(wire::Page::new(items, found.total as u64, page, size)))
}
