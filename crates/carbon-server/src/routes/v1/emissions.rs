//! `GET /v1/runs/{id}/emissions`: rows of a run, page by page.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use carbon_api::v1 as wire;
use carbon_store::{EmissionCursor, RowOrder, Scope, Timestamp};
use uuid::Uuid;

use super::asked::{Asked, bad_cursor, known, limit, one_of};
use super::scope::Scoped;
use super::shown::emission;
use crate::app::App;
use crate::body::Query;
use crate::fault::Problem;
use crate::wire::{Fields, Optional};

/// The route.
pub(super) fn router() -> Router<App> {
    Router::new().route("/v1/runs/{id}/emissions", get(page))
}

/// Most rows of a page.
const LONGEST_PAGE: f64 = 10_000.0;

async fn page(
    State(app): State<App>,
    scoped: Scoped,
    Asked(query): Asked<Query>,
) -> Result<Json<wire::Page<wire::Emission>>, Problem> {
    let mut query = known(query, &["order", "limit", "after"]);
    let orders = [("asc", RowOrder::OldestFirst), ("desc", RowOrder::NewestFirst)];
    let order = one_of(&mut query, "order", &orders).unwrap_or(RowOrder::NewestFirst);
    let limit = limit(&mut query, LONGEST_PAGE);
    let after = after(&mut query, order);
    query.finish(|| Some(()))?;
    let Scope::Run(id) = scoped.scope else { return Err(scoped.gone().into()) };
    let found = app.store().emissions_in(id, order, after, limit + 1).await?;
    let mut found = found.ok_or_else(|| scoped.gone())?;
    let has_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| has_more).map(|row| {
        let EmissionCursor { timestamp, id } = EmissionCursor::of(row);
        format!("{}{:x}.{}", letter(order), timestamp.micros(), id.uuid().simple())
    });
    Ok(Json(wire::Page { items: found.iter().map(emission).collect(), next }))
}

/// What tells cursors of one order from those of the other.
fn letter(order: RowOrder) -> char {
    match order {
        RowOrder::OldestFirst => 'o',
        RowOrder::NewestFirst => 'n',
    }
}

fn after(query: &mut Fields, order: RowOrder) -> Option<EmissionCursor> {
    let text = query.text("after", Optional::Yes)?;
    let read = || {
        let (micros, id) = text.strip_prefix(letter(order))?.split_once('.')?;
        let micros = u64::from_str_radix(micros, 16).ok()?.cast_signed();
        let id = Uuid::try_parse(id).ok()?;
        Some(EmissionCursor { timestamp: Timestamp::from_micros(micros), id: id.into() })
    };
    let cursor = read();
    if cursor.is_none() {
        bad_cursor(query, &text);
    }
    cursor
}
