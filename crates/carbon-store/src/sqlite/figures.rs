//! Sums of stretches of time, added up here and not by SQLite: the rows come in order of run and
//! time, so nothing has to be put aside or sorted, which costs SQLite five times as much.

use std::collections::HashMap;

use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Row};

use super::connection::{Connection, bind, cell, fault, prepare};
use super::sums::{self, COLUMNS, Numbers};
use crate::cell::Cell;
use crate::emission::{FIGURES, MEASURED, Measured};
use crate::error::{Error, Result};
use crate::figures::{Found, Question};
use crate::sums::{Sums, WIDTH};
use crate::time::{DAY_US, HOUR_US};

/// Sums by place of the group and number of the stretch.
type Totals = HashMap<(usize, i64), Numbers>;

/// A day that is cut: run, place of the group, start.
type CutDay = (i64, usize, i64);

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
    let mut totals = Totals::new();
    let mut days = prepare(connection, &days)?;
    let (groups, cut) = whole_days(&mut days, question, &mut totals)?;
    let mut hours = prepare(connection, &hours)?;
    let mut rows = prepare(connection, &rows)?;
    for (run, group, day) in cut {
        let (from, to) = question.within(day, DAY_US);
        let first_hour = from - from.rem_euclid(HOUR_US);
        let mut cut_hours = Vec::new();
        each(&mut hours, &[run.into(), first_hour.into(), to.into()], |found| {
            let hour: i64 = found.get(COLUMNS.len()).map_err(fault)?;
            match question.stretch_of(hour, HOUR_US) {
                Some(stretch) => {
                    sums::add(found, totals.entry((group, stretch)).or_insert([0.0; WIDTH]))
                }
                None => {
                    cut_hours.push(hour);
                    Ok(())
                }
            }
        })?;
        question.allow(totals.len())?;
        for hour in cut_hours {
            let (from, to) = question.within(hour, HOUR_US);
            each(&mut rows, &[run.into(), from.into(), to.into()], |found| {
                let stretch = question.stretch(found.get(FIGURES).map_err(fault)?);
                let mut sums = Sums::default();
                sums.add(&measured(found)?);
                let totals = totals.entry((group, stretch)).or_insert([0.0; WIDTH]);
                totals.iter_mut().zip(sums.numbers()).for_each(|(total, number)| *total += number);
                Ok(())
            })?;
        }
    }
    question.allow(totals.len())?;
    let mut answer: Vec<Found> = totals
        .into_iter()
        .map(|((group, stretch), totals)| Found {
            item: groups[group].clone(),
            stretch,
            sums: Sums::from_numbers(&totals),
        })
        .collect();
    answer.sort_by_key(|found| found.stretch);
    Ok(answer)
}

/// Adds up the days that lie in one stretch. The groups, and the days that do not.
fn whole_days(
    statement: &mut CachedStatement<'_>,
    question: &Question,
    totals: &mut Totals,
) -> Result<(Vec<Cell>, Vec<CutDay>)> {
    let (mut groups, mut cut) = (Vec::new(), Vec::new());
    let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut last: Option<(i64, usize)> = None;
    let first_day = question.start.saturating_sub(DAY_US - 1);
    let params = [question.id.clone(), first_day.into(), question.end.into()];
    each(statement, &params, |found| {
        let day: i64 = found.get(COLUMNS.len()).map_err(fault)?;
        let run: i64 = found.get(COLUMNS.len() + 1).map_err(fault)?;
        let group = match last {
            Some((known, group)) if known == run => group,
            _ => {
                let item = found.get_ref(COLUMNS.len() + 2).map_err(fault)?;
                *places.entry(name(item)).or_insert_with(|| {
                    groups.push(cell(item));
                    groups.len() - 1
                })
            }
        };
        last = Some((run, group));
        match question.stretch_of(day, DAY_US) {
            Some(stretch) => {
                question.allow(totals.len())?;
                sums::add(found, totals.entry((group, stretch)).or_insert([0.0; WIDTH]))
            }
            None => {
                cut.push((run, group, day));
                Ok(())
            }
        }
    })?;
    Ok((groups, cut))
}

/// What tells a group from others: nothing, an id or a name.
fn name(item: ValueRef<'_>) -> Vec<u8> {
    match item {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => [&[1], bytes].concat(),
        _ => Vec::new(),
    }
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
