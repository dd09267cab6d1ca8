//! Runs: lists of them with what they came to, and one by itself.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use carbon_api::v1 as wire;
use carbon_store::{RunCursor, RunOrder, RunQuery, Scope};

use super::asked::{Asked, bad_cursor, known, limit, one_of, window};
use super::scope::Scoped;
use super::shown::{experiment, run_row};
use super::sums::may_tell_apart;
use crate::app::App;
use crate::body::Query;
use crate::fault::Problem;
use crate::wire::{Fields, Flaw, Optional, Place};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/v1/projects/{id}/runs", get(list))
        .route("/v1/experiments/{id}/runs", get(list))
        .route("/v1/runs/{id}", get(read))
}

/// Most runs of a page, and longest text that is searched for, in characters.
const LONGEST_PAGE: f64 = 1_000.0;
const LONGEST_SEARCH: usize = 200;

async fn list(
    State(app): State<App>,
    scoped: Scoped,
    Asked(query): Asked<Query>,
) -> Result<Json<wire::Page<wire::RunRow>>, Problem> {
    let names = ["start", "end", "search", "host", "sort", "order", "limit", "after"];
    let mut query = known(query, &names);
    let orders = [
        ("timestamp", RunOrder::Timestamp),
        ("energy", RunOrder::Energy),
        ("emissions", RunOrder::Emissions),
        ("duration", RunOrder::Duration),
    ];
    let order = one_of(&mut query, "sort", &orders).unwrap_or(RunOrder::Timestamp);
    let is_descending = one_of(&mut query, "order", &[("asc", false), ("desc", true)]);
    let wanted = RunQuery {
        scope: scoped.scope,
        window: window(&mut query),
        search: words(&mut query, "search"),
        host: words(&mut query, "host"),
        is_host_searched: scoped.is_inside,
        order,
        is_descending: is_descending.unwrap_or(true),
    };
    let limit = limit(&mut query, LONGEST_PAGE);
    let after = after(&mut query, &wanted);
    query.finish(|| Some(()))?;
    if wanted.host.is_some() {
        may_tell_apart(&app, &scoped, carbon_store::GroupBy::Host).await?;
    }
    let kind = letter(&wanted);
    let (found, next) = app.store().run_list(wanted, after, limit).await?;
    let items = found.into_iter().map(|entry| run_row(&app, entry, scoped.is_inside)).collect();
    let next = next.map(|RunCursor { value, key }| format!("{kind}{value:x}.{key:x}"));
    Ok(Json(wire::Page { items, next }))
}

/// A text that is not too long to be looked for; none where it is empty.
fn words(query: &mut Fields, name: &str) -> Option<String> {
    let text = query.text(name, Optional::Yes).filter(|text| !text.is_empty())?;
    if text.chars().count() > LONGEST_SEARCH {
        let words = "String should have at most 200 characters";
        query.flaw(Flaw::of_field("string_too_long", Place::Query, name, words, &text.into()));
        return None;
    }
    Some(text)
}

/// What tells cursors of one order from those of another.
fn letter(query: &RunQuery) -> char {
    let letter = match query.order {
        RunOrder::Timestamp => 't',
        RunOrder::Energy => 'e',
        RunOrder::Emissions => 'c',
        RunOrder::Duration => 'd',
    };
    if query.is_descending { letter.to_ascii_uppercase() } else { letter }
}

fn after(query: &mut Fields, of: &RunQuery) -> Option<RunCursor> {
    let text = query.text("after", Optional::Yes)?;
    let read = || {
        let (value, key) = text.strip_prefix(letter(of))?.split_once('.')?;
        let value = u64::from_str_radix(value, 16).ok()?.cast_signed();
        let key = u64::from_str_radix(key, 16).ok()?.cast_signed();
        Some(RunCursor { value, key })
    };
    let cursor = read();
    if cursor.is_none() {
        bad_cursor(query, &text);
    }
    cursor
}

async fn read(
    State(app): State<App>,
    scoped: Scoped,
    Asked(query): Asked<Query>,
) -> Result<Json<wire::RunDetail>, Problem> {
    known(query, &[]).finish(|| Some(()))?;
    let Scope::Run(id) = scoped.scope else { return Err(scoped.gone().into()) };
    let store = app.store();
    let found = store.run_entry(id).await?.ok_or_else(|| scoped.gone())?;
    let (project, of) = (found.run.project_id, found.run.experiment_id);
    let project = store.project(project).await?.ok_or_else(|| scoped.gone())?;
    let of = store.experiment(of).await?.ok_or_else(|| scoped.gone())?;
    let wire::RunRow { run, figures, first, last, .. } = run_row(&app, found, scoped.is_inside);
    Ok(Json(wire::RunDetail {
        run,
        project: wire::ProjectOfRun {
            id: project.id.to_string(),
            name: project.name,
            public: project.is_public,
            organization_id: project.organization_id.to_string(),
        },
        experiment: experiment(&app, of),
        figures,
        first,
        last,
    }))
}
