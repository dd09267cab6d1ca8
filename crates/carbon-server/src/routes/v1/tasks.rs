//! `/v1/runs/{id}/tasks`: the parts of a program that its tracker measured by name.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use carbon_api::v1 as wire;
use carbon_store::{MAX_TASKS, MAX_VALUE, RepeatableIds, RunId, Scope, Task, TaskId};
use serde_json::Value;

use super::asked::{Asked, Sent, cursor_text, known, paging};
use super::scope::Scoped;
use super::shown::task;
use crate::app::App;
use crate::body::{Id, Query, Raw};
use crate::fault::{Fault, Problem};
use crate::routes::runs::{IDEMPOTENCY_KEY, not_found};
use crate::token;
use crate::wire::{Bounds, Fields, Flaw, Optional, Place};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new().route("/v1/runs/{id}/tasks", get(page).post(create))
}

/// Longest name, in characters.
const LONGEST_NAME: usize = 1_000;

/// Any number that can be stored and is not negative.
const FIGURE: Bounds = Bounds::between(0.0, MAX_VALUE);

async fn create(
    State(app): State<App>,
    headers: HeaderMap,
    Asked(Id(id)): Asked<Id>,
    Sent(raw): Sent<Raw>,
) -> Result<(StatusCode, Json<wire::TasksStored>), Problem> {
    let token = token::writer(&app, &headers).await?;
    let key = headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok());
    let ids = key.map(|key| RepeatableIds::new(token.project_id, key));
    let body = raw.fields()?;
    let tasks = read(&body, ids)?;
    let stored = app.store().add_tasks(Some(token.project_id), RunId::from(id), tasks).await?;
    let stored = stored.ok_or_else(|| not_found(id))?;
    Ok((StatusCode::CREATED, Json(wire::TasksStored { stored })))
}

/// The tasks of a body.
///
/// # Errors
/// Everything that is wrong with them.
pub(in crate::routes) fn read(
    body: &Fields,
    ids: Option<RepeatableIds>,
) -> Result<Vec<Task>, Fault> {
    let refused = |kind, words: String, input: &Value| {
        Fault::Flaws(vec![Flaw::of_field(kind, Place::Body, "tasks", words, input)])
    };
    let items = match body.values().get("tasks") {
        Some(Value::Array(items)) => items,
        Some(other) => {
            return Err(refused("list_type", "Input should be a valid list".into(), other));
        }
        None => return Err(refused("missing", "Field required".into(), &Value::Null)),
    };
    if items.len() > MAX_TASKS {
        let words = format!("List should have at most {MAX_TASKS} items");
        return Err(refused("too_long", words, &Value::Null));
    }
    let (mut tasks, mut flaws) = (Vec::with_capacity(items.len()), Vec::new());
    for (index, item) in items.iter().enumerate() {
        let id = || ids.map_or_else(TaskId::new, |ids| ids.task(index));
        match Fields::of_value(item.clone()).and_then(|fields| one(fields, id)) {
            Ok(task) => tasks.push(task),
            Err(found) => flaws.extend(found.into_iter().map(|flaw| flaw.of_item("tasks", index))),
        }
    }
    if flaws.is_empty() { Ok(tasks) } else { Err(Fault::Flaws(flaws)) }
}

fn one(mut item: Fields, fresh: impl FnOnce() -> TaskId) -> Result<Task, Vec<Flaw>> {
    let id = item.uuid("id", Optional::Yes).map(TaskId::from);
    let name = item.text("name", Optional::No);
    if name.as_ref().is_some_and(|name| name.chars().count() > LONGEST_NAME) {
        let words = format!("String should have at most {LONGEST_NAME} characters");
        let input = Value::from(name.clone());
        item.flaw(Flaw::of_field("string_too_long", Place::Body, "name", words, &input));
    }
    let start = item.time("start", Optional::No);
    let mut figure = |name, optional| item.float(name, optional, FIGURE);
    let duration_s = figure("duration_s", Optional::No);
    let energy_kwh = figure("energy_kwh", Optional::No);
    let emissions_kg = figure("emissions_kg", Optional::No);
    let cpu_energy_kwh = figure("cpu_energy_kwh", Optional::Yes);
    let gpu_energy_kwh = figure("gpu_energy_kwh", Optional::Yes);
    let ram_energy_kwh = figure("ram_energy_kwh", Optional::Yes);
    item.finish(|| {
        Some(Task {
            id: id.unwrap_or_else(fresh),
            name: name?,
            start: start?.into(),
            duration_s: duration_s?,
            energy_kwh: energy_kwh?,
            emissions_kg: emissions_kg?,
            cpu_energy_kwh,
            gpu_energy_kwh,
            ram_energy_kwh,
        })
    })
}

async fn page(
    State(app): State<App>,
    scoped: Scoped,
    Asked(query): Asked<Query>,
) -> Result<Json<wire::Page<wire::Task>>, Problem> {
    let mut query = known(query, &["limit", "after"]);
    let paging = paging(&mut query);
    query.finish(|| Some(()))?;
    let Scope::Run(id) = scoped.scope else { return Err(scoped.gone().into()) };
    let found = app.store().tasks(id, paging).await?.ok_or_else(|| scoped.gone())?;
    let items = found.items.into_iter().map(task).collect();
    Ok(Json(wire::Page { items, next: found.next.map(cursor_text) }))
}
