//! The calls, one per endpoint.

use std::fmt::Write;

use carbon_api::{
    EmissionIn, Experiment, ExperimentIn, Organization, OrganizationIn, OrganizationPatch, Project,
    ProjectIn, ProjectToken, ProjectTokenIn, RunIn, Telemetry,
};
use carbon_http::Method;
use serde::Deserialize;
use serde_json::Value;

use super::{ApiClient, ApiError, json};

/// What is read of the answer to a new run.
#[derive(Deserialize)]
struct Registered {
    id: String,
}

/// Every call blocks at most as long as the limits say, and fails as [`ApiError`] tells.
impl ApiClient {
    /// Who the server takes us for.
    pub fn check_auth(&self) -> Result<Value, ApiError> {
        self.get("/auth/check")
    }

    /// The organisations of the user.
    pub fn organizations(&self) -> Result<Vec<Organization>, ApiError> {
        self.get("/organizations")
    }

    /// An organisation.
    pub fn organization(&self, id: &str) -> Result<Organization, ApiError> {
        self.get(&format!("/organizations/{}", segment(id)))
    }

    /// Makes an organisation, whether or not another has its name.
    pub fn create_organization(&self, new: &OrganizationIn) -> Result<Organization, ApiError> {
        self.post("/organizations", new, None)
    }

    /// Changes an organisation.
    pub fn update_organization(
        &self,
        id: &str,
        changes: &OrganizationPatch,
    ) -> Result<Organization, ApiError> {
        self.patch(&format!("/organizations/{}", segment(id)), changes)
    }

    /// The projects of an organisation.
    pub fn projects(&self, organization_id: &str) -> Result<Vec<Project>, ApiError> {
        self.get(&format!("/organizations/{}/projects", segment(organization_id)))
    }

    /// A project.
    pub fn project(&self, id: &str) -> Result<Project, ApiError> {
        self.get(&format!("/projects/{}", segment(id)))
    }

    /// Makes a project.
    pub fn create_project(&self, new: &ProjectIn) -> Result<Project, ApiError> {
        self.post("/projects", new, None)
    }

    /// The experiments of a project.
    pub fn experiments(&self, project_id: &str) -> Result<Vec<Experiment>, ApiError> {
        self.get(&format!("/projects/{}/experiments", segment(project_id)))
    }

    /// An experiment.
    pub fn experiment(&self, id: &str) -> Result<Experiment, ApiError> {
        self.get(&format!("/experiments/{}", segment(id)))
    }

    /// Makes an experiment.
    pub fn create_experiment(&self, new: &ExperimentIn) -> Result<Experiment, ApiError> {
        self.post("/experiments", new, None)
    }

    /// Makes a token of a project; the answer is the only one that holds the token itself.
    pub fn create_project_token(
        &self,
        project_id: &str,
        new: &ProjectTokenIn,
    ) -> Result<ProjectToken, ApiError> {
        self.post(&format!("/projects/{}/api-tokens", segment(project_id)), new, None)
    }

    /// The tokens of a project, without the tokens themselves.
    pub fn project_tokens(&self, project_id: &str) -> Result<Vec<ProjectToken>, ApiError> {
        self.get(&format!("/projects/{}/api-tokens", segment(project_id)))
    }

    /// Registers a run; the id that the server gave it. `key` marks a repeated call as one.
    pub fn add_run(&self, run: &RunIn, key: &str) -> Result<String, ApiError> {
        self.post::<Registered>("/runs", run, Some(key)).map(|run| run.id)
    }

    /// Adds a row to a run. `key` marks a repeated call as one.
    pub fn add_emission(&self, row: &EmissionIn, key: &str) -> Result<(), ApiError> {
        // Only the status counts: a row that arrived must not be sent again for its answer's sake.
        self.answer(Method::Post, "/emissions", &json(row), Some(key), 201).map(drop)
    }

    /// Sends a telemetry message; the id that the server gave it.
    pub fn add_telemetry(&self, message: &Telemetry) -> Result<String, ApiError> {
        self.post("/telemetry", message, None)
    }
}

/// An id as a part of a path: what is not a letter, a digit, `-`, `_` or `.` is escaped.
fn segment(id: &str) -> String {
    let mut path = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            path.push(char::from(byte));
        } else {
            let _ = write!(path, "%{byte:02X}");
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::segment;

    #[test]
    fn an_id_never_leaves_its_place_in_the_path() {
        assert_eq!(segment("5b0fa12a-3dd7"), "5b0fa12a-3dd7");
        assert_eq!(segment("../a?b=é"), "..%2Fa%3Fb%3D%C3%A9");
    }
}
