//! How much a processor-bound loop in Python is slowed down by a tracker that measures every second.
//!
//! What the tracker's own threads take is counted by the kernel to the nanosecond. What the loop
//! loses besides (caches, the interpreter's lock) is smaller than the noise of a time on a shared
//! machine, so it is taken from thousands of short slices of the same work; `worker.py` says how.
//! The figure is the sum of both.

use serde_json::Value;

use crate::bench::interpreter::Interpreter;
use crate::bench::statistics::{Figure, Values};
use crate::bench::table::{Better, Row, Table, number};
use crate::shell::Result;

/// Measures ours for some seconds, then the peer's for half of that.
pub(super) fn measure(
    package: &Interpreter,
    peer: Option<&Interpreter>,
    seconds: f64,
    table: &mut Table,
) -> Result {
    eprintln!("bench: slowdown of a loop in Python");
    let ours = Rounds::of(package, seconds)?;
    let stock = peer.map(|peer| Rounds::of(peer, seconds / 2.0)).transpose()?;
    let uncertainty = ours.slowdown().median_uncertainty();
    table.push(Row {
        what: "Python: slowdown of a processor-bound loop, measured every second".into(),
        unit: "%",
        better: Better::Lower,
        target: 0.1,
        ours: ours.figure(),
        peer: stock.as_ref().map(Rounds::figure),
        remark: format!(
            " ± {}; threads alone {}; without against without {}",
            number(uncertainty),
            number(ours.values("taken").median()),
            number(ours.values("noise").median()),
        ),
        noise: uncertainty,
    });
    Ok(())
}

/// What the worker says of each round, in percent.
struct Rounds(Value);

impl Rounds {
    fn of(interpreter: &Interpreter, seconds: f64) -> Result<Self> {
        Ok(Self(interpreter.worker(&["loop", &seconds.to_string()])?))
    }

    fn list(&self, name: &str) -> impl Iterator<Item = f64> {
        self.0[name].as_array().into_iter().flatten().filter_map(Value::as_f64)
    }

    fn values(&self, name: &str) -> Values {
        self.list(name).collect()
    }

    fn slowdown(&self) -> Values {
        self.list("taken").zip(self.list("slower")).map(|(taken, slower)| taken + slower).collect()
    }

    fn figure(&self) -> Figure {
        Figure::low(&self.slowdown())
    }
}
