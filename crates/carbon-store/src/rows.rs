//! Rows of runs, read: one, a page with a number, the rows after a position, or all of them in
//! parts.

use crate::cell::{FromRow, Row};
use crate::emission::{Emission, MEASURED, Measured};
use crate::error::Result;
use crate::figures::Scope;
use crate::id::{EmissionId, RunId};
use crate::session::Session;
use crate::store::Store;
use crate::time::{DAY_US, HOUR_US, Timestamp, Window};

/// Part of a run's rows, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct EmissionsPage {
    /// The rows of the page.
    pub items: Vec<Emission>,
    /// Rows of the run in all.
    pub total: i64,
}

/// A position among the rows of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmissionCursor {
    /// Time of the last row that was given.
    pub timestamp: Timestamp,
    /// Its id, which orders rows of one time.
    pub id: EmissionId,
}

impl EmissionCursor {
    /// Of a row.
    pub const fn of(row: &Emission) -> Self {
        Self { timestamp: row.timestamp, id: row.id }
    }
}

/// Which row of a run comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowOrder {
    /// The earliest.
    OldestFirst,
    /// The latest.
    NewestFirst,
}

/// A position in an export: all rows up to it were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportCursor {
    run_key: i64,
    after: Option<EmissionCursor>,
}

impl FromRow for Emission {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            id: row.next()?,
            run_id: row.next()?,
            timestamp: row.next()?,
            measured: Measured::from_row(row)?,
        })
    }
}

/// A row whose run is known.
struct RowOfRun {
    id: EmissionId,
    timestamp: Timestamp,
    measured: Measured,
}

impl FromRow for RowOfRun {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self { id: row.next()?, timestamp: row.next()?, measured: Measured::from_row(row)? })
    }
}

impl RowOfRun {
    fn of(self, run_id: RunId) -> Emission {
        Emission { id: self.id, run_id, timestamp: self.timestamp, measured: self.measured }
    }
}

impl FromRow for (i64, RunId) {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok((row.next()?, row.next()?))
    }
}

impl FromRow for (i64, i64) {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok((row.next()?, row.next()?))
    }
}

impl Store {
    /// One row.
    pub async fn emission(&self, id: EmissionId) -> Result<Option<Emission>> {
        let sql = format!(
            "SELECT e.id, r.id, e.timestamp_us, {MEASURED} FROM emission_keys k \
             JOIN live_runs r ON r.key = k.run_key \
             JOIN emissions e ON e.run_key = k.run_key AND e.timestamp_us = k.timestamp_us \
             AND e.id = k.id WHERE k.id = $1"
        );
        self.look_up(move |session| Box::pin(async move { session.find(&sql, &[id.into()]).await }))
            .await
    }

    /// A page of a run's rows, newest first, after the first `offset`. None where the run is not
    /// there; a page beyond the end is empty. However far the page, it costs a walk over the run's
    /// days, the hours of one day and the rows of one hour.
    pub async fn emissions_page(
        &self,
        run: RunId,
        offset: u64,
        size: u32,
    ) -> Result<Option<EmissionsPage>> {
        self.read(move |session| {
            Box::pin(async move {
                let Some(key) = run_key(session, run).await? else { return Ok(None) };
                let days = "SELECT start_us, row_count FROM run_days \
                            WHERE run_key = $1 ORDER BY start_us DESC";
                let days: Vec<(i64, i64)> = session.list(days, &[key.into()]).await?;
                let total = days.iter().map(|(_, rows)| rows).sum();
                let mut skip = i64::try_from(offset).unwrap_or(i64::MAX);
                let Some(day) = skip_whole(&days, &mut skip) else {
                    return Ok(Some(EmissionsPage { items: Vec::new(), total }));
                };
                let hours = "SELECT start_us, row_count FROM run_hours \
                             WHERE run_key = $1 AND start_us >= $2 AND start_us < $3 \
                             ORDER BY start_us DESC";
                let params = [key.into(), day.into(), (day + DAY_US).into()];
                let hours: Vec<(i64, i64)> = session.list(hours, &params).await?;
                let end = match skip_whole(&hours, &mut skip) {
                    Some(hour) => hour + HOUR_US,
                    None => day,
                };
                let rows = format!(
                    "SELECT e.id, e.timestamp_us, {MEASURED} FROM emissions e \
                     WHERE e.run_key = $1 AND e.timestamp_us < $2 \
                     ORDER BY e.timestamp_us DESC, e.id DESC LIMIT $3 OFFSET $4"
                );
                let params = [key.into(), end.into(), i64::from(size).into(), skip.into()];
                let rows: Vec<RowOfRun> = session.list(&rows, &params).await?;
                let items = rows.into_iter().map(|row| row.of(run)).collect();
                Ok(Some(EmissionsPage { items, total }))
            })
        })
        .await
    }

    /// Rows of a run, newest first, after a position. None where the run is not there. There is
    /// more while as many come as were asked for.
    pub async fn emissions_after(
        &self,
        run: RunId,
        after: Option<EmissionCursor>,
        limit: u32,
    ) -> Result<Option<Vec<Emission>>> {
        self.emissions_in(run, RowOrder::NewestFirst, after, limit).await
    }

    /// The same in either order.
    pub async fn emissions_in(
        &self,
        run: RunId,
        order: RowOrder,
        after: Option<EmissionCursor>,
        limit: u32,
    ) -> Result<Option<Vec<Emission>>> {
        self.read(move |session| {
            Box::pin(async move {
                let Some(key) = run_key(session, run).await? else { return Ok(None) };
                let (beyond, direction) = match order {
                    RowOrder::OldestFirst => (">", "ASC"),
                    RowOrder::NewestFirst => ("<", "DESC"),
                };
                let position = match after {
                    Some(_) => format!(
                        "AND e.timestamp_us {beyond}= $3 \
                         AND (e.timestamp_us {beyond} $3 OR e.id {beyond} $4)"
                    ),
                    None => String::new(),
                };
                let sql = format!(
                    "SELECT e.id, e.timestamp_us, {MEASURED} FROM emissions e \
                     WHERE e.run_key = $1 {position} \
                     ORDER BY e.timestamp_us {direction}, e.id {direction} LIMIT $2"
                );
                let mut params = vec![key.into(), i64::from(limit).into()];
                if let Some(after) = after {
                    params.extend([after.timestamp.into(), after.id.into()]);
                }
                let rows: Vec<RowOfRun> = session.list(&sql, &params).await?;
                Ok(Some(rows.into_iter().map(|row| row.of(run)).collect()))
            })
        })
        .await
    }

    /// The next rows of all runs of a scope within a window, run by run, oldest first: call again
    /// with the returned position until there is none. Each part is a snapshot of its own; a row
    /// that was there at the start comes once.
    pub async fn export(
        &self,
        scope: Scope,
        window: Window,
        after: Option<ExportCursor>,
        limit: u32,
    ) -> Result<(Vec<Emission>, Option<ExportCursor>)> {
        self.read(move |session| Box::pin(export(session, scope, window, after, limit))).await
    }
}

/// Passes the buckets, newest first, that lie wholly before the rows to give. The bucket in which
/// those begin, if there is one.
fn skip_whole(buckets: &[(i64, i64)], skip: &mut i64) -> Option<i64> {
    for &(start, rows) in buckets {
        if *skip < rows {
            return Some(start);
        }
        *skip -= rows;
    }
    None
}

async fn run_key(session: &mut Session, run: RunId) -> Result<Option<i64>> {
    session.value("SELECT r.key FROM live_runs r WHERE r.id = $1", &[run.into()]).await
}

/// Runs that an export looks up at a time.
const EXPORT_RUNS: i64 = 64;

async fn export(
    session: &mut Session,
    scope: Scope,
    window: Window,
    after: Option<ExportCursor>,
    limit: u32,
) -> Result<(Vec<Emission>, Option<ExportCursor>)> {
    let (filter, id) = scope.runs();
    let runs = format!(
        "SELECT r.key, r.id FROM live_runs r WHERE {filter} AND r.key >= $2 ORDER BY r.key LIMIT $3"
    );
    let mut rows: Vec<Emission> = Vec::new();
    let mut position = after;
    loop {
        let from = position.map_or(0, |position| position.run_key);
        let found: Vec<(i64, RunId)> =
            session.list(&runs, &[id.clone(), from.into(), EXPORT_RUNS.into()]).await?;
        let is_last = found.len() < EXPORT_RUNS as usize;
        let mut next = from;
        for (key, run) in found {
            let start = position.filter(|position| position.run_key == key);
            let room = limit.saturating_sub(rows.len() as u32);
            let part = rows_of_run(session, key, window, start.and_then(|s| s.after), room).await?;
            let is_full = part.len() as u32 == room;
            rows.extend(part.into_iter().map(|row| row.of(run)));
            if is_full {
                let after = rows.last().map(EmissionCursor::of);
                return Ok((rows, Some(ExportCursor { run_key: key, after })));
            }
            next = key + 1;
        }
        if is_last {
            return Ok((rows, None));
        }
        position = Some(ExportCursor { run_key: next, after: None });
    }
}

async fn rows_of_run(
    session: &mut Session,
    run: i64,
    window: Window,
    after: Option<EmissionCursor>,
    limit: u32,
) -> Result<Vec<RowOfRun>> {
    let position = match after {
        Some(_) => "AND e.timestamp_us >= $5 AND (e.timestamp_us > $5 OR e.id > $6)",
        None => "",
    };
    let sql = format!(
        "SELECT e.id, e.timestamp_us, {MEASURED} FROM emissions e \
         WHERE e.run_key = $1 AND e.timestamp_us >= $2 AND e.timestamp_us <= $3 {position} \
         ORDER BY e.timestamp_us, e.id LIMIT $4"
    );
    let mut params =
        vec![run.into(), window.start.into(), window.end.into(), i64::from(limit).into()];
    if let Some(after) = after {
        params.extend([after.timestamp.into(), after.id.into()]);
    }
    session.list(&sql, &params).await
}
