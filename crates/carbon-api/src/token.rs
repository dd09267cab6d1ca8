//! Tokens of a project, which write runs and emissions.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A new token: `POST /projects/{id}/api-tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProjectTokenIn {
    /// What it is called in lists.
    #[serde(default)]
    pub name: Option<String>,
    /// 1 reads, 2 writes, 3 does both.
    #[serde(default = "write")]
    pub access: i64,
}

fn write() -> i64 {
    2
}

/// A token as the server tells it; the token itself only once, when it is made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProjectToken {
    /// UUID.
    pub id: String,
    /// UUID of the project.
    pub project_id: String,
    /// What it is called in lists.
    pub name: Option<String>,
    /// The token itself.
    pub token: Option<String>,
    /// When it was last used.
    #[serde(default)]
    pub last_used: Option<String>,
    /// 1 reads, 2 writes, 3 does both.
    #[serde(default = "write")]
    pub access: i64,
    /// Whether it counts no more.
    #[serde(default)]
    pub revoked: bool,
}

impl fmt::Debug for ProjectToken {
    /// Without the token itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProjectToken")
            .field("id", &self.id)
            .field("project_id", &self.project_id)
            .field("name", &self.name)
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}
