//! `GET /v1/SCOPE/{id}/export`: rows, runs or experiments as a file.
//!
//! A page is read, written and taken by the client before the next: nothing is held but a page. Where
//! the store fails in the middle the connection is cut, so that nobody takes a part for the whole.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use carbon_store::{
    Cursor, ExportCursor, Paging, RunCursor, RunOrder, RunQuery, Scope, Store, Window,
};

use super::asked::{Asked, known, one_of, window};
use super::scope::Scoped;
use super::tables::{self, experiment_cells, row_cells, run_cells};
use crate::app::App;
use crate::body::Query;
use crate::export::{Cell, Column, Format, TableWriter};
use crate::fault::{Fault, Problem};
use crate::stream::{Gone, Parts, stream};
use crate::wire::{Flaw, Place};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/v1/organizations/{id}/export", get(read))
        .route("/v1/projects/{id}/export", get(read))
        .route("/v1/experiments/{id}/export", get(read))
        .route("/v1/runs/{id}/export", get(read))
}

/// Rows, runs and experiments of a page.
const ROWS: u32 = 5_000;
const RUNS: u32 = 500;
const EXPERIMENTS: u32 = 500;

/// What a line of the file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Rows,
    Runs,
    Experiments,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Runs => "runs",
            Self::Experiments => "experiments",
        }
    }

    fn columns(self) -> &'static [Column] {
        match self {
            Self::Rows => &tables::ROWS,
            Self::Runs => &tables::RUNS,
            Self::Experiments => &tables::EXPERIMENTS,
        }
    }

    fn start(self) -> Position {
        match self {
            Self::Rows => Position::Rows(None),
            Self::Runs => Position::Runs(None),
            Self::Experiments => Position::Experiments(None),
        }
    }
}

async fn read(
    State(app): State<App>,
    scoped: Scoped,
    Asked(query): Asked<Query>,
) -> Result<Response, Problem> {
    let mut query = known(query, &["start", "end", "format", "level"]);
    let window = window(&mut query);
    let formats = [
        ("csv", Format::Csv),
        ("json", Format::Json),
        ("ndjson", Format::JsonLines),
        ("parquet", Format::Parquet),
    ];
    let format = one_of(&mut query, "format", &formats).unwrap_or(Format::Csv);
    let levels = [Level::Rows, Level::Runs, Level::Experiments].map(|level| (level.name(), level));
    let level = one_of(&mut query, "level", &levels).unwrap_or(Level::Rows);
    if level == Level::Experiments && matches!(scoped.scope, Scope::Run(_)) {
        let words = "Input should be rows or runs for a run";
        query.flaw(Flaw::of_field("enum", Place::Query, "level", words, &"experiments".into()));
    }
    query.finish(|| Some(()))?;
    let mut source = Source {
        store: app.store().clone(),
        scope: scoped.scope,
        window,
        is_inside: scoped.is_inside,
    };
    // What cannot even begin is answered as a fault.
    let (first, next) = source.page(level.start()).await?;
    let mut writer = format.writer(level.columns());
    let (parts, body) = stream();
    tokio::spawn(async move {
        match write(&mut source, writer.as_mut(), &parts, first, next).await {
            Ok(()) | Err(Stopped::Gone) => {}
            Err(Stopped::Store(fault)) => {
                tracing::warn!(%fault, "an export is broken off");
                parts.break_off().await;
            }
        }
    });
    let name = format!(
        "attachment; filename=\"codecarbon-{}-{}.{}\"",
        scoped.id(),
        level.name(),
        format.extension()
    );
    let name = HeaderValue::try_from(name).map_err(|error| Fault::Internal(error.into()))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(format.media_type())),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, body).into_response())
}

/// Why a file is not written to its end.
enum Stopped {
    Gone,
    Store(Fault),
}

impl From<Gone> for Stopped {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Self {
        Self::Store(fault)
    }
}

async fn write(
    source: &mut Source,
    writer: &mut dyn TableWriter,
    parts: &Parts,
    first: Vec<Vec<Cell>>,
    mut next: Option<Position>,
) -> Result<(), Stopped> {
    parts.give(writer.rows(&first)).await?;
    drop(first);
    while let Some(position) = next {
        let (rows, following) = source.page(position).await?;
        parts.give(writer.rows(&rows)).await?;
        next = following;
    }
    parts.give(writer.end()).await?;
    Ok(())
}

/// Where the lines come from.
struct Source {
    store: Store,
    scope: Scope,
    window: Option<Window>,
    is_inside: bool,
}

/// What was given already.
#[derive(Debug, Clone, Copy)]
enum Position {
    Rows(Option<ExportCursor>),
    Runs(Option<RunCursor>),
    Experiments(Option<Cursor>),
}

impl Source {
    /// The next lines, and where the following begin.
    async fn page(
        &mut self,
        position: Position,
    ) -> Result<(Vec<Vec<Cell>>, Option<Position>), Fault> {
        let (store, scope, is_inside) = (&self.store, self.scope, self.is_inside);
        let window = self.window.unwrap_or(Window::ALL);
        Ok(match position {
            Position::Rows(after) => {
                let (rows, next) = store.export(scope, window, after, ROWS).await?;
                let lines = rows.iter().map(row_cells).collect();
                (lines, next.map(|next| Position::Rows(Some(next))))
            }
            Position::Runs(after) => {
                let query = RunQuery {
                    scope,
                    window: self.window,
                    search: None,
                    host: None,
                    is_host_searched: false,
                    order: RunOrder::Timestamp,
                    is_descending: false,
                };
                let (runs, next) = store.run_list(query, after, RUNS).await?;
                let lines = runs.into_iter().map(|run| run_cells(run, is_inside)).collect();
                (lines, next.map(|next| Position::Runs(Some(next))))
            }
            Position::Experiments(after) => {
                let paging = Paging { after, limit: EXPERIMENTS };
                let found = store.experiment_list(scope, window, paging).await?;
                let lines = found.items.into_iter().map(experiment_cells).collect();
                (lines, found.next.map(|next| Position::Experiments(Some(next))))
            }
        })
    }
}
