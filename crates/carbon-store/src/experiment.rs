//! Experiments of a project: runs that belong together, and where they were meant to run.

use crate::cell::{Cell, FromRow, Row};
use crate::error::Result;
use crate::id::{ExperimentId, ProjectId};
use crate::page::{Cursor, Page, Paging};
use crate::session::Session;
use crate::store::Store;
use crate::time::Timestamp;

/// An experiment, stored or to store.
#[derive(Debug, Clone, PartialEq)]
pub struct Experiment {
    /// Its id.
    pub id: ExperimentId,
    /// Its project.
    pub project_id: ProjectId,
    /// When it was made.
    pub timestamp: Timestamp,
    /// Its name; may be empty.
    pub name: String,
    /// What it is; may be empty.
    pub description: String,
    /// Country.
    pub country_name: Option<String>,
    /// Code of the country.
    pub country_iso_code: Option<String>,
    /// Region of the country.
    pub region: Option<String>,
    /// Whether it runs in a cloud.
    pub on_cloud: bool,
    /// Provider of the cloud.
    pub cloud_provider: Option<String>,
    /// Region of the cloud.
    pub cloud_region: Option<String>,
}

/// What to change of an experiment; none leaves as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExperimentChange {
    /// Another name.
    pub name: Option<String>,
    /// Another description.
    pub description: Option<String>,
    /// Another country.
    pub country_name: Option<String>,
    /// Code of another country.
    pub country_iso_code: Option<String>,
    /// Another region of the country.
    pub region: Option<String>,
    /// Whether it runs in a cloud.
    pub on_cloud: Option<bool>,
    /// Another provider of the cloud.
    pub cloud_provider: Option<String>,
    /// Another region of the cloud.
    pub cloud_region: Option<String>,
}

pub(crate) const COLUMNS: &str = "x.id, x.project_id, x.timestamp_us, x.name, x.description, \
     x.country_name, x.country_iso_code, x.region, x.on_cloud, x.cloud_provider, x.cloud_region";

impl FromRow for Experiment {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            id: row.next()?,
            project_id: row.next()?,
            timestamp: row.next()?,
            name: row.next()?,
            description: row.next()?,
            country_name: row.next()?,
            country_iso_code: row.next()?,
            region: row.next()?,
            on_cloud: row.next()?,
            cloud_provider: row.next()?,
            cloud_region: row.next()?,
        })
    }
}

impl Store {
    /// Adds an experiment. None where the project is not there; an id that is taken is a `Conflict`.
    pub async fn create_experiment(&self, experiment: Experiment) -> Result<Option<Experiment>> {
        self.change(move |session| Box::pin(insert(session, experiment))).await
    }

    /// An experiment.
    pub async fn experiment(&self, id: ExperimentId) -> Result<Option<Experiment>> {
        let sql = format!("SELECT {COLUMNS} FROM live_experiments x WHERE x.id = $1");
        self.look_up(move |session| Box::pin(async move { session.find(&sql, &[id.into()]).await }))
            .await
    }

    /// Experiments of a project, in the order of creation.
    pub async fn experiments_of(
        &self,
        project: ProjectId,
        paging: Paging,
    ) -> Result<Page<Experiment>> {
        self.look_up(move |session| {
            Box::pin(async move { Ok(paging.page(list(session, project, paging).await?)) })
        })
        .await
    }

    /// Changes what is said of an experiment. None where it is not there.
    pub async fn update_experiment(
        &self,
        id: ExperimentId,
        change: ExperimentChange,
    ) -> Result<Option<Experiment>> {
        let sql = "UPDATE experiments SET name = coalesce($2, name), \
                   description = coalesce($3, description), \
                   country_name = coalesce($4, country_name), \
                   country_iso_code = coalesce($5, country_iso_code), \
                   region = coalesce($6, region), on_cloud = coalesce($7, on_cloud), \
                   cloud_provider = coalesce($8, cloud_provider), \
                   cloud_region = coalesce($9, cloud_region) \
                   WHERE id = (SELECT x.id FROM live_experiments x WHERE x.id = $1)";
        let found = format!("SELECT {COLUMNS} FROM live_experiments x WHERE x.id = $1");
        self.change(move |session| {
            Box::pin(async move {
                let params: [Cell; 9] = [
                    id.into(),
                    change.name.into(),
                    change.description.into(),
                    change.country_name.into(),
                    change.country_iso_code.into(),
                    change.region.into(),
                    change.on_cloud.into(),
                    change.cloud_provider.into(),
                    change.cloud_region.into(),
                ];
                session.execute(sql, &params).await?;
                session.find(&found, &[id.into()]).await
            })
        })
        .await
    }

    /// Deletes an experiment with its runs and rows: gone at once, their space is freed by
    /// [`reclaim`](Self::reclaim). Whether it was there.
    pub async fn delete_experiment(&self, id: ExperimentId, now: Timestamp) -> Result<bool> {
        self.change(move |session| {
            Box::pin(async move {
                let runs = "UPDATE runs SET deleted_us = $2 \
                            WHERE experiment_id = $1 AND deleted_us IS NULL";
                session.execute(runs, &[id.into(), now.into()]).await?;
                let sql = "UPDATE experiments SET deleted_us = $2 \
                           WHERE id = (SELECT x.id FROM live_experiments x WHERE x.id = $1)";
                session.touches(sql, &[id.into(), now.into()]).await
            })
        })
        .await
    }
}

pub(crate) async fn list(
    session: &mut Session,
    project: ProjectId,
    paging: Paging,
) -> Result<Vec<(Cursor, Experiment)>> {
    let sql = format!(
        "SELECT x.key, {COLUMNS} FROM live_experiments x \
         WHERE x.project_id = $1 AND x.key > $2 ORDER BY x.key LIMIT $3"
    );
    session.positions(&sql, &[project.into(), paging.floor(), paging.probe()]).await
}

pub(crate) async fn insert(session: &mut Session, new: Experiment) -> Result<Option<Experiment>> {
    if crate::project::find(session, new.project_id).await?.is_none() {
        return Ok(None);
    }
    let sql = "INSERT INTO experiments (id, project_id, timestamp_us, name, description, \
               country_name, country_iso_code, region, on_cloud, cloud_provider, cloud_region) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let params: [Cell; 11] = [
        new.id.into(),
        new.project_id.into(),
        new.timestamp.into(),
        new.name.as_str().into(),
        new.description.as_str().into(),
        new.country_name.clone().into(),
        new.country_iso_code.clone().into(),
        new.region.clone().into(),
        new.on_cloud.into(),
        new.cloud_provider.clone().into(),
        new.cloud_region.clone().into(),
    ];
    session.execute(sql, &params).await?;
    Ok(Some(new))
}
