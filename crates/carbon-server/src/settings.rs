//! What the operator decides, as values. Who reads arguments and variables is the command.

use std::path::PathBuf;
use std::time::Duration;

use carbon_store::SecretText;

/// How people sign in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Auth {
    /// Everybody is one local user; on loopback only, unless the operator says otherwise.
    #[default]
    None,
    /// With an address and a password that this server keeps.
    Local(PasswordCost),
    /// At an OpenID provider.
    Oidc(Box<Oidc>),
}

/// What it costs to compute the hash of a password (Argon2id, one lane).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory, in KiB; 8 or more.
    pub memory_kib: u32,
    /// Passes over the memory; 1 or more.
    pub passes: u32,
}

impl Default for PasswordCost {
    /// 19 MiB and two passes, as OWASP's cheat sheet on the storage of passwords advises.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2 }
    }
}

/// An OpenID provider, and what this server is to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oidc {
    /// Address of its description, `https://…/.well-known/openid-configuration`.
    pub well_known_url: String,
    /// Name of this server at the provider.
    pub client_id: String,
    /// Password of this server at the provider; none for a public client.
    pub client_secret: Option<SecretText>,
    /// Whose tokens are accepted beside those for `client_id`: values of `aud`, `azp` or
    /// `client_id`, such as the name of the command line at the provider.
    pub audiences: Vec<String>,
    /// Addresses of those who run this server: they may when they come for the first time, if the
    /// provider has verified the address.
    pub operators: Vec<String>,
    /// PEM file of certificate authorities, instead of the built-in ones.
    pub authorities: Option<PathBuf>,
}

/// Every decision of the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How people sign in.
    pub auth: Auth,
    /// Key of tokens that a test makes for itself (HS256): whoever knows it is anybody.
    pub develop_key: Option<SecretText>,
    /// Address by which people reach the server, such as `https://carbon.example.org`; none takes
    /// the host that a request names.
    pub public_url: Option<String>,
    /// Whether this server speaks TLS itself.
    pub has_tls: bool,
    /// Address of a web app that is served elsewhere; people are sent to its `/home`.
    pub frontend_url: Option<String>,
    /// Origins of other web apps that may act for whoever is signed in.
    pub origins: Vec<String>,
    /// How long a session of a browser lasts without use; at a provider, how long it lasts at all.
    pub session_length: Duration,
    /// Whether points in time are answered with `Z`; the published API leaves it out.
    pub times_with_zone: bool,
    /// Longest body of a request on the published routes, in bytes.
    pub longest_body: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            auth: Auth::None,
            develop_key: None,
            public_url: None,
            has_tls: false,
            frontend_url: None,
            origins: Vec::new(),
            session_length: Duration::from_hours(24 * 7),
            times_with_zone: false,
            longest_body: 1 << 20,
        }
    }
}

impl Settings {
    /// Why this server must be reached from its own machine only, in words for the operator; none if
    /// it may be reached from elsewhere.
    pub fn loopback_only(&self) -> Option<&'static str> {
        if self.develop_key.as_ref().is_some_and(|key| !key.0.is_empty()) {
            return Some("JWT_KEY is set for development: whoever knows it can be anybody");
        }
        matches!(self.auth, Auth::None).then_some("nobody signs in: whoever reaches it can do all")
    }
}
