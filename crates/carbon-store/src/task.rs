//! Tasks of runs: the parts of a program that its tracker measured by name. Their energy is part of
//! the rows of their run, so no sum counts them.

use std::collections::HashSet;

use crate::cell::{Cell, FromRow, Row};
use crate::emission::MAX_VALUE;
use crate::error::{Error, Result};
use crate::id::{ProjectId, RunId, TaskId};
use crate::page::{Cursor, Page, Paging};
use crate::session::Session;
use crate::store::Store;
use crate::time::Timestamp;

/// Tasks that one call may bring.
pub const MAX_TASKS: usize = 1_000;

/// A task.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// The client's id, one of [`RepeatableIds`](crate::RepeatableIds), or a fresh one: a task with
    /// an id that is there counts once.
    pub id: TaskId,
    /// What the program calls it.
    pub name: String,
    /// When it began, by the client's clock.
    pub start: Timestamp,
    /// How long it took, s.
    pub duration_s: f64,
    /// Energy in all, kWh.
    pub energy_kwh: f64,
    /// CO2e, kg.
    pub emissions_kg: f64,
    /// Energy of the processors, kWh.
    pub cpu_energy_kwh: Option<f64>,
    /// Energy of the GPUs, kWh.
    pub gpu_energy_kwh: Option<f64>,
    /// Energy of the memory, kWh.
    pub ram_energy_kwh: Option<f64>,
}

const COLUMNS: &str = "id, name, start_us, duration_s, energy_kwh, emissions_kg, cpu_energy_kwh, \
     gpu_energy_kwh, ram_energy_kwh";

impl Task {
    fn cells(self, run_key: i64) -> [Cell; 10] {
        [
            run_key.into(),
            self.id.into(),
            self.name.into(),
            self.start.into(),
            self.duration_s.into(),
            self.energy_kwh.into(),
            self.emissions_kg.into(),
            self.cpu_energy_kwh.into(),
            self.gpu_energy_kwh.into(),
            self.ram_energy_kwh.into(),
        ]
    }

    fn check(&self) -> Result<()> {
        let figures = [self.duration_s, self.energy_kwh, self.emissions_kg];
        let parts = [self.cpu_energy_kwh, self.gpu_energy_kwh, self.ram_energy_kwh];
        let mut all = figures.into_iter().chain(parts.into_iter().flatten());
        // A number that is not one is not within any range.
        if all.all(|figure| figure.abs() <= MAX_VALUE) {
            Ok(())
        } else {
            Err(Error::Invalid("a number is not finite, or beyond 1e15"))
        }
    }
}

impl FromRow for Task {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            id: row.next()?,
            name: row.next()?,
            start: row.next()?,
            duration_s: row.next()?,
            energy_kwh: row.next()?,
            emissions_kg: row.next()?,
            cpu_energy_kwh: row.next()?,
            gpu_energy_kwh: row.next()?,
            ram_energy_kwh: row.next()?,
        })
    }
}

impl Store {
    /// Adds tasks of a run, all of them or none; how many were not there before. None where the run
    /// is not there, or not in the project. An id that names a task of another run is a `Conflict`.
    pub async fn add_tasks(
        &self,
        project: Option<ProjectId>,
        run: RunId,
        tasks: Vec<Task>,
    ) -> Result<Option<usize>> {
        if tasks.len() > MAX_TASKS {
            return Err(Error::Invalid("more tasks than one request may bring"));
        }
        tasks.iter().try_for_each(Task::check)?;
        self.write(move |session| {
            Box::pin(async move {
                let sql = "SELECT r.key FROM live_runs r WHERE r.id = $1 \
                           AND r.project_id = coalesce($2, r.project_id)";
                let params = [run.into(), project.into()];
                let Some(key) = session.value::<i64>(sql, &params).await? else { return Ok(None) };
                add(session, key, tasks).await.map(Some)
            })
        })
        .await
    }

    /// Tasks of a run in the order in which they came. None where the run is not there.
    pub async fn tasks(&self, run: RunId, paging: Paging) -> Result<Option<Page<Task>>> {
        let sql = format!(
            "SELECT key, {COLUMNS} FROM tasks WHERE run_key = $1 AND key > $2 \
             ORDER BY key LIMIT $3"
        );
        self.read(move |session| {
            Box::pin(async move {
                let found = "SELECT r.key FROM live_runs r WHERE r.id = $1";
                let Some(key) = session.value::<i64>(found, &[run.into()]).await? else {
                    return Ok(None);
                };
                let params = [key.into(), paging.floor(), paging.probe()];
                Ok(Some(paging.page(session.positions::<Cursor, Task>(&sql, &params).await?)))
            })
        })
        .await
    }
}

async fn add(session: &mut Session, run: i64, tasks: Vec<Task>) -> Result<usize> {
    let insert = format!(
        "INSERT INTO tasks (run_key, {COLUMNS}) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING"
    );
    let owner = "SELECT run_key FROM tasks WHERE id = $1";
    let (mut added, mut seen) = (0, HashSet::new());
    for task in tasks {
        let id = task.id;
        if !seen.insert(id) {
            continue;
        }
        if session.touches(&insert, &task.cells(run)).await? {
            added += 1;
        } else if session.value::<i64>(owner, &[id.into()]).await? != Some(run) {
            return Err(Error::Conflict);
        }
    }
    Ok(added)
}
