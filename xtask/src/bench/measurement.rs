//! A row whose samples are fresh processes of two programs, in turn.

use serde_json::Value;

use super::commands::due;
use super::statistics::{Figure, Values};
use super::table::{Better, Row, Table};
use crate::shell::Result;

/// What is measured, and what is wanted of it.
pub(crate) struct Measurement<'a> {
    /// For the table.
    pub(crate) what: &'a str,
    /// Of the table's figures.
    pub(crate) unit: &'static str,
    /// What the samples are multiplied by to have this unit.
    pub(crate) scale: f64,
    /// Which way is good.
    pub(crate) better: Better,
    /// The bound that we want to keep, by the median.
    pub(crate) target: f64,
    /// Printed behind our figure.
    pub(crate) remark: String,
}

/// How one program is measured once: a number, or a list of them.
pub(crate) type Sampled<'a> = &'a dyn Fn() -> Result<Value>;

impl Measurement<'_> {
    /// Takes `many` samples of ours with `few` of the peer's between them, and adds the row.
    pub(crate) fn take(
        &self,
        table: &mut Table,
        (many, few): (usize, usize),
        ours: Sampled<'_>,
        peer: Option<Sampled<'_>>,
    ) -> Result {
        eprintln!("bench: {}", self.what);
        let peer = peer.filter(|_| few > 0);
        let (mut own, mut theirs) = <(Values, Values)>::default();
        for round in 0..many {
            add(&mut own, &ours()?, self.scale)?;
            if let Some(peer) = peer.filter(|_| due(round, few, many)) {
                add(&mut theirs, &peer()?, self.scale)?;
            }
        }
        let figure = if self.better == Better::Lower { Figure::low } else { Figure::high };
        table.push(Row {
            what: self.what.into(),
            unit: self.unit,
            better: self.better,
            target: self.target,
            ours: figure(&own),
            peer: peer.map(|_| figure(&theirs)),
            remark: self.remark.clone(),
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
