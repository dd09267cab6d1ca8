//! Projects: what experiments and tokens belong to.

use serde::{Deserialize, Serialize};

/// A new project: `POST /projects`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProjectIn {
    /// Name.
    pub name: String,
    /// What it is; may be empty.
    pub description: String,
    /// UUID of the organisation.
    pub organization_id: String,
}

/// Changes of a project: `PATCH /projects/{id}`. What is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProjectPatch {
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// What it is.
    #[serde(default)]
    pub description: Option<String>,
    /// Whether anybody may read it.
    #[serde(default)]
    pub public: Option<bool>,
}

/// A project as the server tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Project {
    /// Name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// UUID of the organisation.
    pub organization_id: String,
    /// UUID.
    pub id: String,
    /// UUIDs of its experiments; only filled where one project is asked for.
    #[serde(default)]
    pub experiments: Vec<String>,
    /// Whether anybody may read it.
    #[serde(default)]
    pub public: Option<bool>,
}
