//! Runs into PostgreSQL: one statement for the runs of all requests of a commit.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use uuid::Uuid;

use super::link::{Link, fault};
use crate::cell::FromRow;
use crate::error::{Error, Result};
use crate::id::{ExperimentId, ProjectId, RunId, UserId};
use crate::run::{FACTS, FIND, NewRun, Run};

const FIND_EXPERIMENTS: &str = "SELECT id, project_id FROM live_experiments WHERE id = ANY($1)";

static STORE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "INSERT INTO runs (id, experiment_id, project_id, timestamp_us, member_id, {FACTS})
         SELECT * FROM unnest(
           $1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::uuid[],
           $6::text[], $7::text[], $8::text[], $9::bigint[], $10::text[], $11::bigint[],
           $12::text[], $13::float8[], $14::float8[], $15::text[], $16::text[], $17::float8[],
           $18::text[], $19::text[], $20::text[]
         )
         ON CONFLICT (id) DO NOTHING
         RETURNING id"
    )
});

/// Stores all runs, or nothing; each request has an answer of its own.
pub(super) async fn store(link: &mut Link, new: &[NewRun]) -> Result<Vec<Result<Option<Run>>>> {
    let experiments = find_experiments(link, new).await?;
    let mut taken = HashSet::new();
    // Each request's run and whether it goes into the statement: a run that is asked for twice in
    // one commit goes once.
    let runs: Vec<Option<(Run, bool)>> = new
        .iter()
        .map(|request| {
            let project = *experiments.get(&request.experiment_id)?;
            if request.project.is_some_and(|wanted| wanted != project) {
                return None;
            }
            let id = request.id.unwrap_or_else(RunId::new);
            Some((request.clone().into_run(id, project), taken.insert(id)))
        })
        .collect();
    let stored = insert(link, runs.iter().flatten().filter(|(_, goes)| *goes)).await?;
    let mut answers = Vec::with_capacity(runs.len());
    for found in runs {
        answers.push(match found {
            None => Ok(None),
            Some((run, true)) if stored.contains(&run.id) => Ok(Some(run)),
            Some((run, _)) => there_already(link, &run).await?,
        });
    }
    Ok(answers)
}

async fn there_already(link: &mut Link, wanted: &Run) -> Result<Result<Option<Run>>> {
    let rows = link.rows(&FIND, &[wanted.id.into()]).await?;
    let found = rows.into_iter().next().map(|mut row| Run::from_row(&mut row)).transpose()?;
    Ok(match found {
        Some(found) if found.experiment_id == wanted.experiment_id => Ok(Some(found)),
        _ => Err(Error::Conflict),
    })
}

async fn find_experiments(
    link: &mut Link,
    new: &[NewRun],
) -> Result<HashMap<ExperimentId, ProjectId>> {
    let wanted: HashSet<Uuid> = new.iter().map(|run| run.experiment_id.uuid()).collect();
    let wanted: Vec<Uuid> = wanted.into_iter().collect();
    let rows = link.query(FIND_EXPERIMENTS, &[&wanted]).await.map_err(fault)?;
    let entry = |row: &tokio_postgres::Row| {
        Ok((row.try_get::<_, Uuid>(0)?.into(), row.try_get::<_, Uuid>(1)?.into()))
    };
    rows.iter().map(entry).collect::<Result<_, tokio_postgres::Error>>().map_err(fault)
}

async fn insert<'r>(
    link: &mut Link,
    runs: impl Iterator<Item = &'r (Run, bool)>,
) -> Result<HashSet<RunId>> {
    let runs: Vec<&Run> = runs.map(|(run, _)| run).collect();
    if runs.is_empty() {
        return Ok(HashSet::new());
    }
    macro_rules! column {
        ($run:ident => $value:expr) => {
            &runs.iter().map(|$run| $value).collect::<Vec<_>>()
        };
    }
    let rows = link
        .query(
            &STORE,
            &[
                column!(run => run.id.uuid()),
                column!(run => run.experiment_id.uuid()),
                column!(run => run.project_id.uuid()),
                column!(run => run.timestamp.micros()),
                column!(run => run.member_id.map(UserId::uuid)),
                column!(run => run.facts.os.as_deref()),
                column!(run => run.facts.python_version.as_deref()),
                column!(run => run.facts.codecarbon_version.as_deref()),
                column!(run => run.facts.cpu_count),
                column!(run => run.facts.cpu_model.as_deref()),
                column!(run => run.facts.gpu_count),
                column!(run => run.facts.gpu_model.as_deref()),
                column!(run => run.facts.longitude),
                column!(run => run.facts.latitude),
                column!(run => run.facts.region.as_deref()),
                column!(run => run.facts.provider.as_deref()),
                column!(run => run.facts.ram_total_size),
                column!(run => run.facts.tracking_mode.as_deref()),
                column!(run => run.facts.host.as_deref()),
                column!(run => run.facts.sources.as_deref()),
            ],
        )
        .await
        .map_err(fault)?;
    let ids = rows.iter().map(|row| row.try_get::<_, Uuid>(0).map(RunId::from));
    ids.collect::<Result<_, tokio_postgres::Error>>().map_err(fault)
}
