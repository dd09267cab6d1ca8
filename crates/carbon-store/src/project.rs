//! Projects of an organization.

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

pub(crate) const COLUMNS: &str =
    "p.id, p.organization_id, p.name, p.description, p.is_public, p.created_us";

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

impl Store {
    /// Adds a project. None where the organization is not there.
    pub async fn create_project(&self, project: NewProject) -> Result<Option<Project>> {
        self.change(move |session| Box::pin(insert(session, project))).await
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

    /// Projects of an organization whose name or description has a text in it, in the order of
    /// creation. Letters beyond ASCII are told apart by case in SQLite.
    pub async fn projects_like(
        &self,
        organization: OrganizationId,
        text: &str,
        paging: Paging,
    ) -> Result<Page<Project>> {
        let sql = format!(
            "SELECT p.key, {COLUMNS} FROM live_projects p \
             WHERE p.organization_id = $1 AND p.key > $2 \
             AND (lower(p.name) LIKE $4 ESCAPE '!' OR lower(p.description) LIKE $4 ESCAPE '!') \
             ORDER BY p.key LIMIT $3"
        );
        let pattern = pattern_of(text);
        self.look_up(move |session| {
            Box::pin(async move {
                let params = [organization.into(), paging.floor(), paging.probe(), pattern.into()];
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
        self.change(move |session| {
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
        self.change(move |session| {
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
}

/// What `LIKE` takes for a text that may stand anywhere.
fn pattern_of(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern + "%"
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
