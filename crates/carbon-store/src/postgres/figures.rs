//! Sums of stretches of time, from the kept sums: those of whole runs where a run lies in the window as
//! a whole, of its days where it does not, of hours where a day is cut, and of rows where an hour is.
//! Each step asks for what the one before could not tell, and mostly there is nothing to ask. They are
//! added up here: to have the server do it costs it several times as much.

use super::cells;
use super::link::{Link, fault};
use super::sums::add;
use crate::cell::{Cell, FromRow};
use crate::emission::{MEASURED, Measured};
use crate::error::Result;
use crate::figures::{Found, OF_EXPERIMENT, OF_ORGANIZATION, OF_PROJECT, Question};
use crate::keys::{RUN_BY_KEY, keys};
use crate::tally::{Cut, Tally};
use crate::time::{DAY_US, HOUR_US};

/// Answers a question.
pub(crate) async fn answer(link: &mut Link, question: &Question) -> Result<Vec<Found>> {
    let mut tally = Tally::new(question);
    let mut cut = Vec::new();
    if question.width.is_some() {
        // Few runs lie in one of many stretches.
        days(link, question, question.filter, &question.id, &mut tally, &mut cut).await?;
    } else {
        let runs = runs(link, question, &mut tally).await?;
        if !runs.is_empty() {
            days(link, question, RUN_BY_KEY[1], &keys(runs), &mut tally, &mut cut).await?;
        }
    }
    let cut = hours(link, question, &cut, &mut tally).await?;
    rows(link, question, &cut, &mut tally).await?;
    tally.finish()
}

/// A condition for runs `r` that are there. The walk begins at what `$1` names, and is told here
/// where the server would begin with a project to find the runs of an experiment.
fn live(filter: &str) -> String {
    let from = match filter {
        OF_ORGANIZATION => {
            "r.project_id = ANY (ARRAY(SELECT p.id FROM live_projects p WHERE p.organization_id = $1))"
        }
        OF_PROJECT => "r.project_id = (SELECT p.id FROM live_projects p WHERE p.id = $1)",
        OF_EXPERIMENT => "r.experiment_id = (SELECT x.id FROM live_experiments x WHERE x.id = $1)",
        other => {
            return format!(
                "r.deleted_us IS NULL AND {other} \
                 AND (SELECT p.deleted_us IS NULL FROM projects p WHERE p.id = r.project_id)"
            );
        }
    };
    format!("r.deleted_us IS NULL AND {from}")
}

/// Adds up the runs that lie in the window. The others with rows around its edges.
async fn runs(link: &mut Link, question: &Question, tally: &mut Tally<'_>) -> Result<Vec<i64>> {
    let sql = format!(
        "SELECT r.key, {item}, CASE WHEN r.first_us >= $2 AND r.last_us <= $3 THEN r.sums END
         FROM runs r WHERE {live} AND r.last_us >= $2 AND r.first_us <= $3",
        item = question.item,
        live = live(question.filter)
    );
    let mut cut = Vec::new();
    link.each(&sql, &[&question.id, &question.start, &question.end], |row| {
        let run = row.try_get(0).map_err(fault)?;
        let Some(sums) = row.try_get(2).map_err(fault)? else {
            cut.push(run);
            return Ok(());
        };
        let group = tally.group(run, || cells::cell(row, 1))?;
        add(sums, tally.at(group, 0)?)
    })
    .await?;
    Ok(cut)
}

/// Adds up the days that lie in one stretch, and tells the others.
async fn days(
    link: &mut Link,
    question: &Question,
    filter: &str,
    id: &Cell,
    tally: &mut Tally<'_>,
    cut: &mut Vec<Cut>,
) -> Result<()> {
    // OFFSET 0 keeps the server from turning the walk round: it would begin with all days of all runs.
    let sql = format!(
        "SELECT r.key, {item}, d.start_us, d.sums FROM runs r CROSS JOIN LATERAL (
           SELECT d.start_us, d.sums FROM run_days d
           WHERE d.run_key = r.key AND d.start_us >= $2 AND d.start_us <= $3 OFFSET 0
         ) AS d WHERE {live}",
        item = question.item,
        live = live(filter)
    );
    let first_day = question.start.saturating_sub(DAY_US - 1);
    link.each(&sql, &[id, &first_day, &question.end], |row| {
        let (run, start) = (row.try_get(0).map_err(fault)?, row.try_get(2).map_err(fault)?);
        let group = tally.group(run, || cells::cell(row, 1))?;
        match question.stretch_of(start, DAY_US) {
            Some(stretch) => add(row.try_get(3).map_err(fault)?, tally.at(group, stretch)?),
            None => {
                cut.push(Cut { run, group, start });
                Ok(())
            }
        }
    })
    .await
}

/// Adds up the hours of cut days that lie in one stretch. The others.
async fn hours(
    link: &mut Link,
    question: &Question,
    days: &[Cut],
    tally: &mut Tally<'_>,
) -> Result<Vec<Cut>> {
    let sql = "SELECT w.place, h.start_us, h.sums
         FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
           WITH ORDINALITY AS w (run_key, first_us, last_us, place)
         CROSS JOIN LATERAL (
           SELECT h.start_us, h.sums FROM run_hours h WHERE h.run_key = w.run_key
           AND h.start_us >= w.first_us AND h.start_us <= w.last_us OFFSET 0
         ) AS h";
    let mut cut = Vec::new();
    closer(link, question, days, (sql, DAY_US), |day, row| {
        let start = row.try_get(1).map_err(fault)?;
        match question.stretch_of(start, HOUR_US) {
            Some(stretch) => add(row.try_get(2).map_err(fault)?, tally.at(day.group, stretch)?),
            None => {
                cut.push(Cut { start, ..day });
                Ok(())
            }
        }
    })
    .await?;
    Ok(cut)
}

/// Adds up the rows of cut hours.
async fn rows(
    link: &mut Link,
    question: &Question,
    hours: &[Cut],
    tally: &mut Tally<'_>,
) -> Result<()> {
    let sql = format!(
        "SELECT w.place, e.timestamp_us, {MEASURED}
         FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
           WITH ORDINALITY AS w (run_key, first_us, last_us, place)
         CROSS JOIN LATERAL (
           SELECT * FROM emissions e WHERE e.run_key = w.run_key
           AND e.timestamp_us >= w.first_us AND e.timestamp_us <= w.last_us OFFSET 0
         ) AS e"
    );
    closer(link, question, hours, (&sql, HOUR_US), |hour, row| {
        let mut found = cells::row(row)?;
        let (_, time): (i64, i64) = (found.next()?, found.next()?);
        tally.add(hour.group, time, &Measured::from_row(&mut found)?)
    })
    .await
}

/// Looks more closely at what was cut, each of one length: asks for what of it lies in the window.
async fn closer(
    link: &mut Link,
    question: &Question,
    cut: &[Cut],
    (sql, length): (&str, i64),
    mut visit: impl FnMut(Cut, &tokio_postgres::Row) -> Result<()>,
) -> Result<()> {
    if cut.is_empty() {
        return Ok(());
    }
    let runs: Vec<i64> = cut.iter().map(|cut| cut.run).collect();
    let within = cut.iter().map(|cut| question.within(cut.start, length));
    let (first, last): (Vec<i64>, Vec<i64>) = match length {
        // An hour at the edge is kept under its start.
        DAY_US => within.map(|(first, last)| (first - first.rem_euclid(HOUR_US), last)).unzip(),
        _ => within.unzip(),
    };
    link.each(sql, &[&runs, &first, &last], |row| {
        // Places are counted from one.
        let place: i64 = row.try_get(0).map_err(fault)?;
        match usize::try_from(place - 1).ok().and_then(|place| cut.get(place)) {
            Some(cut) => visit(*cut, row),
            None => Ok(()),
        }
    })
    .await
}
