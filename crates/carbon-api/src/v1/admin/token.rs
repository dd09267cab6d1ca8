//! Tokens of projects.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AccessName {
    /// Reads the project.
    Read,
    /// Writes runs and their rows.
    Write,
    /// Both.
    ReadWrite,
    /// Nothing: it was imported with an access that is not known.
    None,
}

/// Whether a token counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    /// It counts.
    Active,
    /// Its time is over.
    Expired,
    /// It was revoked.
    Revoked,
}

/// A new token: `POST /v1/projects/{id}/tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// What it may do; `write` where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<AccessName>,
    /// When it ends; null or absent for never.
    #[serde(default)]
    pub expires: Option<String>,
}

/// Another secret for a token: `POST /v1/projects/{id}/tokens/{token}/rotate`. The body may be left
/// out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RotateToken {
    /// When it ends from now on; null for never. Where it is absent the end stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Option<String>>,
}

/// A token: `GET /v1/projects/{id}/tokens`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Token {
    /// UUID; it stays when the secret changes.
    pub id: String,
    /// UUID of the project.
    pub project_id: String,
    /// What it is for.
    pub name: Option<String>,
    /// What it may do.
    pub access: AccessName,
    /// Whether it counts.
    pub state: TokenState,
    /// When it was made, UTC.
    pub created: String,
    /// UUID of the account that made it; null where it is not known.
    pub created_by: Option<String>,
    /// Name of that account; null where it is not known.
    pub created_by_name: Option<String>,
    /// When it ends, UTC; null for never.
    pub expires: Option<String>,
    /// When it was last used, to the minute, UTC; null for never.
    pub last_used: Option<String>,
    /// The token itself; only in the answer that tells of its making or its new secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("id", &self.id)
            .field("project_id", &self.project_id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
