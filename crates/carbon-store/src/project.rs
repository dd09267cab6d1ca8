//! Projects of an organization, and what they may use in a month.

use crate::cell::{FromRow, Row};
use crate::error::Result;
use crate::id::{ExperimentId, OrganizationId, ProjectId};
use crate::page::{Cursor, Page, Paging};
use crate::session::Session;
use crate::store::Store;
use crate::time::Timestamp;

/// A project.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its organization.
    pub organization_id: OrganizationId,
    /// Its name; may be empty.
    pub name: String,
    /// What it is; may be empty.
    pub description: String,
    /// Whether anybody may read it.
    pub is_public: bool,
    /// When it was made.
    pub created: Timestamp,
}

/// A project to add.
#[derive(Debug, Clone, PartialEq)]
pub struct NewProject {
    /// Its id.
    pub id: ProjectId,
    /// Its organization.
    pub organization_id: OrganizationId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Whether anybody may read it.
    pub is_public: bool,
    /// Now.
    pub created: Timestamp,
}

/// What to change of a project; none leaves as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProjectChange {
    /// Another name.
    pub name: Option<String>,
    /// Another description.
    pub description: Option<String>,
    /// Whether anybody may read it.
    pub is_public: Option<bool>,
}

/// What a project may use in a calendar month.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Budget {
    /// Energy, kWh.
    pub energy_kwh: Option<f64>,
    /// CO2e, kg.
    pub emissions_kg: Option<f64>,
    /// Address that is told when the use or its forecast passes it.
    pub webhook: Option<String>,
}

const COLUMNS: &str = "p.id, p.organization_id, p.name, p.description, p.is_public, p.created_us";

const BUDGET: &str = "p.budget_kwh, p.budget_kg, p.budget_webhook";

impl FromRow for Project {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            id: row.next()?,
            organization_id: row.next()?,
            name: row.next()?,
            description: row.next()?,
            is_public: row.next()?,
            created: row.next()?,
        })
    }
}

impl FromRow for Budget {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self { energy_kwh: row.next()?, emissions_kg: row.next()?, webhook: row.next()? })
    }
}

impl FromRow for (Budget, Project) {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok((Budget::from_row(row)?, Project::from_row(row)?))
    }
}

impl Store {
    /// Adds a project. None where the organization is not there.
    pub async fn create_project(&self, project: NewProject) -> Result<Option<Project>> {
        self.write(move |session| Box::pin(insert(session, project))).await
    }

    /// A project.
    pub async fn project(&self, id: ProjectId) -> Result<Option<Project>> {
        self.look_up(move |session| Box::pin(find(session, id))).await
    }

    /// Projects of an organization, in the order of creation.
    pub async fn projects_of(
        &self,
        organization: OrganizationId,
        paging: Paging,
    ) -> Result<Page<Project>> {
        let sql = format!(
            "SELECT p.key, {COLUMNS} FROM live_projects p \
             WHERE p.organization_id = $1 AND p.key > $2 ORDER BY p.key LIMIT $3"
        );
        self.look_up(move |session| {
            Box::pin(async move {
                let params = [organization.into(), paging.floor(), paging.probe()];
                Ok(paging.page(session.positions::<Cursor, _>(&sql, &params).await?))
            })
        })
        .await
    }

    /// Ids of a project's experiments, in the order of creation.
    pub async fn experiment_ids(&self, project: ProjectId) -> Result<Vec<ExperimentId>> {
        let sql = "SELECT x.id FROM live_experiments x WHERE x.project_id = $1 ORDER BY x.key";
        self.look_up(move |session| {
            Box::pin(async move {
                let rows = session.rows(sql, &[project.into()]).await?;
                rows.into_iter().map(|mut row| row.next()).collect()
            })
        })
        .await
    }

    /// Changes a project. None where it is not there.
    pub async fn update_project(
        &self,
        id: ProjectId,
        change: ProjectChange,
    ) -> Result<Option<Project>> {
        let sql = format!(
            "UPDATE projects SET name = coalesce($2, name), \
             description = coalesce($3, description), is_public = coalesce($4, is_public) \
             WHERE id = $1 AND deleted_us IS NULL RETURNING {}",
            COLUMNS.replace("p.", "")
        );
        self.write(move |session| {
            Box::pin(async move {
                let params = [
                    id.into(),
                    change.name.into(),
                    change.description.into(),
                    change.is_public.into(),
                ];
                session.find(&sql, &params).await
            })
        })
        .await
    }

    /// Deletes a project with its experiments, runs, rows and tokens, however many: gone at once,
    /// their space is freed by [`reclaim`](Self::reclaim). Whether it was there.
    pub async fn delete_project(&self, id: ProjectId, now: Timestamp) -> Result<bool> {
        self.write(move |session| {
            Box::pin(async move {
                let tokens = "DELETE FROM project_tokens WHERE project_id = $1";
                session.execute(tokens, &[id.into()]).await?;
                let sql = "UPDATE projects SET deleted_us = $2 \
                           WHERE id = $1 AND deleted_us IS NULL";
                session.touches(sql, &[id.into(), now.into()]).await
            })
        })
        .await
    }

    /// What a project may use in a month; none where the project is not there.
    pub async fn budget(&self, id: ProjectId) -> Result<Option<Budget>> {
        let sql = format!("SELECT {BUDGET} FROM live_projects p WHERE p.id = $1");
        self.look_up(move |session| Box::pin(async move { session.find(&sql, &[id.into()]).await }))
            .await
    }

    /// Sets what a project may use in a month. Whether the project is there.
    pub async fn set_budget(&self, id: ProjectId, budget: Budget) -> Result<bool> {
        let sql = "UPDATE projects SET budget_kwh = $2, budget_kg = $3, budget_webhook = $4 \
                   WHERE id = $1 AND deleted_us IS NULL";
        self.write(move |session| {
            Box::pin(async move {
                let params = [
                    id.into(),
                    budget.energy_kwh.into(),
                    budget.emissions_kg.into(),
                    budget.webhook.into(),
                ];
                session.touches(sql, &params).await
            })
        })
        .await
    }

    /// All projects that have a budget.
    pub async fn budgets(&self) -> Result<Vec<(Budget, Project)>> {
        let sql = format!(
            "SELECT {BUDGET}, {COLUMNS} FROM live_projects p \
             WHERE p.budget_kwh IS NOT NULL OR p.budget_kg IS NOT NULL ORDER BY p.key"
        );
        self.look_up(move |session| Box::pin(async move { session.list(&sql, &[]).await })).await
    }

    /// Whether this is the first alert of a kind for a project in a month (year * 12 + month):
    /// several processes may ask, one is told yes.
    pub async fn claim_budget_alert(
        &self,
        id: ProjectId,
        month: i64,
        kind: &'static str,
        now: Timestamp,
    ) -> Result<bool> {
        let sql = "INSERT INTO budget_alerts (project_id, month, kind, sent_us) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        self.write(move |session| {
            Box::pin(async move {
                session.touches(sql, &[id.into(), month.into(), kind.into(), now.into()]).await
            })
        })
        .await
    }
}

pub(crate) async fn find(session: &mut Session, id: ProjectId) -> Result<Option<Project>> {
    let sql = format!("SELECT {COLUMNS} FROM live_projects p WHERE p.id = $1");
    session.find(&sql, &[id.into()]).await
}

pub(crate) async fn insert(session: &mut Session, new: NewProject) -> Result<Option<Project>> {
    if crate::organization::find(session, new.organization_id).await?.is_none() {
        return Ok(None);
    }
    let sql = "INSERT INTO projects (id, organization_id, name, description, is_public, \
               created_us) VALUES ($1, $2, $3, $4, $5, $6)";
    let params = [
        new.id.into(),
        new.organization_id.into(),
        new.name.as_str().into(),
        new.description.as_str().into(),
        new.is_public.into(),
        new.created.into(),
    ];
    session.execute(sql, &params).await?;
    Ok(Some(Project {
        id: new.id,
        organization_id: new.organization_id,
        name: new.name,
        description: new.description,
        is_public: new.is_public,
        created: new.created,
    }))
}
