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
    /// What its rows are found by.
    key: &'static str,
    /// The times that it keeps, in the order of a row's parameters.
    times: &'static [&'static str],
    /// The sums of some places, in a form that all tables have: run, place, first, last, sums.
    read: &'static str,
    /// The same, from now on locked.
    lock: &'static str,
}

macro_rules! read {
    ($columns:literal, $table:literal, $on:literal, $end:literal) => {
        concat!(
            "SELECT ",
            $columns,
            ", k.sums FROM unnest($1::bigint[], $2::bigint[]) AS w (run_key, start_us) JOIN ",
            $table,
            " k ON k.run_key = w.run_key",
            $on,
            $end
        )
    };
}

macro_rules! stretches {
    ($name:literal) => {
        Table {
            name: $name,
            key: "run_key, start_us",
            times: &["start_us"],
            read: read!(
                "k.run_key, k.start_us, k.start_us, k.start_us",
                $name,
                " AND k.start_us = w.start_us",
                ""
            ),
            lock: read!(
                "k.run_key, k.start_us, k.start_us, k.start_us",
                $name,
                " AND k.start_us = w.start_us",
                " ORDER BY k.run_key, k.start_us FOR UPDATE OF k"
            ),
        }
    };
}

/// In the order in which they are locked, so that two commits never wait for each other in a circle.
static TABLES: [Table; 3] = [
    stretches!("run_hours"),
    stretches!("run_days"),
    Table {
        name: "run_totals",
        key: "run_key",
        times: &["first_us", "last_us"],
        read: read!("k.run_key, w.start_us, k.first_us, k.last_us", "run_totals", "", ""),
        lock: read!(
            "k.run_key, w.start_us, k.first_us, k.last_us",
            "run_totals",
            "",
            " ORDER BY k.run_key FOR UPDATE OF k"
        ),
    },
];

/// Parameters beside times: runs, counts, rows added, energy, emissions and sums.
const OTHERS: usize = 6;

impl Table {
    fn parameters(&self) -> usize {
        OTHERS + self.times.len()
    }

    /// Puts the sums of a commit into the table; as many rows as were written come back.
    fn write(&self, first: usize) -> String {
        let (name, key, times) = (self.name, self.key, self.times.join(", "));
        let mut arrays = String::new();
        let types = std::iter::repeat_n("bigint", self.times.len() + 3);
        for (number, kind) in (first..).zip(types.chain(["float8", "float8", "bytea"])) {
            let comma = if arrays.is_empty() { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(arrays, "{comma}${number}::{kind}[]");
        }
        let columns = format!("run_key, {times}, {VALUES}");
        let is_key = |column: &&str| !key.split(", ").any(|part| part == *column);
        let set: Vec<String> = columns
            .split(", ")
            .filter(is_key)
            .map(|column| format!("{column} = excluded.{column}"))
            .collect();
        format!(
            "INSERT INTO {name} AS k ({columns}) SELECT * FROM unnest({arrays})
             ON CONFLICT ({key}) DO UPDATE SET {set}
             WHERE k.row_count = excluded.row_count - excluded.added RETURNING 1",
            set = set.join(", ")
        )
    }
}

const VALUES: &str = "row_count, added, energy, emissions_kg, sums";

/// The statements that write all sums, under names, with parameters from `first` on; and what fails
/// where one of them was not written.
pub(super) fn write_all(mut first: usize) -> String {
    let (mut tables, mut checks) = (Vec::new(), Vec::new());
    for table in &TABLES {
        let name = table.name;
        tables.push(format!("new_{name} AS ({})", table.write(first)));
        checks.push(format!("(SELECT count(*) FROM new_{name}) = cardinality(${first}::bigint[])"));
        first += table.parameters();
    }
    let (tables, checks) = (tables.join(", "), checks.join(" AND "));
    format!("{tables} SELECT 1 / CAST({checks} AS INTEGER)")
}

/// What the failure of [`write_all`] means: `Conflict`, as of a row that somebody else has stored.
pub(super) fn overtaken(error: tokio_postgres::Error) -> Error {
    if error.code() == Some(&SqlState::DIVISION_BY_ZERO) { Error::Conflict } else { fault(error) }
}

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
            let sql = if is_locked { table.lock } else { table.read };
            for row in link.query(sql, &[&wanted.0, &wanted.1]).await.map_err(fault)? {
                let (place, known) = known(&row)?;
                level.known.insert(place, known);
            }
        }
        Ok(())
    }

    /// Adds the commit's sums to those that are known; what [`write_all`] takes.
    pub(super) fn add_up(&mut self) -> Vec<Box<dyn ToSql + Sync + Send>> {
        let mut params: Vec<Box<dyn ToSql + Sync + Send>> = Vec::new();
        for (level, table) in self.0.iter_mut().zip(&TABLES) {
            let fresh = std::mem::take(&mut level.fresh);
            let (mut runs, mut starts, mut ends) = (Vec::new(), Vec::new(), Vec::new());
            let (mut counts, mut added) = (Vec::new(), Vec::new());
            let (mut energy, mut emissions, mut packed) = (Vec::new(), Vec::new(), Vec::new());
            for ((run, start), (sums, first_us, last_us)) in fresh {
                let known = level.known.entry((run, start)).or_insert(Known {
                    first_us,
                    last_us,
                    numbers: [0.0; WIDTH],
                });
                known.first_us = known.first_us.min(first_us);
                known.last_us = known.last_us.max(last_us);
                let numbers = known.numbers.iter_mut().zip(sums.numbers());
                numbers.for_each(|(known, fresh)| *known += fresh);
                runs.push(run);
                let is_run = table.times.len() > 1;
                starts.push(if is_run { known.first_us } else { start });
                ends.push(known.last_us);
                added.push(sums.rows);
                let [count, energy_kwh, emissions_kg, ..] = known.numbers;
                // Counts are far below 2^53.
                counts.push(count as i64);
                energy.push(energy_kwh);
                emissions.push(emissions_kg);
                packed.push(pack(&known.numbers));
            }
            params.extend([Box::new(runs) as _, Box::new(starts) as _]);
            if table.times.len() > 1 {
                params.push(Box::new(ends));
            }
            params.extend([Box::new(counts) as _, Box::new(added) as _]);
            params.extend([Box::new(energy) as _, Box::new(emissions) as _]);
            params.push(Box::new(packed));
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
