//! `POST /v1/emissions`: thousands of rows at once, all of them or none.

mod rows;
mod unpack;

use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::post;
use axum::{Json, Router};
use carbon_api::v1 as wire;
use carbon_store::{Batch, Ingested, NewEmission, RepeatableIds};

use super::asked::{Asked, known};
use crate::app::App;
use crate::body::{Query, is_json};
use crate::fault::{Fault, Problem};
use crate::http::whole;
use crate::routes::runs::IDEMPOTENCY_KEY;
use crate::token;
use crate::wire::{Flaw, Optional, Place};

use rows::Form;
use unpack::Packing;

/// The route.
pub(super) fn router() -> Router<App> {
    Router::new().route("/v1/emissions", post(create))
}

/// Bodies above this are read on a thread that may take its time; below, changing threads costs more.
const QUICKLY_READ: usize = 64 << 10;

async fn create(
    State(app): State<App>,
    headers: HeaderMap,
    Asked(query): Asked<Query>,
    request: Request,
) -> Result<(StatusCode, Json<wire::BulkStored>), Problem> {
    // Who may not write does not get to send us megabytes.
    let token = token::writer(&app, &headers).await?;
    let mut query = known(query, &["ids"]);
    let with_ids = query.boolean("ids", Optional::Yes).unwrap_or_default();
    query.finish(|| Some(()))?;
    let form = form(&headers)?;
    let packing = Packing::of(&headers)?;
    let Whole(packed) = Whole::from_request(request, &app).await?;
    let limit = app.settings().longest_bulk_body;
    let read = move || rows::read(form, &packing.unpack(packed, limit)?);
    let is_quick = packing == Packing::None && is_short(&headers);
    let mut rows = if is_quick {
        read()?
    } else {
        let read = tokio::task::spawn_blocking(read).await;
        read.map_err(|error| Fault::Internal(error.into()))??
    };
    let key = headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok());
    if let Some(key) = key {
        let ids = RepeatableIds::new(token.project_id, key);
        for (index, row) in rows.iter_mut().enumerate().filter(|(_, row)| row.id.is_none()) {
            row.id = Some(ids.emission(index));
        }
    }
    store(&app, Batch { project: Some(token.project_id), rows }, with_ids).await
}

async fn store(
    app: &App,
    batch: Batch,
    with_ids: bool,
) -> Result<(StatusCode, Json<wire::BulkStored>), Problem> {
    let runs: Vec<_> = batch.rows.iter().map(|row: &NewEmission| row.run_id).collect();
    match app.store().ingest(batch).await? {
        Ingested::Stored { ids, added } => {
            app.metrics().bulk_rows(added);
            let repeated = ids.len() - added;
            let ids = with_ids.then(|| ids.iter().map(ToString::to_string).collect());
            Ok((StatusCode::CREATED, Json(wire::BulkStored { stored: added, repeated, ids })))
        }
        Ingested::NoSuchRun { row } => {
            let words = "There is no such run in the project of this token";
            let run = runs.get(row).map(ToString::to_string);
            let flaw = Flaw::of_field("unknown_run", Place::Body, "run_id", words, &run.into());
            Err(Fault::Flaws(vec![flaw.of_item("", row)]).into())
        }
    }
}

/// How the rows are written down.
fn form(headers: &HeaderMap) -> Result<Form, Fault> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = media.unwrap_or_default();
    let essence = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Ok(Form::Lines),
        _ if is_json(media) => Ok(Form::Whole),
        _ => {
            let words = "Rows are sent as application/json or application/x-ndjson";
            Err(Fault::Unsupported(words.to_owned()))
        }
    }
}

fn is_short(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    length.and_then(|text| text.parse().ok()).is_some_and(|bytes: usize| bytes <= QUICKLY_READ)
}

/// The body as it came.
struct Whole(axum::body::Bytes);

impl FromRequest<App> for Whole {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<Self, Fault> {
        let limit = app.settings().longest_bulk_body;
        whole(app.room(), request.into_body(), limit).await.map(Self)
    }
}
