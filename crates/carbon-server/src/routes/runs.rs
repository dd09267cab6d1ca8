//! Runs. They are written with the token of a project.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use carbon_api as wire;
use carbon_store::{
    MAX_SOURCES_BYTES, NewRun, Paging, RepeatableIds, RunFacts, RunId, RunsOf, Subject,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::experiments::readable_experiment;
use super::projects::readable;
use crate::app::App;
use crate::body::{Id, Query, Raw, window};
use crate::fault::Fault;
use crate::rights::Action;
use crate::sign_in::Caller;
use crate::token;
use crate::wire::{Bounds, Fields, Flaw, Optional, Place};

/// Header by which a request that is sent again counts once.
pub(super) const IDEMPOTENCY_KEY: &str = "idempotency-key";

pub(super) async fn create(
    State(app): State<App>,
    headers: HeaderMap,
    raw: Raw,
) -> Result<(StatusCode, Json<wire::Run>), Fault> {
    let mut new = read_run(raw.fields()?)?;
    let token = token::writer(&app, &headers).await?;
    if new.id.is_none() {
        let key = headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok());
        new.id = key.map(|key| RepeatableIds::new(token.project_id, key).run());
    }
    new.project = Some(token.project_id);
    new.member_id = token.created_by;
    let made = app.store().create_run(new).await?.ok_or_else(token::wrong)?;
    Ok((StatusCode::CREATED, Json(app.run(made))))
}

fn read_run(mut body: Fields) -> Result<NewRun, Fault> {
    let timestamp = body.time("timestamp", Optional::No);
    let experiment = body.uuid("experiment_id", Optional::No);
    let id = body.uuid("id", Optional::Yes).map(RunId::from);
    let mut text = |name| body.text(name, Optional::Yes);
    let mut facts = RunFacts {
        os: text("os"),
        python_version: text("python_version"),
        codecarbon_version: text("codecarbon_version"),
        cpu_model: text("cpu_model"),
        gpu_model: text("gpu_model"),
        region: text("region"),
        provider: text("provider"),
        tracking_mode: text("tracking_mode"),
        host: text("host"),
        ..RunFacts::default()
    };
    facts.cpu_count = body.integer("cpu_count", Optional::Yes, Bounds::ANY);
    facts.gpu_count = body.integer("gpu_count", Optional::Yes, Bounds::ANY);
    facts.longitude = body.float("longitude", Optional::Yes, Bounds::ANY);
    facts.latitude = body.float("latitude", Optional::Yes, Bounds::ANY);
    facts.ram_total_size = body.float("ram_total_size", Optional::Yes, Bounds::ANY);
    facts.sources = read_sources(&mut body);
    Ok(body.finish(|| {
        Some(NewRun {
            id,
            project: None,
            experiment_id: experiment?.into(),
            timestamp: timestamp?.into(),
            facts,
            member_id: None,
        })
    })?)
}

/// Where the figures come from: any JSON object that is not too long.
fn read_sources(body: &mut Fields) -> Option<String> {
    let sources = body.values().get("sources").filter(|sources| !sources.is_null())?.clone();
    let text = sources.to_string();
    let (kind, words) = if !sources.is_object() {
        ("dict_type", "Input should be a valid dictionary".to_owned())
    } else if text.len() > MAX_SOURCES_BYTES {
        ("too_long", format!("Input should have at most {MAX_SOURCES_BYTES} bytes"))
    } else {
        return Some(text);
    };
    body.flaw(Flaw::of_field(kind, Place::Body, "sources", words, &sources));
    None
}

pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Vec<wire::Run>>, Fault> {
    let Some(person) = caller.signed_in()? else { return Ok(Json(Vec::new())) };
    runs(&app, RunsOf::User(person.id)).await
}

pub(super) async fn list_of(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Vec<wire::Run>>, Fault> {
    let experiment = readable_experiment(&app, &caller, id).await?;
    runs(&app, RunsOf::Experiment(experiment)).await
}

async fn runs(app: &App, of: RunsOf) -> Result<Json<Vec<wire::Run>>, Fault> {
    let found = app.store().runs(of, Paging::ALL).await?;
    Ok(Json(found.items.into_iter().map(|run| app.run(run)).collect()))
}

pub(super) async fn read(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<wire::Run>, Fault> {
    let run = readable_run(&app, &caller, id).await?;
    let found = app.store().run(run).await?.ok_or_else(|| not_found(id))?;
    Ok(Json(app.run(found)))
}

pub(super) async fn sums(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    query: Query,
) -> Result<Json<Vec<wire::RunReport>>, Fault> {
    let window = window(&app, query)?;
    let experiment = readable_experiment(&app, &caller, id).await?;
    let found = app.store().run_sums(experiment, window).await?;
    Ok(Json(found.into_iter().map(|(of, sums)| app.run_report(of, &sums)).collect()))
}

pub(super) async fn last(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id,
    query: Query,
) -> Result<Json<Value>, Fault> {
    let window = window(&app, query)?;
    let project = readable(&app, &caller, id).await?;
    let found = app.store().last_run(project, window).await?;
    Ok(Json(found.map_or_else(|| json!({}), |run| json!(app.run(run)))))
}

/// A run that is there and that the caller may read.
pub(super) async fn readable_run(app: &App, caller: &Caller, id: Uuid) -> Result<RunId, Fault> {
    let run = RunId::from(id);
    let access = app.allow(caller, Action::ReadRun, Subject::Run(run)).await?;
    access.map(|_| run).ok_or_else(|| not_found(id))
}

pub(super) fn not_found(id: Uuid) -> Fault {
    Fault::NotFound(format!("Run {id} not found"))
}
