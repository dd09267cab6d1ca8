//! What a client has to know of a server before anybody signs in.

use serde::{Deserialize, Serialize};

/// How people sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuthName {
    /// Not at all: everybody is one local user.
    None,
    /// With an address and a password.
    Local,
    /// At an OpenID provider.
    Oidc,
}

/// What the server is: `GET /v1/server`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServerInfo {
    /// Version of the server.
    pub version: String,
    /// How people sign in.
    pub auth: AuthName,
    /// Address by which people reach it, where the operator says so; else the one of the request.
    pub public_url: String,
    /// What it offers.
    pub features: Features,
    /// Limits that clients keep to.
    pub limits: ServerLimits,
    /// What a board shows; none where the server is no board.
    pub board: Option<BoardInfo>,
}

/// What a board shows of the files that it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BoardInfo {
    /// Another text as soon as something else is shown.
    pub revision: String,
    /// Whether the files were read at least once: before, figures are not whole.
    pub is_ready: bool,
    /// Runs that are shown.
    pub runs: u64,
    /// What could not be read, in sentences that name file and line: the first of many.
    pub faults: Vec<String>,
    /// How many that are in all.
    pub fault_count: u64,
}

/// What a server offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Features {
    /// People choose passwords here, and operators hand out links for that.
    pub passwords: bool,
    /// Commands sign in at the server itself, which describes itself at
    /// `/.well-known/openid-configuration`.
    pub command_sign_in: bool,
    /// People sign in at another service, by `/auth/login`.
    pub provider_sign_in: bool,
    /// Webhooks may be called in private networks and without TLS.
    pub private_webhooks: bool,
    /// The server shows what its own program has read, such as files, and only reads are answered.
    pub board: bool,
}

/// Limits that clients keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServerLimits {
    /// Rows of one `POST /v1/emissions`.
    pub bulk_rows: usize,
    /// Its body, unpacked, in bytes.
    pub bulk_bytes: usize,
    /// Items of a page.
    pub page_items: u32,
}
