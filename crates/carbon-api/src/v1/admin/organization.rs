//! Organizations, who belongs to them, and their projects.

use serde::{Deserialize, Serialize};

use crate::v1::Figures;

/// What a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RoleName {
    /// Everything, members and tokens included.
    Admin,
    /// Reads, and writes experiments and runs.
    Member,
    /// Reads.
    Viewer,
}

/// An organization as one of its members sees it: `GET /v1/organizations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OwnOrganization {
    /// UUID.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// When it was made, UTC.
    pub created: String,
    /// What the caller is there.
    pub role: RoleName,
    /// Members.
    pub members: i64,
    /// Projects.
    pub projects: i64,
}

/// A project in a list: `GET /v1/organizations/{id}/projects`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProjectRow {
    /// UUID.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// UUID of the organization.
    pub organization_id: String,
    /// Whether anybody may read it.
    pub public: bool,
    /// When it was made, UTC.
    pub created: String,
    /// What its rows in the window come to.
    pub figures: Figures,
}

/// A member of an organization: `GET /v1/organizations/{id}/members`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MemberItem {
    /// UUID of the account.
    pub id: String,
    /// E-mail address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Whether the person may sign in.
    pub is_active: bool,
    /// What the person is.
    pub role: RoleName,
    /// Since when, UTC.
    pub since: String,
}

/// Another role: `PATCH /v1/organizations/{id}/members/{user}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RoleIn {
    /// What the person is from now on.
    pub role: RoleName,
}
