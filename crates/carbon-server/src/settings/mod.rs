//! What the operator decides, as values. Who reads arguments and variables is the command.

mod limits;
mod network;
mod traces;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use carbon_store::SecretText;

pub use limits::{Limits, Rate, Rates};
pub use network::{Network, NoNetwork, Proxies, ProxyHeaders};
pub use traces::Traces;

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
#[derive(Debug, Clone, PartialEq)]
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
    /// Whether pages of the published service and of a web app under development on this machine may
    /// read answers too, as the published server lets them.
    pub has_published_origins: bool,
    /// Whether the server may be reached from elsewhere although nobody signs in.
    pub is_open_on_purpose: bool,
    /// Whether webhooks may lead into private networks and need not be secure. It lets admins of
    /// organizations reach what the server reaches: for servers whose admins are all trusted.
    pub has_private_webhooks: bool,
    /// How long a session of a browser lasts without use; at a provider, how long it lasts at all.
    pub session_length: Duration,
    /// Whether points in time are answered with `Z`; the published API leaves it out.
    pub times_with_zone: bool,
    /// Longest body of a request on the published routes, in bytes.
    pub longest_body: usize,
    /// Longest body of many rows at once, in bytes, before and after it is unpacked.
    pub longest_bulk_body: usize,
    /// Other limits of connections and requests.
    pub limits: Limits,
    /// How many requests are served.
    pub rates: Rates,
    /// Proxies in front, whose word on clients counts.
    pub proxies: Proxies,
    /// Whether lines of the log name the addresses of clients.
    pub logs_addresses: bool,
    /// Whether this server shows what its own program has read, and takes nothing from anybody.
    pub is_board: bool,
    /// Who gets spans of the requests.
    pub traces: Option<Traces>,
    /// Folder in which the system tells of this process, `/proc/self` on Linux; none leaves the
    /// process out of the metrics.
    pub process: Option<PathBuf>,
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
            has_published_origins: true,
            is_open_on_purpose: false,
            has_private_webhooks: false,
            session_length: Duration::from_hours(24 * 7),
            times_with_zone: false,
            longest_body: 1 << 20,
            longest_bulk_body: 16 << 20,
            limits: Limits::default(),
            rates: Rates::default(),
            proxies: Proxies::default(),
            logs_addresses: false,
            is_board: false,
            traces: None,
            process: None,
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
        let is_open = matches!(self.auth, Auth::None) && !self.is_open_on_purpose;
        is_open.then_some("nobody signs in: whoever reaches it can do all")
    }

    /// Passes an address that requests may come in by.
    ///
    /// # Errors
    /// Others than this machine reach it, and they must not.
    pub fn allow_address(&self, address: SocketAddr) -> Result<(), Exposed> {
        match self.loopback_only() {
            Some(why) if !address.ip().to_canonical().is_loopback() => {
                Err(Exposed { address, why })
            }
            _ => Ok(()),
        }
    }
}

/// An address by which others would reach a server that is for its own machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{address} can be reached from other machines, and {why}")]
pub struct Exposed {
    /// The address.
    pub address: SocketAddr,
    /// Why it must not be used.
    pub why: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_signs_nobody_in_is_for_its_own_machine_unless_the_operator_says_otherwise() {
        let open = Settings::default();
        let on_purpose = Settings { is_open_on_purpose: true, ..open.clone() };
        let key = Some(SecretText("key".to_owned()));
        let develop = Settings { develop_key: key, ..on_purpose.clone() };
        let local = Settings { auth: Auth::Local(PasswordCost::default()), ..open.clone() };
        for (settings, elsewhere) in
            [(open, false), (on_purpose, true), (develop, false), (local, true)]
        {
            for (address, is_here) in [
                ("127.0.0.1:8008", true),
                ("[::1]:8008", true),
                ("[::ffff:127.0.0.1]:8008", true),
                ("0.0.0.0:8008", false),
                ("[::]:8008", false),
                ("192.0.2.1:8008", false),
            ] {
                let allowed = settings.allow_address(address.parse().unwrap());
                assert_eq!(allowed.is_ok(), is_here || elsewhere, "{address}");
            }
        }
    }
}
