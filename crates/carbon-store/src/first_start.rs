//! What a fresh server begins with: an organization, a project and an experiment that clients can
//! write into at once, and that the first person who comes takes over.

use crate::error::{Error, Result};
use crate::experiment::{self, Experiment};
use crate::id::{ExperimentId, OrganizationId, ProjectId};
use crate::member::{self, Role};
use crate::organization::{self, NewOrganization};
use crate::project::{self, NewProject};
use crate::session::Session;
use crate::store::Store;
use crate::user::{self, NewUser, User};

/// Under this name the id of the organization is kept: only one process ever makes it.
const CLAIM: &str = "first organization";

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
    /// Makes the first organization, without members, its project and its experiment, in one
    /// transaction. None where that was done before, by whatever process, or where there are
    /// accounts. Ids of project and experiment that do not belong together are a `Conflict`.
    pub async fn begin(
        &self,
        organization: NewOrganization,
        project: NewProject,
        experiment: Experiment,
    ) -> Result<Option<FirstProject>> {
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
                project::insert(session, project).await?.ok_or(Error::Conflict)?;
                experiment::insert(session, experiment).await?.ok_or(Error::Conflict)?;
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
