//! Runs that are under way: those whose rows came lately.

use std::collections::HashSet;

use crate::cell::{FromRow, Row};
use crate::error::Result;
use crate::figures::Scope;
use crate::id::{ExperimentId, ProjectId, RunId};
use crate::store::Store;
use crate::time::Timestamp;

/// A run with rows since some time.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveRun {
    /// The run.
    pub run_id: RunId,
    /// Its experiment.
    pub experiment_id: ExperimentId,
    /// Its project.
    pub project_id: ProjectId,
    /// Name of its experiment.
    pub experiment_name: String,
    /// Name of its project.
    pub project_name: String,
    /// Time of its last row.
    pub last: Timestamp,
    /// Power of the processors in the last row, W.
    pub cpu_power_w: Option<f64>,
    /// Power of the GPUs in the last row, W.
    pub gpu_power_w: Option<f64>,
    /// Power of the memory in the last row, W.
    pub ram_power_w: Option<f64>,
    /// Energy of the run so far, kWh.
    pub energy_kwh: f64,
    /// CO2e of the run so far, kg.
    pub emissions_kg: f64,
}

impl FromRow for LiveRun {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            run_id: row.next()?,
            experiment_id: row.next()?,
            project_id: row.next()?,
            experiment_name: row.next()?,
            project_name: row.next()?,
            last: row.next()?,
            cpu_power_w: row.next()?,
            gpu_power_w: row.next()?,
            ram_power_w: row.next()?,
            energy_kwh: row.next::<Option<f64>>()?.unwrap_or_default(),
            emissions_kg: row.next::<Option<f64>>()?.unwrap_or_default(),
        })
    }
}

impl Store {
    /// Runs of a scope with rows since a time, the latest first, at most `limit`. It costs a look at
    /// the last hours of each run of the scope.
    pub async fn live_runs(
        &self,
        scope: Scope,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<LiveRun>> {
        let (filter, id) = scope.runs();
        let sql = format!(
            "WITH recent AS MATERIALIZED (SELECT r.key, r.id, r.experiment_id, r.project_id, \
             (SELECT max(e.timestamp_us) FROM emissions e \
             WHERE e.run_key = r.key AND e.timestamp_us >= $2) AS last_us \
             FROM live_runs r WHERE {filter} AND EXISTS \
             (SELECT 1 FROM run_hours h WHERE h.run_key = r.key AND h.start_us >= $3)) \
             SELECT q.id, q.experiment_id, q.project_id, x.name, p.name, q.last_us, \
             e.cpu_power, e.gpu_power, e.ram_power, \
             (SELECT sum(d.energy) FROM run_days d WHERE d.run_key = q.key), \
             (SELECT sum(d.emissions_kg) FROM run_days d WHERE d.run_key = q.key) \
             FROM recent q JOIN emissions e ON e.run_key = q.key AND e.timestamp_us = q.last_us \
             JOIN experiments x ON x.id = q.experiment_id JOIN projects p ON p.id = q.project_id \
             ORDER BY q.last_us DESC, q.key DESC, e.id DESC LIMIT $4"
        );
        let hour = since.hour();
        self.look_up(move |session| {
            Box::pin(async move {
                let params = [id, since.into(), hour.into(), i64::from(limit).into()];
                let mut found: Vec<LiveRun> = session.list(&sql, &params).await?;
                // Two rows of one time are one run.
                let mut seen = HashSet::new();
                found.retain(|run| seen.insert(run.run_id));
                Ok(found)
            })
        })
        .await
    }
}
