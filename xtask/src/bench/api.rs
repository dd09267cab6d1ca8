//! What the Rust API costs, against the same calls of the Python package.
//!
//! Ours run in `crates/carbon-tracker/benches/lifecycle.rs`, the peer's in `peer.py`; each
//! measurement is a fresh process of either, in turn.

use serde_json::Value;

use super::commands::due;
use super::launch::{Scratch, clean, output};
use super::statistics::{Figure, Values};
use super::table::{Better, Row, Table, number};
use super::{Effort, build::Programs, peer::Peer};
use crate::shell::Result;

/// Measures first and warm lifecycles, threads, tasks, and sampling in the background.
pub(crate) fn measure(
    programs: &Programs,
    peer: Option<&Peer>,
    effort: &Effort,
    table: &mut Table,
) -> Result {
    let both = Both { programs, peer };
    let first = (effort.first_windows, effort.peer_first_windows);
    both.row(
        table,
        &Measurement {
            what: "first window in a process: detect, start, stop",
            unit: "ms",
            scale: 1e3,
            better: Better::Lower,
            target: 2.0,
            ours: &["first"],
            peer: &["first"],
            remark: String::new(),
        },
        first,
    )?;
    both.row(
        table,
        &Measurement {
            what: "warm start → stop",
            unit: "µs",
            scale: 1e6,
            better: Better::Lower,
            target: 30.0,
            ours: &["warm", "20000"],
            peer: &["warm", "100"],
            remark: String::new(),
        },
        (5, 2),
    )?;
    both.row(
        table,
        &Measurement {
            what: "lifecycles of 8 threads together",
            unit: "1/s",
            scale: 1.0,
            better: Better::Higher,
            target: 60_000.0,
            ours: &["threads", "8", "2"],
            peer: &["threads", "8", "5"],
            remark: String::new(),
        },
        (5, 2),
    )?;
    both.row(
        table,
        &Measurement {
            what: "task open → close",
            unit: "µs",
            scale: 1e6,
            better: Better::Lower,
            target: 15.0,
            ours: &["tasks", "20000"],
            peer: &["tasks", "200"],
            remark: String::new(),
        },
        (5, 2),
    )?;
    let seconds = effort.sampling_s.to_string();
    for (what, interval, target) in [
        ("processor use of sampling at 1 Hz", "1", 0.005),
        ("processor use of sampling at 10 Hz", "0.1", 0.05),
        ("processor use of sampling at 1 kHz", "0.001", 1.5),
    ] {
        // The peer's timer does not keep up with a thousand rounds a second.
        let theirs = usize::from(interval != "0.001");
        let floor = both.floor(interval, &seconds)?;
        both.row(
            table,
            &Measurement {
                what,
                unit: "% of a core",
                scale: 1.0,
                better: Better::Lower,
                target,
                ours: &["steady", interval, &seconds],
                peer: &["steady", interval, &seconds],
                remark: floor,
            },
            (3, theirs),
        )?;
    }
    Ok(())
}

/// What is asked of both programs.
struct Measurement<'a> {
    what: &'a str,
    unit: &'static str,
    scale: f64,
    better: Better,
    target: f64,
    ours: &'a [&'a str],
    peer: &'a [&'a str],
    /// Printed behind our figure.
    remark: String,
}

struct Both<'a> {
    programs: &'a Programs,
    peer: Option<&'a Peer>,
}

impl Both<'_> {
    /// What a bare loop costs that only wakes up and reads one file; where ours is close to it,
    /// less is not to be had.
    fn floor(&self, interval: &str, seconds: &str) -> Result<String> {
        let scratch = Scratch::new()?;
        let mut command = clean(&self.programs.lifecycle, scratch.path());
        let share: f64 = output(command.args(["wake", interval, seconds]))?.trim().parse()?;
        Ok(format!("; bare loop {}", number(share)))
    }

    /// Takes `many` samples of ours with `few` of the peer's between them.
    fn row(&self, table: &mut Table, m: &Measurement<'_>, (many, few): (usize, usize)) -> Result {
        eprintln!("bench: {}", m.what);
        let (mut ours, mut theirs) = <(Values, Values)>::default();
        for round in 0..many {
            let scratch = Scratch::new()?;
            let program = &self.programs.lifecycle;
            let printed = output(clean(program, scratch.path()).args(m.ours))?;
            add(&mut ours, &serde_json::from_str(&printed)?, m.scale)?;
            if let Some(peer) = self.peer.filter(|_| few > 0 && due(round, few, many)) {
                add(&mut theirs, &peer.worker(m.peer)?, m.scale)?;
            }
        }
        let figure = if m.better == Better::Lower { Figure::low } else { Figure::high };
        table.push(Row {
            what: m.what.into(),
            unit: m.unit,
            better: m.better,
            target: m.target,
            ours: figure(&ours),
            peer: self.peer.filter(|_| few > 0).map(|_| figure(&theirs)),
            remark: m.remark.clone(),
            noise: 0.0,
        });
        Ok(())
    }
}

/// Adds a number, or each of a list.
fn add(values: &mut Values, result: &Value, scale: f64) -> Result {
    match result {
        Value::Array(list) => list.iter().try_for_each(|value| add(values, value, scale)),
        value => {
            values.push(value.as_f64().ok_or("a result that is not a number")? * scale);
            Ok(())
        }
    }
}
