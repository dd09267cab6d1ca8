//! The sums that are kept of runs, days and hours: how they are written down, and what a writer does to
//! them in a commit. All numbers of a sum are one value, because a question that reads many sums costs
//! the server a fifth of what as many columns would.
//!
//! A server cannot add such values, so a writer reads them once and then knows them, as long as nobody
//! else adds to them. It writes a sum over only where as many rows are in it as the writer knows of;
//! otherwise the statement fails, and the commit is done again with the sums read and locked.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

use super::link::{Link, fault};
use crate::emission::NewEmission;
use crate::error::{Error, Result};
use crate::sums::{Numbers, Sums, WIDTH};

const NUMBER: usize = size_of::<f64>();

/// Sums of one table that a writer knows, about 4 MB; then it starts again.
const KEPT_SUMS: usize = 10_000;

/// Adds the kept numbers to others.
pub(super) fn add(packed: &[u8], totals: &mut Numbers) -> Result<()> {
    let (numbers, rest) = packed.as_chunks::<NUMBER>();
    if numbers.len() != WIDTH || !rest.is_empty() {
        return Err(Error::internal("packed sums have another length"));
    }
    for (number, total) in numbers.iter().zip(totals) {
        *total += f64::from_be_bytes(*number);
    }
    Ok(())
}

fn pack(numbers: &Numbers) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

/// A table of sums.
struct Table {
    name: &'static str,
    /// The columns that it is written by, which are its parameters: keys of runs, times, numbers of rows, …
    columns: &'static [&'static str],
    /// Their types.
    types: &'static [&'static str],
    /// The sums of some places, in a form that all tables have: run, place, first, last, sums.
    read: &'static str,
    /// What locks them from then on, in the order of their keys.
    lock: &'static str,
    /// Writes sums over, or there. `w` is what to write.
    write: &'static str,
}

macro_rules! stretches {
    ($name:literal) => {
        Table {
            name: $name,
            columns: &[
                "run_key", "start_us", "row_count", "added", "energy", "emissions_kg", "sums",
            ],
            types: &["bigint", "bigint", "bigint", "bigint", "float8", "float8", "bytea"],
            read: concat!(
                "SELECT k.run_key, k.start_us, k.start_us, k.start_us, k.sums ",
                "FROM unnest($1::bigint[], $2::bigint[]) AS w (run_key, start_us) JOIN ",
                $name,
                " k ON k.run_key = w.run_key AND k.start_us = w.start_us"
            ),
            lock: " ORDER BY k.run_key, k.start_us FOR UPDATE OF k",
            write: concat!(
                "INSERT INTO ",
                $name,
                " AS k (run_key, start_us, row_count, added, energy, emissions_kg, sums) ",
                "SELECT * FROM w ON CONFLICT (run_key, start_us) DO UPDATE SET ",
                "row_count = excluded.row_count, added = excluded.added, energy = excluded.energy, ",
                "emissions_kg = excluded.emissions_kg, sums = excluded.sums ",
                "WHERE k.row_count = excluded.row_count - excluded.added RETURNING 1"
            ),
        }
    };
}

/// In the order in which they are locked, so that two commits never wait for each other in a circle.
static TABLES: [Table; 3] = [
    stretches!("run_hours"),
    stretches!("run_days"),
    Table {
        name: "runs",
        columns: &["run_key", "first_us", "last_us", "row_count", "added", "sums"],
        types: &["bigint", "bigint", "bigint", "bigint", "bigint", "bytea"],
        read: "SELECT k.key, w.start_us, k.first_us, k.last_us, k.sums \
               FROM unnest($1::bigint[], $2::bigint[]) AS w (run_key, start_us) \
               JOIN runs k ON k.key = w.run_key AND k.row_count > 0",
        lock: " ORDER BY k.key FOR NO KEY UPDATE OF k",
        write: "UPDATE runs k SET first_us = w.first_us, last_us = w.last_us, \
                row_count = w.row_count, sums = w.sums \
                FROM w WHERE k.key = w.run_key AND k.row_count = w.row_count - w.added RETURNING 1",
    },
];

impl Table {
    fn is_of_runs(&self) -> bool {
        self.name == "runs"
    }

    /// Puts the sums of a commit into the table; as many rows as were written come back.
    fn write(&self, first: usize) -> String {
        let mut arrays = String::new();
        for (number, kind) in (first..).zip(self.types) {
            let comma = if arrays.is_empty() { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(arrays, "{comma}${number}::{kind}[]");
        }
        let (columns, write) = (self.columns.join(", "), self.write);
        let given = format!("(SELECT * FROM unnest({arrays}) AS w ({columns})) AS w");
        write.replace("FROM w ", &format!("FROM {given} "))
    }
}

/// The statements that write all sums, under names, with parameters from `first` on; and what fails
/// where one of them was not written.
pub(super) fn write_all(mut first: usize) -> String {
    let (mut tables, mut checks) = (Vec::new(), Vec::new());
    for table in &TABLES {
        let name = table.name;
        tables.push(format!("new_{name} AS ({})", table.write(first)));
        checks.push(format!("(SELECT count(*) FROM new_{name}) = cardinality(${first}::bigint[])"));
        first += table.columns.len();
    }
    let (tables, checks) = (tables.join(", "), checks.join(" AND "));
    format!("{tables} SELECT 1 / CAST({checks} AS INTEGER)")
}

/// What the failure of [`write_all`] means: `Conflict`, as of a row that somebody else has stored.
pub(super) fn overtaken(error: tokio_postgres::Error) -> Error {
    if error.code() == Some(&SqlState::DIVISION_BY_ZERO) { Error::Conflict } else { fault(error) }
}

/// A parameter.
pub(super) type Array = Box<dyn ToSql + Sync + Send>;

/// A run, and the start of the hour or the day; of a whole run nothing.
type Place = (i64, i64);

/// Sums and the times of the first and the last row.
#[derive(Clone)]
struct Known {
    first_us: i64,
    last_us: i64,
    numbers: Numbers,
}

/// What a writer knows of one table.
#[derive(Default)]
struct Level {
    known: HashMap<Place, Known>,
    /// Of the rows of this commit.
    fresh: BTreeMap<Place, (Sums, i64, i64)>,
}

/// What a writer knows of all sums.
#[derive(Default)]
pub(super) struct Kept([Level; TABLES.len()]);

impl Kept {
    /// Takes up a row of this commit.
    pub(super) fn push(&mut self, run: i64, row: &NewEmission) {
        let time = row.timestamp;
        let starts = [time.hour(), time.day(), 0];
        for (level, start) in self.0.iter_mut().zip(starts) {
            let at = time.micros();
            let (sums, first, last) =
                level.fresh.entry((run, start)).or_insert_with(|| (Sums::default(), at, at));
            sums.add(&row.measured);
            (*first, *last) = (at.min(*first), at.max(*last));
        }
    }

    /// Reads those sums that the commit adds to and that are not known; or all of them, and locks
    /// them until its end.
    pub(super) async fn read(&mut self, link: &mut Link, is_locked: bool) -> Result<()> {
        for (level, table) in self.0.iter_mut().zip(&TABLES) {
            if level.known.len() + level.fresh.len() > KEPT_SUMS {
                level.known.clear();
            }
            let wanted = level.fresh.keys().copied();
            let wanted: (Vec<i64>, Vec<i64>) =
                wanted.filter(|place| is_locked || !level.known.contains_key(place)).unzip();
            if wanted.0.is_empty() {
                continue;
            }
            let lock = if is_locked { table.lock } else { "" };
            let sql = format!("{}{lock}", table.read);
            for row in link.query(&sql, &[&wanted.0, &wanted.1]).await.map_err(fault)? {
                let (place, known) = known(&row)?;
                level.known.insert(place, known);
            }
        }
        Ok(())
    }

    /// Adds the commit's sums to those that are known; what [`write_all`] takes.
    pub(super) fn add_up(&mut self) -> Vec<Array> {
        let mut params = Vec::new();
        for (level, table) in self.0.iter_mut().zip(&TABLES) {
            let fresh = std::mem::take(&mut level.fresh);
            let (mut runs, mut starts, mut ends) = (Vec::new(), Vec::new(), Vec::new());
            let (mut counts, mut added) = (Vec::new(), Vec::new());
            let (mut energy, mut emissions, mut packed) = (Vec::new(), Vec::new(), Vec::new());
            for ((run, start), (sums, first_us, last_us)) in fresh {
                let new = Known { first_us, last_us, numbers: [0.0; WIDTH] };
                let known = level.known.entry((run, start)).or_insert(new);
                known.first_us = known.first_us.min(first_us);
                known.last_us = known.last_us.max(last_us);
                let numbers = known.numbers.iter_mut().zip(sums.numbers());
                numbers.for_each(|(known, fresh)| *known += fresh);
                runs.push(run);
                starts.push(if table.is_of_runs() { known.first_us } else { start });
                ends.push(known.last_us);
                added.push(sums.rows);
                let [count, energy_kwh, emissions_kg, ..] = known.numbers;
                // Counts are far below 2^53.
                counts.push(count as i64);
                energy.push(energy_kwh);
                emissions.push(emissions_kg);
                packed.push(pack(&known.numbers));
            }
            let (runs, starts, ends): (Array, Array, Array) =
                (Box::new(runs), Box::new(starts), Box::new(ends));
            let (counts, added, packed): (Array, Array, Array) =
                (Box::new(counts), Box::new(added), Box::new(packed));
            if table.is_of_runs() {
                params.extend([runs, starts, ends, counts, added, packed]);
            } else {
                let (energy, emissions): (Array, Array) = (Box::new(energy), Box::new(emissions));
                params.extend([runs, starts, counts, added, energy, emissions, packed]);
            }
        }
        params
    }
}

fn known(row: &tokio_postgres::Row) -> Result<(Place, Known)> {
    let number = |column| row.try_get::<_, i64>(column).map_err(fault);
    let mut numbers = [0.0; WIDTH];
    add(row.try_get(4).map_err(fault)?, &mut numbers)?;
    let place = (number(0)?, number(1)?);
    Ok((place, Known { first_us: number(2)?, last_us: number(3)?, numbers }))
}
