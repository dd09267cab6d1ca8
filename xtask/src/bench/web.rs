//! What the dashboard costs a browser, over the real server.
//!
//! `web/tests/browser/bench.mjs` fills a server with 2,000 runs and a run of a million rows, opens pages
//! in Chromium and tells, by the browser's own counters, how long scripts ran for each interaction. The
//! peer's dashboard needs a database, a provider of accounts and a build of its own, so it is not run.

use std::process::{Command, Stdio};

use serde_json::Value;

use super::build;
use super::launch::output;
use super::statistics::{Figure, Values};
use super::table::{Better, Row, Table};
use crate::shell::{Result, root};

/// Figures by the name that the script gives them: what they are, the most they may be, their unit.
const WANTED: [(&str, &str, f64, &str); 11] = [
    ("first visit", "dashboard: first heading of a first visit", 1000.0, "ms"),
    ("first bytes", "all that a first visit loads, answers included", 250.0, "KiB"),
    ("2,000 runs: the page", "scripting, project of 2,000 runs: the page", 100.0, "ms"),
    ("2,000 runs: another range", "another range", 100.0, "ms"),
    ("2,000 runs: sorted by energy", "the table sorted", 100.0, "ms"),
    ("2,000 runs: next page", "the next page of the table", 100.0, "ms"),
    ("2,000 runs: another axis", "another axis of 1,000 points", 100.0, "ms"),
    ("2,000 runs: pointer 20 times over the points", "the pointer moved 20 times", 100.0, "ms"),
    ("1,000,000 rows: the page", "scripting, run of 1,000,000 rows: the page", 100.0, "ms"),
    ("1,000,000 rows: pointer 20 times over the chart", "the pointer moved 20 times", 100.0, "ms"),
    ("1,000,000 rows: a closer look", "a closer look by dragging", 100.0, "ms"),
];

/// Fills a server, opens its pages and adds the figures.
pub(crate) fn measure(is_quick: bool, table: &mut Table) -> Result {
    crate::web::with_browser()?;
    let server = build::server()?;
    let mut script = Command::new("node");
    script.arg("web/tests/browser/bench.mjs").current_dir(root()).env("CODECARBON_SERVER", server);
    if is_quick {
        script.args(["--rounds", "2", "--rows", "100000"]);
    }
    eprintln!("bench: the dashboard over a server that is filled first; minutes");
    let printed = output(script.stdin(Stdio::null()).stderr(Stdio::inherit()))?;
    let figures: Vec<Value> =
        printed.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    for (key, what, target, unit) in WANTED {
        let found = figures.iter().find(|figure| figure["key"] == key);
        let found = found.ok_or_else(|| format!("the browser told no {key:?}"))?;
        let values = found["values"].as_array().into_iter().flatten().filter_map(Value::as_f64);
        let values: Values = values.collect();
        table.push(Row {
            what: what.to_owned(),
            unit,
            better: Better::Lower,
            target,
            ours: Figure::low(&values),
            peer: None,
            remark: String::new(),
            noise: 0.0,
        });
    }
    Ok(())
}
