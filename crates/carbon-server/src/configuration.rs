//! What a client is configured with, as the text of a `.codecarbon.config`: one text, wherever a person
//! is given it.

use std::fmt;

use carbon_store::{ExperimentId, OrganizationId, ProjectId};

/// A client's configuration for this server. Shown as the text of its file.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientConfiguration {
    /// Address of this server, as the client knows it.
    pub api_endpoint: String,
    /// The organization.
    pub organization: OrganizationId,
    /// The project.
    pub project: ProjectId,
    /// The experiment that runs are added to; none where the project has none yet.
    pub experiment: Option<ExperimentId>,
    /// The token of the project, where it is known.
    pub api_key: Option<String>,
}

impl fmt::Debug for ClientConfiguration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientConfiguration")
            .field("project", &self.project)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for ClientConfiguration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "[codecarbon]")?;
        writeln!(f, "save_to_api = true")?;
        writeln!(f, "api_endpoint = {}", self.api_endpoint)?;
        writeln!(f, "organization_id = {}", self.organization)?;
        writeln!(f, "project_id = {}", self.project)?;
        match self.experiment {
            Some(experiment) => writeln!(f, "experiment_id = {experiment}")?,
            None => writeln!(f, "# experiment_id = (the project has no experiment yet)")?,
        }
        match &self.api_key {
            Some(key) => writeln!(f, "api_key = {key}"),
            None => writeln!(f, "# api_key = (a token of the project that writes)"),
        }
    }
}
