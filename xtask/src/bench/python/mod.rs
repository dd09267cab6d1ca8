//! What the Python package costs, against the stock package: the same lines of Python in either
//! interpreter, in turn.

mod slowdown;
mod wheel;

use serde_json::Value;

use super::Effort;
use super::measurement::Measurement;
use super::peer::Peer;
use super::statistics::Figure;
use super::table::{Better, Row, Table};
use crate::shell::Result;
pub(crate) use wheel::Package;

/// A row: what, unit, scale, whether more is better, target, arguments for ours and for the peer, and
/// how often either is started.
struct Line<'a> {
    what: &'a str,
    unit: &'static str,
    scale: f64,
    better: Better,
    target: f64,
    ours: &'a [&'a str],
    peer: &'a [&'a str],
    samples: (usize, usize),
}

/// Measures imports, lifecycles, tasks, decorators, the background, a loop beside it, and sizes.
pub(crate) fn measure(
    package: &Package,
    peer: Option<&Peer>,
    effort: &Effort,
    table: &mut Table,
) -> Result {
    imports(package, peer, effort, table)?;
    let threads_s = effort.threads_s.to_string();
    let sampling_s = effort.sampling_s.to_string();
    let fresh = (effort.first_windows, effort.peer_first_windows);
    for line in [
        Line {
            what: "Python: import, construct, start, stop, first in the process",
            unit: "ms",
            scale: 1e3,
            better: Better::Lower,
            target: 6.0,
            ours: &["whole"],
            peer: &["whole"],
            samples: fresh,
        },
        Line {
            what: "Python: construct, start, stop, warm, no outputs",
            unit: "µs",
            scale: 1e6,
            better: Better::Lower,
            target: 30.0,
            ours: &["warm", "20000"],
            peer: &["warm", "100"],
            samples: (5, 2),
        },
        Line {
            what: "Python: lifecycles of 8 threads together",
            unit: "1/s",
            scale: 1.0,
            better: Better::Higher,
            target: 30_000.0,
            ours: &["threads", "8", &threads_s],
            peer: &["threads", "8", &threads_s],
            samples: (2, 1),
        },
        Line {
            what: "Python: `start_task` → `stop_task`",
            unit: "µs",
            scale: 1e6,
            better: Better::Lower,
            target: 15.0,
            ours: &["tasks", "20000"],
            peer: &["tasks", "200"],
            samples: (5, 2),
        },
        Line {
            what: "Python: `@track_emissions` on a tiny function, warm, no files",
            unit: "µs",
            scale: 1e6,
            better: Better::Lower,
            target: 60.0,
            ours: &["decorated", "5000", "-1"],
            peer: &["decorated", "100", "-1"],
            samples: (5, 2),
        },
        Line {
            what: "Python: the same with a CSV file, new",
            unit: "µs",
            scale: 1e6,
            better: Better::Lower,
            target: 300.0,
            ours: &["decorated", "300", "0"],
            peer: &["decorated", "50", "0"],
            samples: (5, 2),
        },
        Line {
            what: "Python: the same with a CSV file of 10,000 rows",
            unit: "µs",
            scale: 1e6,
            better: Better::Lower,
            target: 300.0,
            ours: &["decorated", "300", "10000"],
            peer: &["decorated", "50", "10000"],
            samples: (5, 2),
        },
        Line {
            what: "Python: processor use in the background, measured every second",
            unit: "% of a core",
            scale: 1.0,
            better: Better::Lower,
            target: 0.02,
            ours: &["steady", "1", &sampling_s],
            peer: &["steady", "1", &sampling_s],
            samples: (3, 1),
        },
    ] {
        line.take(package, peer, table)?;
    }
    let stock = peer.map(|peer| &peer.interpreter);
    slowdown::measure(&package.interpreter, stock, effort.loop_s, table)?;
    sizes(package, peer, table)
}

impl Line<'_> {
    fn take(&self, package: &Package, peer: Option<&Peer>, table: &mut Table) -> Result {
        let measurement = Measurement {
            what: self.what,
            unit: self.unit,
            scale: self.scale,
            better: self.better,
            target: self.target,
            remark: String::new(),
        };
        let ours = || package.interpreter.worker(self.ours);
        let theirs = peer.map(|peer| || peer.interpreter.worker(self.peer));
        measurement.take(table, self.samples, &ours, theirs.as_ref().map(|run| run as _))
    }
}

/// Time and memory of the import, each a number of the same samples.
fn imports(package: &Package, peer: Option<&Peer>, effort: &Effort, table: &mut Table) -> Result {
    for (what, unit, scale, part) in [
        ("Python: `import codecarbon`, time beyond bare Python", "ms", 1e3, 0),
        ("Python: `import codecarbon`, resident memory beyond bare Python", "MiB", 1.0, 1),
    ] {
        let part = |answer: Result<Value>| Ok(answer?[part].clone());
        let ours = || part(package.interpreter.worker(&["import"]));
        let theirs = peer.map(|peer| move || part(peer.interpreter.worker(&["import"])));
        Measurement {
            what,
            unit,
            scale,
            better: Better::Lower,
            target: 2.0,
            remark: String::new(),
        }
        .take(
            table,
            (effort.first_windows, effort.peer_first_windows),
            &ours,
            theirs.as_ref().map(|run| run as _),
        )?;
    }
    Ok(())
}

/// What is downloaded and what lies on the disk.
fn sizes(package: &Package, peer: Option<&Peer>, table: &mut Table) -> Result {
    let own = package.interpreter.worker(&["installed"])?;
    let stock = peer.map(|peer| peer.interpreter.worker(&["installed"])).transpose()?;
    let number = |value: &Value| value.as_f64().ok_or("a size that is not a number");
    let theirs = |part: usize| -> Result<Option<f64>> {
        Ok(stock.as_ref().map(|sizes| number(&sizes[part])).transpose()?)
    };
    for (what, unit, target, ours, peer) in [
        ("Python: wheel", "MB", 6.0, package.wheel_mb, None),
        ("Python: installed, with dependencies", "MB", 15.0, number(&own[0])?, theirs(0)?),
        ("Python: packages that it needs", "", 0.0, number(&own[1])?, theirs(1)?),
    ] {
        let figure = |value| Figure { median: value, best: value };
        table.push(Row {
            what: what.into(),
            unit,
            better: Better::Lower,
            target,
            ours: figure(ours),
            peer: peer.map(figure),
            remark: String::new(),
            noise: 0.0,
        });
    }
    Ok(())
}
