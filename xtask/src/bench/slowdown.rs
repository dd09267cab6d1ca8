//! How much a processor-bound child is slowed down by being watched.
//!
//! A round is four runs, without, with, with, without: a drift of the machine falls on both sides.
//! The same rounds give the noise: without against without. The best figure is the shortest run with
//! against the shortest run without, which other programs disturb least.

use std::path::Path;

use super::commands::monitor;
use super::launch::{Scratch, clean, output};
use super::statistics::{Figure, Values};
use super::table::{Better, Row, Table};
use super::{Effort, build::Programs};
use crate::shell::Result;

/// Iterations of the child's loop, over a second, so that samples are taken meanwhile.
const ITERATIONS: &str = "1000000000";

/// Measures it for the light program.
pub(crate) fn measure(programs: &Programs, effort: &Effort, table: &mut Table) -> Result {
    eprintln!("bench: slowdown of a child");
    let (mut slowdown, mut noise) = <(Values, Values)>::default();
    let (mut all_with, mut all_without) = <(Values, Values)>::default();
    for _ in 0..effort.slowdown_rounds {
        let scratch = Scratch::new()?;
        let child = [path(&programs.lifecycle)?, "spin", ITERATIONS];
        let without = || -> Result<f64> {
            seconds(&output(clean(Path::new(child[0]), scratch.path()).args(&child[1..]))?)
        };
        let with = || -> Result<f64> {
            seconds(&output(&mut monitor(&programs.light, scratch.path(), &child))?)
        };
        let (first, second, third, fourth) = (without()?, with()?, with()?, without()?);
        all_with.push(second.min(third));
        all_without.push(first.min(fourth));
        slowdown.push(((second + third) / (first + fourth) - 1.0) * 100.0);
        noise.push((fourth / first - 1.0).abs() * 100.0);
    }
    let uncertainty = slowdown.median_uncertainty();
    let remark = format!(" ± {uncertainty:.2}; without against without {:.2}", noise.median());
    table.push(Row {
        what: "slowdown of a processor-bound child".into(),
        unit: "%",
        better: Better::Lower,
        target: 0.25,
        ours: Figure {
            median: slowdown.median(),
            best: (all_with.min() / all_without.min() - 1.0) * 100.0,
        },
        peer: None,
        remark,
        noise: uncertainty,
    });
    Ok(())
}

/// What the child says that its loop took.
fn seconds(printed: &str) -> Result<f64> {
    let line = printed.lines().find_map(|line| line.strip_prefix("spin_s "));
    Ok(line.ok_or("the child printed no time")?.parse()?)
}

fn path(path: &Path) -> Result<&str> {
    path.to_str().ok_or_else(|| "a path that is not text".into())
}
