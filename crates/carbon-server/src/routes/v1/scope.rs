//! Whose figures a path asks for, and whether the caller may read them.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use carbon_store::{Access, OrganizationId, Scope, Subject};
use uuid::Uuid;

use crate::app::App;
use crate::body::id_of;
use crate::fault::{Fault, Problem};
use crate::rights::Action;
use crate::sign_in::Caller;

/// What `/v1/organizations/{id}/…`, `/v1/projects/{id}/…`, `/v1/experiments/{id}/…` or
/// `/v1/runs/{id}/…` names, which is there and which the caller may read.
#[derive(Debug, Clone)]
pub(super) struct Scoped {
    /// Whose rows.
    pub(super) scope: Scope,
    /// The organization that it belongs to.
    pub(super) organization: OrganizationId,
    /// Whether the caller sees it as a member or by a token, not only because it is public: then
    /// machines and members are named.
    pub(super) is_inside: bool,
    /// Who asks.
    pub(super) caller: Caller,
}

impl FromRequestParts<App> for Scoped {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let mut segments = parts.uri.path().split('/').skip(2);
        let (kind, id) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
        let id = id_of(id)?;
        Ok(Self::of(app, caller, kind, id).await?)
    }
}

impl Scoped {
    async fn of(app: &App, caller: Caller, kind: &str, id: Uuid) -> Result<Self, Fault> {
        let (scope, subject, action, name) = match kind {
            "organizations" => {
                let id = id.into();
                let subject = Subject::Organization(id);
                let scope = Scope::Organization(id);
                (scope, subject, Action::ReadOrganizationSums, "Organization")
            }
            "projects" => {
                let id = id.into();
                (Scope::Project(id), Subject::Project(id), Action::ReadProject, "Project")
            }
            "experiments" => {
                let id = id.into();
                let subject = Subject::Experiment(id);
                (Scope::Experiment(id), subject, Action::ReadExperiment, "Experiment")
            }
            _ => {
                let id = id.into();
                (Scope::Run(id), Subject::Run(id), Action::ReadRun, "Run")
            }
        };
        let access = app.allow(&caller, action, subject).await?;
        let access = access.ok_or_else(|| Fault::NotFound(format!("{name} {id} not found")))?;
        let is_inside = is_inside(&caller, &access);
        Ok(Self { scope, organization: access.organization_id, is_inside, caller })
    }
}

/// Whether somebody sees something as a member of its organization or by a token of its project.
pub(super) fn is_inside(caller: &Caller, access: &Access) -> bool {
    let by_token = match caller {
        Caller::Reader(token) => access.project_id == Some(token.project_id),
        _ => false,
    };
    by_token || access.role.is_some()
}

impl Scoped {
    /// The id that the path names.
    pub(super) fn id(&self) -> Uuid {
        match self.scope {
            Scope::Organization(id) => id.uuid(),
            Scope::Project(id) => id.uuid(),
            Scope::Experiment(id) => id.uuid(),
            Scope::Run(id) => id.uuid(),
        }
    }

    /// What was deleted since it was found.
    pub(super) fn gone(&self) -> Fault {
        let name = match self.scope {
            Scope::Organization(_) => "Organization",
            Scope::Project(_) => "Project",
            Scope::Experiment(_) => "Experiment",
            Scope::Run(_) => "Run",
        };
        Fault::NotFound(format!("{name} not found"))
    }
}
