//! Rows into SQLite: each is put beside the others of its run, and the sums of its hour and its day
//! are written once per commit, however many rows of the commit they take up.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::LazyLock;

use rusqlite::types::{Null, ToSql};
use rusqlite::{CachedStatement, Connection, OptionalExtension};

use super::connection::{fault, prepare};
use super::sums::{self, COLUMNS};
use crate::emission::{Batch, FIGURES, Ingested, MEASURED, Measured, NewEmission};
use crate::error::{Error, Result};
use crate::id::{EmissionId, FreshIds, ProjectId, RunId};
use crate::session::Session;
use crate::sums::{Numbers, Sums, WIDTH};

/// Runs whose keys are kept in memory; then it starts again.
const KEPT_RUNS: usize = 100_000;

/// Sums of hours, and as many of days, that are kept in memory, about 3 MB each; then it starts again.
const KEPT_SUMS: usize = 10_000;

const FIND_RUN: &str = "SELECT key, project_id FROM live_runs WHERE id = ?1";

const FIND_ROW: &str = "SELECT run_key FROM emissions WHERE id = ?1";

static INSERT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "INSERT OR IGNORE INTO emissions (run_key, timestamp_us, id, {MEASURED}) VALUES ({})",
        numbered(3 + FIGURES)
    )
});

/// A table of kept sums: how a sum is read, and how it is written.
struct Kept {
    read: String,
    write: String,
}

static HOURS: LazyLock<Kept> = LazyLock::new(|| Kept::of("run_hours"));
static DAYS: LazyLock<Kept> = LazyLock::new(|| Kept::of("run_days"));

impl Kept {
    fn of(table: &str) -> Self {
        let (columns, values) = (COLUMNS.join(", "), numbered(2 + COLUMNS.len()));
        Self {
            read: format!("SELECT {columns} FROM {table} WHERE run_key = ?1 AND start_us = ?2"),
            write: format!(
                "INSERT OR REPLACE INTO {table} (run_key, start_us, {columns}) VALUES ({values})"
            ),
        }
    }
}

fn numbered(count: usize) -> String {
    let mut text = String::from("?1");
    for number in 2..=count {
        // Writing to a string cannot fail.
        let _ = write!(text, ", ?{number}");
    }
    text
}

/// An hour or a day of a run: its key, and when it begins.
type Stretch = (i64, i64);

/// What a commit has to know of its rows.
#[derive(Default)]
pub(super) struct Ingest {
    runs: HashMap<RunId, (i64, ProjectId)>,
    hours: Added,
    days: Added,
    /// Of rows whose client brings none.
    ids: Option<FreshIds>,
    /// Changes when another process has written to the file.
    data_version: i64,
}

/// Sums of one table.
#[derive(Default)]
struct Added {
    /// Of the rows of this commit.
    fresh: BTreeMap<Stretch, Sums>,
    /// As they are in the table, of stretches that were written lately: most rows come one after
    /// another.
    written: HashMap<Stretch, Numbers>,
}

impl Added {
    fn add(&mut self, stretch: Stretch, row: &Measured) {
        self.fresh.entry(stretch).or_default().add(row);
    }

    /// Writes the sums of the commit.
    fn finish(&mut self, connection: &Connection, kept: &Kept) -> Result<()> {
        if self.fresh.is_empty() {
            return Ok(());
        }
        let mut read = prepare(connection, &kept.read)?;
        let mut write = prepare(connection, &kept.write)?;
        if self.written.len() + self.fresh.len() > KEPT_SUMS {
            self.written.clear();
        }
        for ((run, start), fresh) in std::mem::take(&mut self.fresh) {
            let numbers = match self.written.entry((run, start)) {
                Entry::Occupied(there) => there.into_mut(),
                Entry::Vacant(place) => {
                    let mut numbers = [0.0; WIDTH];
                    let mut there = read.query([run, start]).map_err(fault)?;
                    if let Some(row) = there.next().map_err(fault)? {
                        sums::add(row, &mut numbers)?;
                    }
                    place.insert(numbers)
                }
            };
            for (number, fresh) in numbers.iter_mut().zip(fresh.numbers()) {
                *number += fresh;
            }
            let [count, energy, emissions, ..] = *numbers;
            let packed = sums::pack(numbers);
            write.execute((run, start, count as i64, energy, emissions, packed)).map_err(fault)?;
        }
        Ok(())
    }
}

impl Ingest {
    /// Starts a commit.
    pub(super) fn begin(&mut self, session: &mut Session) -> Result<()> {
        let mut statement = prepare(raw(session)?, "PRAGMA data_version")?;
        let version = statement.query_row([], |row| row.get(0)).map_err(fault)?;
        if version != self.data_version {
            *self = Self { data_version: version, ..Self::default() };
        }
        Ok(())
    }

    /// Adds the rows of one request, or none of them. After `Conflict` and `NoSuchRun` nothing is
    /// written; after any other error the transaction is lost.
    pub(super) fn add(&mut self, session: &mut Session, batch: &Batch) -> Result<Ingested> {
        let connection = raw(session)?;
        let mut keys = Vec::with_capacity(batch.rows.len());
        for (index, row) in batch.rows.iter().enumerate() {
            match self.run(connection, row.run_id)? {
                Some((key, project)) if batch.project.is_none_or(|wanted| wanted == project) => {
                    keys.push(key);
                }
                _ => return Ok(Ingested::NoSuchRun { row: index }),
            }
        }
        refuse_ids_of_other_runs(connection, &batch.rows, &keys)?;
        let (fresh, newest) = (self.ids.get_or_insert_with(FreshIds::new), batch.newest());
        let mut insert = prepare(connection, &INSERT)?;
        let mut ids = Vec::with_capacity(batch.rows.len());
        let mut added = 0;
        for (row, key) in batch.rows.iter().zip(keys) {
            let id = row.id.unwrap_or_else(|| fresh.at(newest));
            if store(&mut insert, key, id, row)? {
                self.hours.add((key, row.timestamp.hour()), &row.measured);
                self.days.add((key, row.timestamp.day()), &row.measured);
                added += 1;
            }
            ids.push(id);
        }
        Ok(Ingested::Stored { ids, added })
    }

    /// Writes the sums of all rows of the commit.
    pub(super) fn finish(&mut self, session: &mut Session) -> Result<()> {
        let connection = raw(session)?;
        self.hours.finish(connection, &HOURS)?;
        self.days.finish(connection, &DAYS)
    }

    /// Runs may have been deleted.
    pub(super) fn forget_runs(&mut self) {
        self.runs.clear();
    }

    /// The commit failed: what it would have added was not.
    pub(super) fn abandon(&mut self) {
        *self = Self::default();
    }

    fn run(&mut self, connection: &Connection, id: RunId) -> Result<Option<(i64, ProjectId)>> {
        if let Some(found) = self.runs.get(&id) {
            return Ok(Some(*found));
        }
        let mut statement = prepare(connection, FIND_RUN)?;
        let found: Option<(i64, Vec<u8>)> = statement
            .query_row([id.uuid().as_bytes().as_slice()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
            .map_err(fault)?;
        let Some((key, project)) = found else { return Ok(None) };
        let project = uuid::Uuid::from_slice(&project).map_err(Error::internal)?.into();
        if self.runs.len() >= KEPT_RUNS {
            self.runs.clear();
        }
        self.runs.insert(id, (key, project));
        Ok(Some((key, project)))
    }
}

/// An id names one row of one run. A row that says otherwise is refused, with its request.
fn refuse_ids_of_other_runs(
    connection: &Connection,
    rows: &[NewEmission],
    keys: &[i64],
) -> Result<()> {
    if rows.iter().all(|row| row.id.is_none()) {
        return Ok(());
    }
    let mut find = prepare(connection, FIND_ROW)?;
    let mut given: HashMap<EmissionId, i64> = HashMap::new();
    for (row, &key) in rows.iter().zip(keys) {
        let Some(id) = row.id else { continue };
        if *given.entry(id).or_insert(key) != key {
            return Err(Error::Conflict);
        }
        let owner: Option<i64> = find
            .query_row([id.uuid().as_bytes().as_slice()], |row| row.get(0))
            .optional()
            .map_err(fault)?;
        if owner.is_some_and(|owner| owner != key) {
            return Err(Error::Conflict);
        }
    }
    Ok(())
}

/// Whether the row was not there before.
fn store(
    insert: &mut CachedStatement<'_>,
    run: i64,
    id: EmissionId,
    row: &NewEmission,
) -> Result<bool> {
    let mut bind =
        |index: usize, value: &dyn ToSql| insert.raw_bind_parameter(index, value).map_err(fault);
    bind(1, &run)?;
    bind(2, &row.timestamp.micros())?;
    bind(3, &id.uuid().as_bytes().as_slice())?;
    for (index, figure) in (4..).zip(row.measured.figures()) {
        match figure {
            Some(figure) => bind(index, &figure)?,
            None => bind(index, &Null)?,
        }
    }
    insert.raw_execute().map(|touched| touched > 0).map_err(fault)
}

fn raw(session: &mut Session) -> Result<&Connection> {
    match session {
        Session::Sqlite(connection) => Ok(connection.raw()),
        Session::Postgres(_) => Err(Error::internal("rows of SQLite on another database")),
    }
}
