//! What a fresh server begins with: an organization, a project, an experiment and a token, so that
//! clients can write at once. The first person who comes takes them over.

use crate::error::{Error, Result};
use crate::experiment::{self, Experiment};
use crate::id::{ExperimentId, OrganizationId, ProjectId};
use crate::journal::{self, AuditEntry};
use crate::member::{self, Role};
use crate::organization::{self, NewOrganization};
use crate::project::{self, NewProject};
use crate::project_token::{self, NewProjectToken};
use crate::session::Session;
use crate::store::Store;
use crate::user::{self, NewUser, User};

/// Under this name the id of the organization is kept: only one process ever makes it.
const CLAIM: &str = "first organization";

/// What a fresh server is to begin with. Project, experiment and token must belong together.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// The organization, which will have no member.
    pub organization: NewOrganization,
    /// Its project.
    pub project: NewProject,
    /// The experiment of the project.
    pub experiment: Experiment,
    /// The token of the project.
    pub token: NewProjectToken,
    /// What the organization is noted as, before the token, which is noted as any change is.
    pub organization_note: AuditEntry,
}

/// The ids of what a fresh server begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstProject {
    /// The organization; it has no member yet.
    pub organization: OrganizationId,
    /// Its project.
    pub project: ProjectId,
    /// The experiment of the project.
    pub experiment: ExperimentId,
}

impl Store {
    /// Makes all of it in one transaction: a process that is killed while it starts for the first time
    /// leaves everything or nothing. None where that was done before, by whatever process, or where
    /// there are accounts. What does not belong together is a `Conflict`.
    pub async fn begin(&self, beginning: Beginning) -> Result<Option<FirstProject>> {
        let Beginning { organization, project, experiment, token, organization_note } = beginning;
        self.change(move |session| {
            Box::pin(async move {
                if session.value::<i64>("SELECT u.key FROM users u LIMIT 1", &[]).await?.is_some() {
                    return Ok(None);
                }
                let claim = "INSERT INTO secrets (name, value) VALUES ($1, $2) \
                             ON CONFLICT (name) DO NOTHING";
                let id = organization.id.uuid().into_bytes().to_vec();
                if !session.touches(claim, &[CLAIM.into(), id.into()]).await? {
                    return Ok(None);
                }
                let made = FirstProject {
                    organization: organization.id,
                    project: project.id,
                    experiment: experiment.id,
                };
                organization::insert_without_members(session, organization).await?;
                journal::insert(session, &organization_note).await?;
                project::insert(session, project).await?.ok_or(Error::Conflict)?;
                experiment::insert(session, experiment).await?.ok_or(Error::Conflict)?;
                project_token::insert(session, token).await?;
                Ok(Some(made))
            })
        })
        .await
    }

    /// Adds the first person, who takes over what [`begin`](Self::begin) made, in one transaction. None
    /// where there is nothing to take over: it was not made, is deleted, or has members. An address or
    /// subject that is taken is a `Conflict`.
    pub async fn take_over(&self, user: NewUser) -> Result<Option<User>> {
        self.change(move |session| {
            Box::pin(async move {
                let Some(organization) = waiting(session).await? else { return Ok(None) };
                let made = user::insert(session, &user).await?.ok_or(Error::Conflict)?;
                member::insert(session, organization, made.id, Role::Admin, made.created).await?;
                Ok(Some(made))
            })
        })
        .await
    }
}

/// The first organization, as long as it has no members.
async fn waiting(session: &mut Session) -> Result<Option<OrganizationId>> {
    let sql = "SELECT s.value FROM secrets s WHERE s.name = $1";
    let Some(bytes) = session.value::<Vec<u8>>(sql, &[CLAIM.into()]).await? else {
        return Ok(None);
    };
    let id = uuid::Uuid::from_slice(&bytes).map_err(Error::internal)?;
    let sql = "SELECT o.id FROM live_organizations o WHERE o.id = $1 \
               AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.organization_id = o.id)";
    session.value(sql, &[OrganizationId::from(id).into()]).await
}
