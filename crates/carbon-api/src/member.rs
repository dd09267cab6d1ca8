//! Members of organisations.

use serde::{Deserialize, Serialize};

/// Somebody with an account who becomes a member: `POST /organizations/{id}/add-user`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AddUser {
    /// E-mail address of the account.
    pub email: String,
}

/// A member: one of `GET /organizations/{id}/users`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OrganizationUser {
    /// E-mail address.
    pub email: String,
    /// UUID.
    pub id: String,
    /// Name.
    pub name: String,
    /// Always null: existing clients know the key.
    pub organizations: Option<Vec<String>>,
    /// Whether the account may be used.
    pub is_active: bool,
    /// UUID of the organisation.
    pub organization_id: String,
    /// Whether the role is `admin`.
    pub is_admin: bool,
    /// `admin`, `member` or `viewer`.
    pub role: String,
}
