//! What the server does in a second, and how long it takes.
//!
//! Ours runs in `crates/codecarbon-server/benches/load`, on a SQLite file and on PostgreSQL, with its
//! load on the same cores. The peer's server needs a database and a provider of accounts and comes
//! in no package that installs by name, so it is not run: its figures were taken once, of version
//! 3.3.0 behind uvicorn over PostgreSQL 15 on two cores of this kind, with a million rows stored.

use std::process::Stdio;

use serde_json::Value;

use super::build;
use super::launch::output;
use super::statistics::{Figure, Values};
use super::table::{Better, Row, Table};
use crate::shell::Result;

/// What is told of a figure by its name.
struct Wanted {
    key: &'static str,
    what: &'static str,
    unit: &'static str,
    better: Better,
    target: f64,
    /// The peer's figure, measured once.
    peer: Option<f64>,
}

macro_rules! wanted {
    ($($key:literal $what:literal $better:ident $target:literal $unit:literal $peer:expr;)*) => {
        &[$(Wanted {
            key: $key,
            what: $what,
            unit: $unit,
            better: Better::$better,
            target: $target,
            peer: $peer,
        }),*]
    };
}

/// In the order of the table.
static WANTED: &[Wanted] = wanted! {
    "sqlite start" "start to first answer, empty SQLite" Lower 100.0 "ms" None;
    "sqlite memory" "resident memory, idle" Lower 30.0 "MiB" None;
    "sqlite emissions" "POST /emissions, 64 connections, SQLite" Higher 15_000.0 "1/s" Some(5.5);
    "sqlite emissions p99" "the same, 99 of 100 within" Lower 25.0 "ms" None;
    "postgres emissions" "POST /emissions, 64 connections, PostgreSQL" Higher 10_000.0 "1/s" Some(5.5);
    "postgres emissions p99" "the same, 99 of 100 within" Lower 25.0 "ms" None;
    "sqlite runs" "POST /runs, 64 connections, SQLite" Higher 8_000.0 "1/s" Some(5.4);
    "postgres runs" "POST /runs, 64 connections, PostgreSQL" Higher 8_000.0 "1/s" Some(5.4);
    "sqlite bulk" "POST /v1/emissions, 10,000 rows each, SQLite" Higher 150_000.0 "rows/s" None;
    "sqlite bulk of one run" "the same, all of one run" Higher 150_000.0 "rows/s" None;
    "postgres bulk" "POST /v1/emissions, 10,000 rows each, PostgreSQL" Higher 150_000.0 "rows/s" None;
    "postgres bulk of one run" "the same, all of one run" Higher 150_000.0 "rows/s" None;
    "sqlite project sums p99" "project sums, 8 connections, SQLite: 99 of 100 within" Lower 10.0 "ms" None;
    "sqlite experiment sums p99" "experiment sums of a project" Lower 10.0 "ms" None;
    "sqlite run sums p99" "run sums of an experiment" Lower 10.0 "ms" None;
    "sqlite project sums rate" "project sums, SQLite" Higher 100.0 "1/s" Some(4.5);
    "postgres project sums p99" "project sums, 8 connections, PostgreSQL: 99 of 100 within" Lower 10.0 "ms" None;
    "postgres experiment sums p99" "experiment sums of a project" Lower 10.0 "ms" None;
    "postgres run sums p99" "run sums of an experiment" Lower 10.0 "ms" None;
    "postgres project sums rate" "project sums, PostgreSQL" Higher 100.0 "1/s" Some(4.5);
    "sqlite project year p99" "a year of a project in 200 stretches, SQLite: 99 of 100 within" Lower 20.0 "ms" None;
    "sqlite organization year p99" "a year of all runs, SQLite" Lower 20.0 "ms" None;
    "postgres project year p99" "a year of a project in 200 stretches, PostgreSQL" Lower 20.0 "ms" None;
    "postgres organization year p99" "a year of all runs, PostgreSQL" Lower 20.0 "ms" None;
    "sqlite page p99" "any page of a run of a million rows, SQLite: 99 of 100 within" Lower 5.0 "ms" None;
    "postgres page p99" "any page of a run of a million rows, PostgreSQL" Lower 5.0 "ms" None;
    "sqlite delete" "deleting a project of a million rows, SQLite" Lower 100.0 "ms" None;
    "postgres delete" "deleting a project of a million rows, PostgreSQL" Lower 100.0 "ms" None;
};

/// Runs the load and adds its figures.
pub(crate) fn measure(is_quick: bool, rows: Option<&str>, table: &mut Table) -> Result {
    let load = build::load()?;
    let mut command = std::process::Command::new(load);
    crate::shell::unnested(&mut command);
    if is_quick {
        command.arg("--quick");
    }
    if let Some(rows) = rows {
        command.args(["--rows", rows]);
    }
    eprintln!("bench: the server under load, on two databases; minutes");
    let printed = output(command.stdin(Stdio::null()).stderr(Stdio::inherit()))?;
    let figures: Vec<Value> =
        printed.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    for wanted in WANTED {
        let found = figures.iter().find(|figure| figure["key"] == wanted.key);
        let found = found.ok_or_else(|| format!("the load told no {:?}", wanted.key))?;
        let values = found["values"].as_array().into_iter().flatten().filter_map(Value::as_f64);
        let values: Values = values.collect();
        table.push(Row {
            what: wanted.what.to_owned(),
            unit: wanted.unit,
            better: wanted.better,
            target: wanted.target,
            ours: match wanted.better {
                Better::Lower => Figure::low(&values),
                Better::Higher => Figure::high(&values),
            },
            peer: wanted.peer.map(|once| Figure { median: once, best: once }),
            remark: found["remark"].as_str().unwrap_or_default().to_owned(),
            noise: 0.0,
        });
    }
    Ok(())
}
