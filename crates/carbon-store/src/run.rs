//! Runs: one execution of a program, and the machine that it ran on.

use std::sync::LazyLock;

use crate::cell::{Cell, FromRow, Row};
use crate::error::{Error, Result};
use crate::id::{ExperimentId, OrganizationId, ProjectId, RunId, UserId};
use crate::page::{Cursor, Page, Paging};
use crate::session::Session;
use crate::store::Store;
use crate::time::{Timestamp, Window};

/// What a run says of itself and its machine.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunFacts {
    /// Operating system.
    pub os: Option<String>,
    /// Version of the language.
    pub python_version: Option<String>,
    /// Version of the tracker.
    pub codecarbon_version: Option<String>,
    /// Logical processors.
    pub cpu_count: Option<i64>,
    /// Model of the processor.
    pub cpu_model: Option<String>,
    /// GPUs.
    pub gpu_count: Option<i64>,
    /// Models of the GPUs.
    pub gpu_model: Option<String>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Region of the country.
    pub region: Option<String>,
    /// Provider of the cloud.
    pub provider: Option<String>,
    /// Memory, GB.
    pub ram_total_size: Option<f64>,
    /// What was measured: the machine or a process.
    pub tracking_mode: Option<String>,
    /// Name of the machine, where the client says it.
    pub host: Option<String>,
    /// Where the figures of each component come from, as JSON that the client tells.
    pub sources: Option<String>,
}

/// Bytes of [`RunFacts::sources`].
pub const MAX_SOURCES_BYTES: usize = 8 * 1024;

/// Columns of `RunFacts`.
pub(crate) const FACTS: &str = "os, python_version, codecarbon_version, cpu_count, cpu_model, \
     gpu_count, gpu_model, longitude, latitude, region, provider, ram_total_size, tracking_mode, \
     host, sources";

/// A stored run.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// Its experiment.
    pub experiment_id: ExperimentId,
    /// Its project.
    pub project_id: ProjectId,
    /// When it began, by the client's clock.
    pub timestamp: Timestamp,
    /// What it says of itself.
    pub facts: RunFacts,
    /// Who made the token that wrote it.
    pub member_id: Option<UserId>,
}

/// A run to store.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRun {
    /// The client's id, or one of [`RepeatableIds`](crate::RepeatableIds): a run that is there is
    /// answered as it is. Without, the store makes a fresh one.
    pub id: Option<RunId>,
    /// The project of the token that brings it: experiments of others are not seen.
    pub project: Option<ProjectId>,
    /// The experiment that it belongs to.
    pub experiment_id: ExperimentId,
    /// When it began.
    pub timestamp: Timestamp,
    /// What it says of itself.
    pub facts: RunFacts,
    /// Who made the token.
    pub member_id: Option<UserId>,
}

pub(crate) const COLUMNS: &str = "r.id, r.experiment_id, r.project_id, r.timestamp_us, r.member_id, r.os, \
     r.python_version, r.codecarbon_version, r.cpu_count, r.cpu_model, r.gpu_count, r.gpu_model, \
     r.longitude, r.latitude, r.region, r.provider, r.ram_total_size, r.tracking_mode, r.host, r.sources";

static INSERT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "INSERT INTO runs (id, experiment_id, project_id, timestamp_us, member_id, {FACTS}) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, \
         $19, $20) ON CONFLICT (id) DO NOTHING"
    )
});

/// One run by its id.
pub(crate) static FIND: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {COLUMNS} FROM live_runs r WHERE r.id = $1"));

impl NewRun {
    /// An error where it cannot be stored.
    pub(crate) fn check(&self) -> Result<()> {
        if self.facts.sources.as_ref().is_some_and(|sources| sources.len() > MAX_SOURCES_BYTES) {
            return Err(Error::Invalid("what a run says of its sources is too long"));
        }
        self.facts.cells().iter().try_for_each(Cell::check)
    }

    /// The run that it becomes.
    pub(crate) fn into_run(self, id: RunId, project_id: ProjectId) -> Run {
        Run {
            id,
            experiment_id: self.experiment_id,
            project_id,
            timestamp: self.timestamp,
            facts: self.facts,
            member_id: self.member_id,
        }
    }
}

impl RunFacts {
    pub(crate) fn cells(&self) -> [Cell; 15] {
        [
            self.os.clone().into(),
            self.python_version.clone().into(),
            self.codecarbon_version.clone().into(),
            self.cpu_count.into(),
            self.cpu_model.clone().into(),
            self.gpu_count.into(),
            self.gpu_model.clone().into(),
            self.longitude.into(),
            self.latitude.into(),
            self.region.clone().into(),
            self.provider.clone().into(),
            self.ram_total_size.into(),
            self.tracking_mode.clone().into(),
            self.host.clone().into(),
            self.sources.clone().into(),
        ]
    }
}

impl FromRow for Run {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            id: row.next()?,
            experiment_id: row.next()?,
            project_id: row.next()?,
            timestamp: row.next()?,
            member_id: row.next()?,
            facts: RunFacts {
                os: row.next()?,
                python_version: row.next()?,
                codecarbon_version: row.next()?,
                cpu_count: row.next()?,
                cpu_model: row.next()?,
                gpu_count: row.next()?,
                gpu_model: row.next()?,
                longitude: row.next()?,
                latitude: row.next()?,
                region: row.next()?,
                provider: row.next()?,
                ram_total_size: row.next()?,
                tracking_mode: row.next()?,
                host: row.next()?,
                sources: row.next()?,
            },
        })
    }
}

/// Where runs are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunsOf {
    /// All runs of an experiment.
    Experiment(ExperimentId),
    /// All runs of a project.
    Project(ProjectId),
    /// All runs of an organization.
    Organization(OrganizationId),
    /// All runs of the organizations of a person.
    User(UserId),
}

impl Store {
    /// Adds a run, or answers with the run of that id where it is there. None where the experiment
    /// is not, or not in the project. A run of that id in another experiment is a `Conflict`.
    pub async fn create_run(&self, run: NewRun) -> Result<Option<Run>> {
        run.check()?;
        self.write_run(run).await
    }

    /// A run.
    pub async fn run(&self, id: RunId) -> Result<Option<Run>> {
        self.look_up(move |session| Box::pin(async move { find(session, id).await })).await
    }

    /// Runs in the order of creation.
    pub async fn runs(&self, of: RunsOf, paging: Paging) -> Result<Page<Run>> {
        let (from, id): (&str, Cell) = match of {
            RunsOf::Experiment(id) => ("WHERE r.experiment_id = $1", id.into()),
            RunsOf::Project(id) => ("WHERE r.project_id = $1", id.into()),
            RunsOf::Organization(id) => ("WHERE r.organization_id = $1", id.into()),
            RunsOf::User(id) => (
                "JOIN memberships m ON m.organization_id = r.organization_id WHERE m.user_id = $1",
                id.into(),
            ),
        };
        let sql = format!(
            "SELECT r.key, {COLUMNS} FROM live_runs r {from} AND r.key > $2 \
             ORDER BY r.key LIMIT $3"
        );
        self.look_up(move |session| {
            Box::pin(async move {
                let params = [id, paging.floor(), paging.probe()];
                Ok(paging.page(session.positions::<Cursor, Run>(&sql, &params).await?))
            })
        })
        .await
    }

    /// The run of a project that began last within a window.
    pub async fn last_run(&self, project: ProjectId, window: Window) -> Result<Option<Run>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM live_runs r \
             WHERE r.project_id = $1 AND r.timestamp_us >= $2 AND r.timestamp_us <= $3 \
             ORDER BY r.timestamp_us DESC, r.key DESC LIMIT 1"
        );
        self.look_up(move |session| {
            Box::pin(async move {
                session.find(&sql, &[project.into(), window.start.into(), window.end.into()]).await
            })
        })
        .await
    }

    /// Deletes a run with its rows: gone at once, its space is freed by
    /// [`reclaim`](Self::reclaim). Whether it was there.
    pub async fn delete_run(&self, id: RunId, now: Timestamp) -> Result<bool> {
        self.change(move |session| {
            Box::pin(async move {
                let sql = "UPDATE runs SET deleted_us = $2 WHERE id = \
                           (SELECT r.id FROM live_runs r WHERE r.id = $1)";
                session.touches(sql, &[id.into(), now.into()]).await
            })
        })
        .await
    }
}

pub(crate) async fn find(session: &mut Session, id: RunId) -> Result<Option<Run>> {
    session.find(&FIND, &[id.into()]).await
}

/// All runs of an experiment, in the order of creation.
pub(crate) async fn of_experiment(
    session: &mut Session,
    experiment: ExperimentId,
) -> Result<Vec<Run>> {
    // Put in order here, and with the project asked for each run: PostgreSQL would else begin with all
    // runs there are, in that order, or with all of the project.
    let sql = format!(
        "SELECT r.key, {COLUMNS} FROM runs r WHERE r.experiment_id = $1 AND r.deleted_us IS NULL \
         AND (SELECT p.deleted_us IS NULL FROM projects p WHERE p.id = r.project_id)"
    );
    let mut runs = session.positions::<Cursor, Run>(&sql, &[experiment.into()]).await?;
    runs.sort_by_key(|(key, _)| *key);
    Ok(runs.into_iter().map(|(_, run)| run).collect())
}

/// Adds one run in a transaction of its own or of others. It changes something in one statement only.
pub(crate) async fn create(session: &mut Session, new: NewRun) -> Result<Option<Run>> {
    let project: Option<ProjectId> = session
        .value("SELECT project_id FROM live_experiments WHERE id = $1", &[new.experiment_id.into()])
        .await?;
    let Some(project) = project.filter(|found| new.project.is_none_or(|wanted| wanted == *found))
    else {
        return Ok(None);
    };
    let id = new.id.unwrap_or_else(RunId::new);
    let mut params: Vec<Cell> = vec![
        id.into(),
        new.experiment_id.into(),
        project.into(),
        new.timestamp.into(),
        new.member_id.into(),
    ];
    params.extend(new.facts.cells());
    if session.touches(&INSERT, &params).await? {
        return Ok(Some(new.into_run(id, project)));
    }
    match find(session, id).await? {
        Some(there) if there.experiment_id == new.experiment_id => Ok(Some(there)),
        _ => Err(Error::Conflict),
    }
}
