//! Invitations into an organization.

use serde::{Deserialize, Serialize};

use super::RoleName;

/// Whom an admin invites: `POST /v1/organizations/{id}/invitations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InvitationIn {
    /// E-mail address.
    pub email: String,
    /// As what; `member` where it is absent.
    #[serde(default)]
    pub role: Option<RoleName>,
}

/// An address that becomes a member when its person comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InvitationItem {
    /// UUID.
    pub id: String,
    /// E-mail address.
    pub email: String,
    /// As what.
    pub role: RoleName,
    /// UUID of the account that invited; null where it is not known.
    pub invited_by: Option<String>,
    /// When, UTC.
    pub created: String,
    /// Until when it stands, UTC.
    pub expires: String,
}

/// What inviting led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum InvitationStatus {
    /// The person had an account, and is a member now.
    Member,
    /// The address is invited.
    Invited,
}

/// What inviting led to, with the invitation where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InvitationAnswer {
    /// What it led to.
    pub status: InvitationStatus,
    /// The invitation; absent where the person is a member.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<InvitationItem>,
}
