//! Organisations: what projects and users belong to.

use serde::{Deserialize, Serialize};

/// A new organisation: `POST /organizations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OrganizationIn {
    /// Name.
    pub name: String,
    /// What it is; may be empty.
    pub description: String,
}

/// Changes of an organisation: `PATCH /organizations/{id}`. What is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OrganizationPatch {
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// What it is.
    #[serde(default)]
    pub description: Option<String>,
}

/// An organisation as the server tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Organization {
    /// Name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// UUID.
    pub id: String,
}
