//! Rows into PostgreSQL: the rows of all requests of a commit go into their partitions, and their sums
//! are added to those of their hours, days and runs. The sums are made here, of the rows that were not
//! there before; where another writer stores one of them in the same moment, or adds to the same sums,
//! the server refuses the statement and the commit is done again.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::link::{Link, fault};
use super::partitions::Partitions;
use super::rows::Fresh;
use super::sums::Kept;
use crate::emission::{Batch, Ingested};
use crate::error::{Error, Result};
use crate::id::{EmissionId, FreshIds, ProjectId, RunId};

const FIND_RUNS: &str = "SELECT id, key, project_id FROM live_runs WHERE id = ANY($1)";

const FIND_ROWS: &str = "SELECT id, run_key FROM emission_keys WHERE id = ANY($1)";

/// What a writer knows between commits.
#[derive(Default)]
pub(super) struct Rows {
    partitions: Partitions,
    kept: Kept,
    /// The last commit failed, maybe because somebody else adds to the same sums.
    is_careful: bool,
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
        let (mut fresh, mut fresh_ids) = (Fresh::default(), FreshIds::new());
        let mut answers = Vec::with_capacity(batches.len());
        for batch in batches {
            let kept = &mut self.kept;
            answers.push(admit(batch, &runs, &mut owners, (&mut fresh, kept), &mut fresh_ids));
        }
        fresh.store(link, &mut self.kept, self.is_careful).await?;
        self.is_careful = false;
        Ok(answers)
    }

    /// After an error: what was made may have been undone, and what was known may be wrong.
    pub(super) fn forget(&mut self) {
        *self = Self { is_careful: true, ..Self::default() };
    }
}

/// Takes up the rows of a request that are not there yet.
fn admit(
    batch: &Batch,
    runs: &HashMap<RunId, (i64, ProjectId)>,
    owners: &mut HashMap<EmissionId, i64>,
    (fresh, kept): (&mut Fresh, &mut Kept),
    fresh_ids: &mut FreshIds,
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
    let (mut ids, newest) = (Vec::with_capacity(batch.rows.len()), batch.newest());
    let mut added = 0;
    for (row, key) in batch.rows.iter().zip(keys) {
        let id = row.id.unwrap_or_else(|| fresh_ids.at(newest));
        if row.id.is_none() || owners.insert(id, key).is_none() {
            fresh.push(key, id, row);
            kept.push(key, row);
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
