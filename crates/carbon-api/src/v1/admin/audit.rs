//! The audit log.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Actor {
    /// UUID of the account.
    pub id: String,
    /// The person's name today; null where the account is gone.
    pub name: Option<String>,
}

/// One thing that was done: `GET /v1/organizations/{id}/audit`, and `GET /v1/audit` for what concerns
/// the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditItem {
    /// When, UTC.
    pub at: String,
    /// Who; null for the server itself, and for somebody who was not recognised.
    pub actor: Option<Actor>,
    /// What, such as `project.delete`.
    pub action: String,
    /// To what: the UUID of a thing or an account; empty where there is none.
    pub subject: String,
    /// What else there is to say, by name: `name`, `role`, `access`, `expires`, `public`, …
    pub detail: BTreeMap<String, String>,
}
