//! Sums, series and comparisons. All of them are the same question, which rows of which runs fall
//! into which stretch of time; it is answered from the sums of whole days (on PostgreSQL also of whole
//! runs), of whole hours where a day is cut, and from single rows where an hour is cut. So the answer is exact and its cost does
//! not grow with the number of rows.

use std::collections::HashMap;

use crate::cell::{Cell, FromCell};
use crate::error::{Error, Result};
use crate::experiment::{self, Experiment};
use crate::id::{ExperimentId, OrganizationId, ProjectId, RunId, UserId};
use crate::organization::{self, Organization};
use crate::page::Paging;
use crate::postgres;
use crate::project::{self, Project};
use crate::run::{self, Run};
use crate::session::Session;
use crate::sqlite;
use crate::store::Store;
use crate::sums::Sums;
use crate::time::{BucketWidth, Timestamp, Window};

/// Whose rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Of all projects of an organization.
    Organization(OrganizationId),
    /// Of a project.
    Project(ProjectId),
    /// Of an experiment.
    Experiment(ExperimentId),
    /// Of a run.
    Run(RunId),
}

/// The conditions for a run of an organization, a project and an experiment.
pub(crate) const OF_ORGANIZATION: &str = "r.organization_id = $1";
pub(crate) const OF_PROJECT: &str = "r.project_id = $1";
pub(crate) const OF_EXPERIMENT: &str = "r.experiment_id = $1";

impl Scope {
    /// The condition for a run `r` of `live_runs` with the id as `$1`.
    pub(crate) fn runs(self) -> (&'static str, Cell) {
        match self {
            Self::Organization(id) => (OF_ORGANIZATION, id.into()),
            Self::Project(id) => (OF_PROJECT, id.into()),
            Self::Experiment(id) => (OF_EXPERIMENT, id.into()),
            Self::Run(id) => ("r.id = $1", id.into()),
        }
    }
}

/// By what rows are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBy {
    /// The project.
    Project,
    /// The experiment.
    Experiment,
    /// The run.
    Run,
    /// Who made the token that the run was written with.
    Member,
    /// The machine, where the client says its name.
    Host,
}

/// What the rows of a group have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Group {
    /// All rows are one group.
    All,
    /// The project.
    Project(ProjectId),
    /// The experiment.
    Experiment(ExperimentId),
    /// The run.
    Run(RunId),
    /// The member; none where it is not known.
    Member(Option<UserId>),
    /// The machine; none where it is not known.
    Host(Option<String>),
}

impl GroupBy {
    fn column(self) -> &'static str {
        match self {
            Self::Project => "r.project_id",
            Self::Experiment => "r.experiment_id",
            Self::Run => "r.id",
            Self::Member => "r.member_id",
            Self::Host => "r.host",
        }
    }

    fn group(self, item: Cell) -> Result<Group> {
        Ok(match self {
            Self::Project => Group::Project(FromCell::from_cell(item)?),
            Self::Experiment => Group::Experiment(FromCell::from_cell(item)?),
            Self::Run => Group::Run(FromCell::from_cell(item)?),
            Self::Member => Group::Member(FromCell::from_cell(item)?),
            Self::Host => Group::Host(FromCell::from_cell(item)?),
        })
    }
}

/// Sums of one group in one stretch of time.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesPoint {
    /// Whose.
    pub group: Group,
    /// When the stretch begins.
    pub start: Timestamp,
    /// Its sums. Mean power is `cpu_power_over_time` and the like.
    pub sums: Sums,
}

/// Stretches that one series may have.
const MAX_BUCKETS: i64 = 100_000;

/// Points that one series may have, over all groups: about 30 MB.
const MAX_POINTS: usize = 100_000;

impl Store {
    /// Sums of an organization's rows in a window. None where the organization is not there.
    pub async fn organization_sums(
        &self,
        id: OrganizationId,
        window: Window,
    ) -> Result<Option<(Organization, Sums)>> {
        self.read(move |session| {
            Box::pin(async move {
                let Some(found) = organization::find(session, id).await? else { return Ok(None) };
                let sums = total(session, Scope::Organization(id), window).await?;
                Ok(Some((found, sums)))
            })
        })
        .await
    }

    /// Sums of a project's rows in a window: zeros where there are none. None where the project is
    /// not there.
    pub async fn project_sums(
        &self,
        id: ProjectId,
        window: Window,
    ) -> Result<Option<(Project, Sums)>> {
        self.read(move |session| {
            Box::pin(async move {
                let Some(found) = project::find(session, id).await? else { return Ok(None) };
                let sums = total(session, Scope::Project(id), window).await?;
                Ok(Some((found, sums)))
            })
        })
        .await
    }

    /// Sums per experiment of a project, in the order of creation, zeros where an experiment has no
    /// rows in the window. None where the project is not there.
    pub async fn experiment_sums(
        &self,
        project: ProjectId,
        window: Window,
    ) -> Result<Option<Vec<(Experiment, Sums)>>> {
        self.read(move |session| {
            Box::pin(async move {
                let experiments = experiment::list(session, project, Paging::ALL).await?;
                if experiments.is_empty() && project::find(session, project).await?.is_none() {
                    return Ok(None);
                }
                let scope = Scope::Project(project);
                let mut sums = grouped(session, scope, GroupBy::Experiment, window).await?;
                let with_sums = experiments.into_iter().map(|(_, experiment)| {
                    let sums = sums.remove(&Group::Experiment(experiment.id)).unwrap_or_default();
                    (experiment, sums)
                });
                Ok(Some(with_sums.collect()))
            })
        })
        .await
    }

    /// Sums per run of an experiment, in the order of creation; runs without rows in the window are
    /// left out.
    pub async fn run_sums(
        &self,
        experiment: ExperimentId,
        window: Window,
    ) -> Result<Vec<(Run, Sums)>> {
        self.read(move |session| {
            Box::pin(async move {
                let scope = Scope::Experiment(experiment);
                let mut sums = grouped(session, scope, GroupBy::Run, window).await?;
                if sums.is_empty() {
                    return Ok(Vec::new());
                }
                let runs = run::of_experiment(session, experiment).await?;
                let with_sums = runs
                    .into_iter()
                    .filter_map(|run| Some((sums.remove(&Group::Run(run.id))?, run)));
                Ok(with_sums.map(|(sums, run)| (run, sums)).collect())
            })
        })
        .await
    }

    /// Sums of all rows of a scope in a window; zeros where there are none.
    pub async fn sums(&self, scope: Scope, window: Window) -> Result<Sums> {
        self.read(move |session| Box::pin(total(session, scope, window))).await
    }

    /// Sums of a scope in a window, told apart; groups without rows are left out. Use by member and
    /// by host is this.
    pub async fn sums_by(
        &self,
        scope: Scope,
        by: GroupBy,
        window: Window,
    ) -> Result<HashMap<Group, Sums>> {
        self.read(move |session| Box::pin(grouped(session, scope, by, window))).await
    }

    /// Runs side by side, each with its sums in a window, in the order of the ids. Runs that are
    /// not there are none.
    pub async fn compare_runs(
        &self,
        runs: Vec<RunId>,
        window: Window,
    ) -> Result<Vec<Option<(Run, Sums)>>> {
        self.read(move |session| {
            Box::pin(async move {
                let mut compared = Vec::with_capacity(runs.len());
                for id in runs {
                    compared.push(match run::find(session, id).await? {
                        Some(run) => Some((run, total(session, Scope::Run(id), window).await?)),
                        None => None,
                    });
                }
                Ok(compared)
            })
        })
        .await
    }

    /// Sums of a scope in stretches of `width`, the first of which begins with the window; together
    /// or told apart, in the order of time. Stretches without rows are left out.
    pub async fn series(
        &self,
        scope: Scope,
        by: Option<GroupBy>,
        window: Window,
        width: BucketWidth,
    ) -> Result<Vec<SeriesPoint>> {
        self.series_from(scope, by, window, window.start, width).await
    }

    /// The same, with stretches that are counted from an instant not later than the window: those
    /// that begin with days or hours are answered from whole ones. The window's rows count and no
    /// others, so the first stretch may be a part.
    pub async fn series_from(
        &self,
        scope: Scope,
        by: Option<GroupBy>,
        window: Window,
        origin: Timestamp,
        width: BucketWidth,
    ) -> Result<Vec<SeriesPoint>> {
        if origin > window.start {
            return Err(Error::Invalid("the intervals begin after the window"));
        }
        let length = window.end.micros().saturating_sub(origin.micros());
        if length / width.micros() >= MAX_BUCKETS {
            return Err(Error::Invalid("the window has too many intervals of that length"));
        }
        let (filter, id) = scope.runs();
        let mut question = Question::new(filter, id, by, window);
        question.width = Some(width.micros());
        question.origin = origin.micros();
        question.most = MAX_POINTS;
        self.read(move |session| {
            Box::pin(async move {
                let point = |found: Found| {
                    let start = origin.micros() + found.stretch * width.micros();
                    Ok(SeriesPoint {
                        group: by.map_or(Ok(Group::All), |by| by.group(found.item))?,
                        start: Timestamp::from_micros(start),
                        sums: found.sums,
                    })
                };
                question.ask(session).await?.into_iter().map(point).collect()
            })
        })
        .await
    }
}

async fn total(session: &mut Session, scope: Scope, window: Window) -> Result<Sums> {
    let (filter, id) = scope.runs();
    let found = Question::new(filter, id, None, window).ask(session).await?;
    Ok(found.into_iter().next().map(|found| found.sums).unwrap_or_default())
}

pub(crate) async fn grouped(
    session: &mut Session,
    scope: Scope,
    by: GroupBy,
    window: Window,
) -> Result<HashMap<Group, Sums>> {
    let (filter, id) = scope.runs();
    grouped_where(session, filter, id, by, window).await
}

/// Sums of the runs that a condition holds for, told apart; `$1` of the condition is `id`.
pub(crate) async fn grouped_where(
    session: &mut Session,
    filter: &'static str,
    id: Cell,
    by: GroupBy,
    window: Window,
) -> Result<HashMap<Group, Sums>> {
    let found = Question::new(filter, id, Some(by), window).ask(session).await?;
    found.into_iter().map(|found| Ok((by.group(found.item)?, found.sums))).collect()
}

/// Which rows of which runs fall where.
pub(crate) struct Question {
    /// Condition for a run `r` with the id as `$1`.
    pub(crate) filter: &'static str,
    /// The id.
    pub(crate) id: Cell,
    /// What runs are told apart by.
    pub(crate) item: &'static str,
    /// The window, both ends included.
    pub(crate) start: i64,
    pub(crate) end: i64,
    /// Width of the stretches; none where the window is one.
    pub(crate) width: Option<i64>,
    /// Where the first stretch begins, not after the window.
    pub(crate) origin: i64,
    /// Sums that the answer may have: with more it is refused, before they are all in memory.
    pub(crate) most: usize,
}

/// Sums of one group in one stretch.
pub(crate) struct Found {
    pub(crate) item: Cell,
    pub(crate) stretch: i64,
    pub(crate) sums: Sums,
}

impl Question {
    fn new(filter: &'static str, id: Cell, by: Option<GroupBy>, window: Window) -> Self {
        Self {
            filter,
            id,
            item: by.map_or("CAST(NULL AS TEXT)", GroupBy::column),
            start: window.start.micros(),
            end: window.end.micros(),
            width: None,
            origin: window.start.micros(),
            most: usize::MAX,
        }
    }

    /// Passes so many sums.
    pub(crate) fn allow(&self, sums: usize) -> Result<()> {
        if sums <= self.most {
            return Ok(());
        }
        Err(Error::Invalid("there are too many groups: ask for fewer, or for fewer intervals"))
    }

    /// Which stretch an instant of the window falls into.
    pub(crate) fn stretch(&self, time: i64) -> i64 {
        self.width.map_or(0, |width| (time - self.origin) / width)
    }

    /// The stretch that a day or an hour lies in as a whole, if it does.
    pub(crate) fn stretch_of(&self, start: i64, length: i64) -> Option<i64> {
        let end = start + length - 1;
        let is_inside = start >= self.start && end <= self.end;
        let stretch = self.stretch(start);
        (is_inside && self.stretch(end) == stretch).then_some(stretch)
    }

    /// The part of a day or an hour that lies in the window.
    pub(crate) fn within(&self, start: i64, length: i64) -> (i64, i64) {
        (start.max(self.start), (start + length - 1).min(self.end))
    }

    async fn ask(&self, session: &mut Session) -> Result<Vec<Found>> {
        match session {
            Session::Sqlite(connection) => sqlite::answer(connection, self),
            Session::Postgres(link) => postgres::answer(link, self).await,
        }
    }
}
