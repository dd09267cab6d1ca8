//! Whose something is, and what a person is there: what every decision about rights needs, in one
//! query.

use crate::cell::{Cell, FromRow, Row};
use crate::error::Result;
use crate::id::{EmissionId, ExperimentId, OrganizationId, ProjectId, RunId, UserId};
use crate::member::Role;
use crate::store::Store;

/// Something that a request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An organization.
    Organization(OrganizationId),
    /// A project.
    Project(ProjectId),
    /// An experiment.
    Experiment(ExperimentId),
    /// A run.
    Run(RunId),
    /// A row of a run.
    Emission(EmissionId),
}

/// Where it belongs, and how the person stands to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Its organization.
    pub organization_id: OrganizationId,
    /// Its project; none for an organization.
    pub project_id: Option<ProjectId>,
    /// Whether anybody may read it.
    pub is_public: bool,
    /// The person's role in the organization; none for strangers and where nobody is named.
    pub role: Option<Role>,
}

impl FromRow for Access {
    fn from_row(row: &mut Row) -> Result<Self> {
        Ok(Self {
            organization_id: row.next()?,
            project_id: row.next()?,
            is_public: row.next::<Option<bool>>()?.unwrap_or_default(),
            role: row.next()?,
        })
    }
}

impl Store {
    /// Whose something is, and the role of a person there. None where it is not, or is deleted.
    pub async fn access(&self, subject: Subject, user: Option<UserId>) -> Result<Option<Access>> {
        let (columns, from, id): (&str, &str, Cell) = match subject {
            // Nothing, as a text: it is never read as an id.
            Subject::Organization(id) => (
                "s.id, CAST(NULL AS TEXT), CAST(NULL AS TEXT)",
                "(SELECT o.*, o.id AS organization_id FROM live_organizations o) s WHERE s.id = $1",
                id.into(),
            ),
            Subject::Project(id) => (
                "s.organization_id, s.id, s.is_public",
                "live_projects s WHERE s.id = $1",
                id.into(),
            ),
            Subject::Experiment(id) => (
                "s.organization_id, s.project_id, s.is_public",
                "live_experiments s WHERE s.id = $1",
                id.into(),
            ),
            Subject::Run(id) => (
                "s.organization_id, s.project_id, s.is_public",
                "live_runs s WHERE s.id = $1",
                id.into(),
            ),
            Subject::Emission(id) => (
                "s.organization_id, s.project_id, s.is_public",
                "live_runs s WHERE s.key = (SELECT k.run_key FROM emission_keys k WHERE k.id = $1)",
                id.into(),
            ),
        };
        let sql = format!(
            "SELECT {columns}, (SELECT m.role FROM memberships m \
             WHERE m.organization_id = s.organization_id AND m.user_id = $2) FROM {from}"
        );
        self.look_up(move |session| {
            Box::pin(async move { session.find(&sql, &[id, user.into()]).await })
        })
        .await
    }
}
