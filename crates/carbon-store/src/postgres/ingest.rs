//! Rows into PostgreSQL: one statement puts the rows of all requests of a commit into their
//! partitions and adds them to the sums of their hours and days. It sums what it has stored, so a
//! row that was there already is counted nowhere twice.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::columns::{NAMES, OF_A_ROW, TOTALS, additions};
use super::link::{Link, fault};
use super::partitions::Partitions;
use crate::emission::{Batch, FIGURES, Ingested, MEASURED, NewEmission};
use crate::error::{Error, Result};
use crate::id::{EmissionId, ProjectId, RunId};

const FIND_RUNS: &str = "SELECT id, key, project_id FROM live_runs WHERE id = ANY($1)";

const FIND_ROWS: &str = "SELECT id, run_key FROM emission_keys WHERE id = ANY($1)";

/// Parameters: keys of runs, times, ids, hours, days, and the figures. The sums are added
/// in the order of their keys, so that two processes never wait for each other in a circle.
static STORE: LazyLock<String> = LazyLock::new(|| {
    let (names, raw, totals) = (&*NAMES, &*OF_A_ROW, &*TOTALS);
    let (hours, days) = (additions("run_hours"), additions("run_days"));
    format!(
        "WITH given AS (
           SELECT * FROM unnest(
             $1::bigint[], $2::bigint[], $3::uuid[], $4::bigint[], $5::bigint[],
             $6::float8[], $7::float8[], $8::float8[], $9::float8[], $10::float8[],
             $11::float8[], $12::float8[], $13::float8[], $14::float8[], $15::float8[],
             $16::float8[], $17::float8[], $18::float8[], $19::float8[],
             $20::float8[], $21::float8[], $22::float8[], $23::float8[]
           ) AS g (run_key, timestamp_us, id, hour_us, day_us, {MEASURED})
         ), fresh AS (
           INSERT INTO emission_keys (id, run_key, timestamp_us)
           SELECT id, run_key, timestamp_us FROM given
           ON CONFLICT DO NOTHING
           RETURNING id
         ), e AS MATERIALIZED (
           SELECT given.* FROM given JOIN fresh USING (id)
         ), stored AS (
           INSERT INTO emissions (run_key, timestamp_us, id, {MEASURED})
           SELECT run_key, timestamp_us, id, {MEASURED} FROM e
         ), hours AS (
           INSERT INTO run_hours (run_key, start_us, {names})
           SELECT run_key, hour_us, {totals}
           FROM (SELECT e.run_key, e.hour_us, {raw} FROM e) AS r
           GROUP BY run_key, hour_us ORDER BY run_key, hour_us
           ON CONFLICT (run_key, start_us) DO UPDATE SET {hours}
         )
         INSERT INTO run_days (run_key, start_us, {names})
         SELECT run_key, day_us, {totals}
         FROM (SELECT e.run_key, e.day_us, {raw} FROM e) AS r
         GROUP BY run_key, day_us ORDER BY run_key, day_us
         ON CONFLICT (run_key, start_us) DO UPDATE SET {days}"
    )
});

/// What a writer knows between commits.
#[derive(Default)]
pub(super) struct Rows {
    partitions: Partitions,
}

/// The arrays of the statement.
#[derive(Default)]
struct Arrays {
    runs: Vec<i64>,
    times: Vec<i64>,
    ids: Vec<Uuid>,
    hours: Vec<i64>,
    days: Vec<i64>,
    figures: [Vec<Option<f64>>; FIGURES],
}

impl Rows {
    /// Stores the rows of all requests, or nothing; each request has an answer of its own.
    pub(super) async fn store(
        &mut self,
        link: &mut Link,
        batches: &[Batch],
    ) -> Result<Vec<Result<Ingested>>> {
        let times = batches.iter().flat_map(|batch| &batch.rows).map(|row| row.timestamp);
        self.partitions.prepare(link, times).await?;
        let runs = find_runs(link, batches).await?;
        let mut owners = find_owners(link, batches).await?;
        let mut arrays = Arrays::default();
        let mut answers = Vec::with_capacity(batches.len());
        for batch in batches {
            answers.push(admit(batch, &runs, &mut owners, &mut arrays));
        }
        if !arrays.ids.is_empty() {
            arrays.store(link).await?;
        }
        Ok(answers)
    }

    /// After an error: what was made may have been undone.
    pub(super) fn forget(&mut self) {
        self.partitions.forget();
    }
}

/// Takes up the rows of a request that are not there yet.
fn admit(
    batch: &Batch,
    runs: &HashMap<RunId, (i64, ProjectId)>,
    owners: &mut HashMap<EmissionId, i64>,
    arrays: &mut Arrays,
) -> Result<Ingested> {
    let mut keys = Vec::with_capacity(batch.rows.len());
    for (index, row) in batch.rows.iter().enumerate() {
        match runs.get(&row.run_id) {
            Some((key, project)) if batch.project.is_none_or(|wanted| wanted == *project) => {
                keys.push(*key);
            }
            _ => return Ok(Ingested::NoSuchRun { row: index }),
        }
    }
    // An id names one row of one run. Nothing is taken up before all rows are known to be right.
    let mut own: HashMap<EmissionId, i64> = HashMap::new();
    for (row, &key) in batch.rows.iter().zip(&keys) {
        let Some(id) = row.id else { continue };
        let owner = *own.entry(id).or_insert(key);
        if owner != key || owners.get(&id).is_some_and(|owner| *owner != key) {
            return Err(Error::Conflict);
        }
    }
    let mut ids = Vec::with_capacity(batch.rows.len());
    let mut added = 0;
    for (row, key) in batch.rows.iter().zip(keys) {
        let id = row.id.unwrap_or_else(|| EmissionId::of_row_at(row.timestamp));
        if row.id.is_none() || owners.insert(id, key).is_none() {
            arrays.push(key, id, row);
            added += 1;
        }
        ids.push(id);
    }
    Ok(Ingested::Stored { ids, added })
}

async fn find_runs(link: &mut Link, batches: &[Batch]) -> Result<HashMap<RunId, (i64, ProjectId)>> {
    let wanted: HashSet<Uuid> =
        batches.iter().flat_map(|batch| &batch.rows).map(|row| row.run_id.uuid()).collect();
    let wanted: Vec<Uuid> = wanted.into_iter().collect();
    let rows = link.query(FIND_RUNS, &[&wanted]).await.map_err(fault)?;
    let entry = |row: &tokio_postgres::Row| {
        let (id, key) = (row.try_get::<_, Uuid>(0)?, row.try_get(1)?);
        Ok((id.into(), (key, row.try_get::<_, Uuid>(2)?.into())))
    };
    rows.iter().map(entry).collect::<Result<_, tokio_postgres::Error>>().map_err(fault)
}

/// Runs of the rows whose ids are there already.
async fn find_owners(link: &mut Link, batches: &[Batch]) -> Result<HashMap<EmissionId, i64>> {
    let given: Vec<Uuid> = batches
        .iter()
        .flat_map(|batch| &batch.rows)
        .filter_map(|row| row.id.map(EmissionId::uuid))
        .collect();
    if given.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = link.query(FIND_ROWS, &[&given]).await.map_err(fault)?;
    let entry =
        |row: &tokio_postgres::Row| Ok((row.try_get::<_, Uuid>(0)?.into(), row.try_get(1)?));
    rows.iter().map(entry).collect::<Result<_, tokio_postgres::Error>>().map_err(fault)
}

impl Arrays {
    fn push(&mut self, run: i64, id: EmissionId, row: &NewEmission) {
        self.runs.push(run);
        self.times.push(row.timestamp.micros());
        self.ids.push(id.uuid());
        self.hours.push(row.timestamp.hour());
        self.days.push(row.timestamp.day());
        for (array, figure) in self.figures.iter_mut().zip(row.measured.figures()) {
            array.push(figure);
        }
    }

    async fn store(&self, link: &mut Link) -> Result<()> {
        let mut params: Vec<&(dyn ToSql + Sync)> =
            vec![&self.runs, &self.times, &self.ids, &self.hours, &self.days];
        params.extend(self.figures.iter().map(|figures| figures as &(dyn ToSql + Sync)));
        link.query(&STORE, &params).await.map(drop).map_err(fault)
    }
}
