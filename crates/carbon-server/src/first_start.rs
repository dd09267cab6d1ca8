//! What a fresh server has for its first client: a project, an experiment and a token that writes.
//! Whoever sets the server up takes them over.
//!
//! Left out: telling it to the operator, which is the command's.

use std::fmt;

use carbon_store::{
    Beginning, Digest, Experiment, ExperimentId, FirstProject, NewOrganization, NewProject,
    NewProjectToken, OrganizationId, ProjectId, ProjectTokenId,
};

use crate::app::App;
use crate::audit::{Deed, Did};
use crate::configuration::ClientConfiguration;
use crate::fault::Fault;
use crate::settings::Auth;
use crate::token;

/// What a client of a fresh server is configured with.
#[derive(Clone, PartialEq, Eq)]
pub struct FirstClient {
    /// The organization.
    pub organization: OrganizationId,
    /// The project of the organization.
    pub project: ProjectId,
    /// The experiment that runs are added to.
    pub experiment: ExperimentId,
    /// The token that writes into the project. It is known here and now only.
    pub token: String,
}

impl fmt::Debug for FirstClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FirstClient").field("experiment", &self.experiment).finish_non_exhaustive()
    }
}

impl FirstClient {
    /// The text of its file, for a server that it reaches at `url`.
    pub fn configuration(&self, url: &str) -> ClientConfiguration {
        ClientConfiguration {
            api_endpoint: url.to_owned(),
            organization: self.organization,
            project: self.project,
            experiment: Some(self.experiment),
            api_key: Some(self.token.clone()),
        }
    }
}

impl App {
    /// Makes the first project, with an experiment and a token, when the server starts for the first
    /// time; of several processes, one does. None on later starts, and where people come from an
    /// OpenID provider: they get a project of their own as they come.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn prepare_first_client(&self) -> Result<Option<FirstClient>, Fault> {
        if matches!(self.settings().auth, Auth::Oidc(_)) {
            return Ok(None);
        }
        let (secret, digest) = token::mint()?;
        let first = self.begin(digest).await?;
        Ok(first.map(|first| FirstClient {
            organization: first.organization,
            project: first.project,
            experiment: first.experiment,
            token: secret,
        }))
    }

    async fn begin(&self, digest: Digest) -> Result<Option<FirstProject>, Fault> {
        let now = self.now();
        let organization = NewOrganization {
            id: OrganizationId::new(),
            name: "Default organization".to_owned(),
            description: "Made when the server was started for the first time".to_owned(),
            created: now,
        };
        let project = NewProject {
            id: ProjectId::new(),
            organization_id: organization.id,
            name: "Default project".to_owned(),
            description: "Made when the server was started for the first time".to_owned(),
            is_public: false,
            created: now,
        };
        let experiment = Experiment {
            id: ExperimentId::new(),
            project_id: project.id,
            timestamp: now,
            name: "Default experiment".to_owned(),
            description: "Made when the server was started for the first time".to_owned(),
            country_name: None,
            country_iso_code: None,
            region: None,
            on_cloud: false,
            cloud_provider: None,
            cloud_region: None,
        };
        let token = NewProjectToken {
            id: ProjectTokenId::new(),
            project_id: project.id,
            name: Some("first start".to_owned()),
            digest,
            access: 2,
            created_by: None,
            created: now,
            expires: None,
        };
        let organization_note = Deed::of(Did::CreateOrganization, organization.id)
            .within(organization.id)
            .with("name", &organization.name)
            .entry(self, None);
        let deed = Deed::of(Did::CreateToken, token.id)
            .within(organization.id)
            .with("project", project.id)
            .with("name", "first start");
        let beginning = Beginning { organization, project, experiment, token, organization_note };
        Ok(self.noting_by(None, deed).begin(beginning).await?)
    }
}
