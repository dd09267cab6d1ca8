//! How much a processor-bound loop in Python is slowed down by a tracker that measures every second.
//!
//! What the tracker's own threads take is counted by the kernel to the nanosecond. What the loop
//! loses besides (caches, the interpreter's lock) is smaller than the noise of a time on a shared
//! machine, so it is taken from thousands of short slices of the same work; `worker.py` says how.
//! The figure is the sum of both, and its interval that of the second.

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
    let ours = Loop::of(package, seconds)?;
    let stock = peer.map(|peer| Loop::of(peer, seconds / 2.0)).transpose()?;
    let uncertainty = ours.slower.median_uncertainty();
    table.push(Row {
        what: "Python: slowdown of a processor-bound loop, measured every second".into(),
        unit: "%",
        better: Better::Lower,
        target: 0.1,
        ours: ours.figure(),
        peer: stock.as_ref().map(Loop::figure),
        remark: format!(
            " ± {}; threads {}, the loop itself {}, without against without {}",
            number(uncertainty),
            number(ours.taken.median()),
            number(ours.slower.median()),
            number(ours.noise.median()),
        ),
        noise: uncertainty,
    });
    Ok(())
}

/// What the worker measured, in percent.
struct Loop {
    taken: Values,
    slower: Values,
    noise: Values,
}

impl Loop {
    fn of(interpreter: &Interpreter, seconds: f64) -> Result<Self> {
        let answer = interpreter.worker(&["loop", &seconds.to_string()])?;
        let list = |name: &str| {
            let values = answer[name].as_array().into_iter().flatten();
            values.filter_map(Value::as_f64).collect::<Values>()
        };
        Ok(Self { taken: list("taken"), slower: list("slower"), noise: list("noise") })
    }

    /// Both parts together; what other programs disturb least is what the threads take at least.
    fn figure(&self) -> Figure {
        let slower = self.slower.median();
        Figure { median: self.taken.median() + slower, best: self.taken.min() + slower }
    }
}
