//! One's own account, and what operators do with accounts.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An account, as it is shown to its person and to operators: `GET /v1/account`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Account {
    /// UUID.
    pub id: String,
    /// E-mail address.
    pub email: String,
    /// Name for display.
    pub name: String,
    /// Subject at the OpenID provider; null for accounts with a password only.
    pub subject: Option<String>,
    /// Whether the person may sign in.
    pub is_active: bool,
    /// Whether the person runs the server.
    pub is_operator: bool,
    /// When the account was made, UTC.
    pub created: String,
}

/// Changes of an account by an operator: `PATCH /v1/accounts/{id}`. What is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountPatch {
    /// Another subject at the OpenID provider: links the account to another identity.
    #[serde(default)]
    pub subject: Option<String>,
    /// Another name.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether the person may sign in. Turning it off ends all sessions.
    #[serde(default)]
    pub is_active: Option<bool>,
    /// Whether the person runs the server.
    #[serde(default)]
    pub is_operator: Option<bool>,
}

/// Whom an operator lets in: `POST /v1/accounts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountInvite {
    /// E-mail address.
    pub email: String,
    /// Name of a new account; the address without.
    #[serde(default)]
    pub name: Option<String>,
}

/// A link to choose a password. Whoever has it can sign in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountLink {
    /// The link; it is good once.
    pub link: String,
    /// Until when it is good, UTC.
    pub expires: String,
}

impl fmt::Debug for AccountLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountLink").field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// Another password: `PUT /v1/account/password`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewPassword {
    /// The password until now.
    pub current: String,
    /// The one from now on, 10 to 256 characters.
    pub password: String,
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

/// Where a person is signed in: `GET /v1/account/sessions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SessionItem {
    /// By what the session is named; it says nothing of its secret.
    pub id: String,
    /// When it began, UTC.
    pub created: String,
    /// When it was last used, to the minute, UTC.
    pub last_seen: String,
    /// When it ends, UTC.
    pub expires: String,
    /// Whether it is the session of this request.
    pub is_this: bool,
}

/// A new personal access token: `POST /v1/account/tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NewPersonalToken {
    /// What it is for.
    pub name: String,
    /// When it ends; null for never, 90 days from now where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// A personal access token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PersonalToken {
    /// UUID.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// When it was made, UTC.
    pub created: String,
    /// When it ends, UTC; null for never.
    pub expires: Option<String>,
    /// When it was last used, to the minute, UTC; null for never.
    pub last_used: Option<String>,
    /// The token itself; only in the answer that tells of its making.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl fmt::Debug for PersonalToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonalToken")
            .field("id", &self.id)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
