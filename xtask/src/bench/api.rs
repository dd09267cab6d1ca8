//! What the Rust API costs, against the same calls of the Python package.
//!
//! Ours run in `crates/carbon-tracker/benches/lifecycle.rs`, the peer's in `worker.py`; each
//! measurement is a fresh process of either, in turn.

use super::launch::{Scratch, clean, output};
use super::measurement::Measurement;
use super::table::{Better, Table, number};
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
            remark: String::new(),
        },
        (&["first"], &["first"]),
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
            remark: String::new(),
        },
        (&["warm", "20000"], &["warm", "100"]),
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
            remark: String::new(),
        },
        (&["threads", "8", "2"], &["threads", "8", "5"]),
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
            remark: String::new(),
        },
        (&["tasks", "20000"], &["tasks", "200"]),
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
                remark: floor,
            },
            (&["steady", interval, &seconds], &["steady", interval, &seconds]),
            (3, theirs),
        )?;
    }
    Ok(())
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

    /// Asks both the same.
    fn row(
        &self,
        table: &mut Table,
        measurement: &Measurement<'_>,
        (ours, peer): (&[&str], &[&str]),
        samples: (usize, usize),
    ) -> Result {
        let own = || {
            let scratch = Scratch::new()?;
            let printed = output(clean(&self.programs.lifecycle, scratch.path()).args(ours))?;
            Ok(serde_json::from_str(&printed)?)
        };
        let stock = self.peer.map(|stock| || stock.interpreter.worker(peer));
        measurement.take(table, samples, &own, stock.as_ref().map(|run| run as _))
    }
}
