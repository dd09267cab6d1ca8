//! Sums of stretches of time, added up here and not by SQLite: the rows come in order of run and
//! time, so nothing has to be put aside or sorted, which costs SQLite five times as much.

use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Row};

use super::connection::{Connection, bind, cell, fault, prepare};
use super::sums::{self, COLUMNS};
use crate::cell::Cell;
use crate::emission::{FIGURES, MEASURED, Measured};
use crate::error::{Error, Result};
use crate::figures::{Found, Question};
use crate::tally::{Cut, Tally};
use crate::time::{DAY_US, HOUR_US};

/// Answers a question.
pub(crate) fn answer(connection: &Connection, question: &Question) -> Result<Vec<Found>> {
    let connection = connection.raw();
    let (filter, item) = (question.filter, question.item);
    let [count, energy, emissions, packed] = COLUMNS;
    let days = format!(
        "SELECT d.{count}, d.{energy}, d.{emissions}, d.{packed}, d.start_us, r.key, {item} \
         FROM live_runs r JOIN run_days d ON d.run_key = r.key \
         WHERE {filter} AND d.start_us >= $2 AND d.start_us <= $3"
    );
    let hours = format!(
        "SELECT {columns}, h.start_us FROM run_hours h \
         WHERE h.run_key = $1 AND h.start_us >= $2 AND h.start_us <= $3",
        columns = COLUMNS.join(", ")
    );
    let rows = format!(
        "SELECT {MEASURED}, e.timestamp_us FROM emissions e \
         WHERE e.run_key = $1 AND e.timestamp_us >= $2 AND e.timestamp_us <= $3"
    );
    let mut tally = Tally::new(question);
    let mut days = prepare(connection, &days)?;
    let cut = whole_days(&mut days, question, &mut tally)?;
    let mut hours = prepare(connection, &hours)?;
    let mut rows = prepare(connection, &rows)?;
    for Cut { run, group, start } in cut {
        let (from, to) = question.within(start, DAY_US);
        let first_hour = from - from.rem_euclid(HOUR_US);
        let mut cut_hours = Vec::new();
        each(&mut hours, &[run.into(), first_hour.into(), to.into()], |found| {
            let hour: i64 = found.get(COLUMNS.len()).map_err(fault)?;
            match question.stretch_of(hour, HOUR_US) {
                Some(stretch) => sums::add(found, tally.at(group, stretch)?),
                None => {
                    cut_hours.push(hour);
                    Ok(())
                }
            }
        })?;
        for hour in cut_hours {
            let (from, to) = question.within(hour, HOUR_US);
            each(&mut rows, &[run.into(), from.into(), to.into()], |found| {
                tally.add(group, found.get(FIGURES).map_err(fault)?, &measured(found)?)
            })?;
        }
    }
    tally.finish()
}

/// Adds up the days that lie in one stretch. Those that do not.
fn whole_days(
    statement: &mut CachedStatement<'_>,
    question: &Question,
    tally: &mut Tally<'_>,
) -> Result<Vec<Cut>> {
    let mut cut = Vec::new();
    let first_day = question.start.saturating_sub(DAY_US - 1);
    let params = [question.id.clone(), first_day.into(), question.end.into()];
    each(statement, &params, |found| {
        let start: i64 = found.get(COLUMNS.len()).map_err(fault)?;
        let run: i64 = found.get(COLUMNS.len() + 1).map_err(fault)?;
        let item = || found.get_ref(COLUMNS.len() + 2).map(cell).map_err(fault);
        let group = tally.group(run, item)?;
        match question.stretch_of(start, DAY_US) {
            Some(stretch) => sums::add(found, tally.at(group, stretch)?),
            None => {
                cut.push(Cut { run, group, start });
                Ok(())
            }
        }
    })?;
    Ok(cut)
}

fn each(
    statement: &mut CachedStatement<'_>,
    params: &[Cell],
    mut visit: impl FnMut(&Row<'_>) -> Result<()>,
) -> Result<()> {
    bind(statement, params)?;
    let mut rows = statement.raw_query();
    while let Some(found) = rows.next().map_err(fault)? {
        visit(found)?;
    }
    Ok(())
}

/// What a row of emissions begins with.
fn measured(found: &Row<'_>) -> Result<Measured> {
    let mut figures = [None; FIGURES];
    for (index, figure) in figures.iter_mut().enumerate() {
        *figure = match found.get_ref(index).map_err(fault)? {
            ValueRef::Null => None,
            ValueRef::Real(value) => Some(value),
            ValueRef::Integer(value) => Some(value as f64),
            _ => return Err(Error::internal("a figure is no number")),
        };
    }
    Ok(Measured::from_figures(&figures))
}
