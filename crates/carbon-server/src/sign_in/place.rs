//! Where a request came in and where a person may be sent: the address of this server as the client
//! knows it, the origins that may act for whoever is signed in, and the way back after signing in.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::http::uri::Authority;

use crate::app::App;
use crate::http::Client;
use crate::settings::Settings;

/// Scheme, host and port by which the client knows this server, such as `http://127.0.0.1:8008`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base(String);

impl Base {
    /// By the settings, else by the host that a request names, or a proxy in front.
    pub(crate) fn of(settings: &Settings, parts: &Parts) -> Self {
        if let Some(url) = &settings.public_url {
            return Self(url.trim_end_matches('/').to_owned());
        }
        let client = Client::known(&settings.proxies, parts);
        let named = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let named = client.host.as_deref().or(named);
        let named = named.or_else(|| parts.uri.authority().map(Authority::as_str));
        let host = named.filter(|host| is_host(host)).unwrap_or("localhost");
        let scheme = if client.is_https.unwrap_or(settings.has_tls) { "https" } else { "http" };
        Self(format!("{scheme}://{host}"))
    }

    /// Without a slash at the end.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether what is sent cannot be read on the way.
    pub(crate) fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or(self.0.as_str(), |(_, rest)| rest);
        rest.split('/').next().unwrap_or_default()
    }
}

impl FromRequestParts<App> for Base {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self::of(app.settings(), parts))
    }
}

/// Address of whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) IpAddr);

impl FromRequestParts<App> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        Ok(Self(Client::known(&app.settings().proxies, parts).address))
    }
}

/// Whether a page of this origin may act for whoever is signed in.
///
/// A proxy in front may add TLS without telling, so the host alone says that an origin is our own.
pub(crate) fn is_trusted_origin(settings: &Settings, base: &Base, origin: &str) -> bool {
    let Some((_, host)) = origin.split_once("://") else { return false };
    host.eq_ignore_ascii_case(base.host()) || is_listed(settings, origin)
}

fn is_listed(settings: &Settings, origin: &str) -> bool {
    let listed = settings.frontend_url.iter().chain(&settings.origins);
    listed.filter_map(|url| origin_of(url)).any(|known| known.eq_ignore_ascii_case(origin))
}

/// Where a person goes after signing in: where they wanted to, if that is a page of this server or
/// of an origin that the operator names, else home.
pub(crate) fn next(settings: &Settings, base: &Base, wanted: Option<&str>) -> String {
    let wanted = wanted.filter(|wanted| {
        let plain = wanted.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let is_path = wanted.starts_with('/') && !wanted.starts_with("//");
        let is_known = || {
            origin_of(wanted).is_some_and(|origin| {
                origin_of(base.as_str()) == Some(origin) || is_listed(settings, origin)
            })
        };
        plain && (is_path || is_known())
    });
    wanted.map_or_else(|| home(settings), ToOwned::to_owned)
}

/// The first page of the web app.
pub(crate) fn home(settings: &Settings) -> String {
    let frontend = settings.frontend_url.as_deref().unwrap_or_default();
    format!("{}/home", frontend.trim_end_matches('/'))
}

/// `https://host:port` of an address.
pub(crate) fn origin_of(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let length = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = &rest[..length];
    let is_plain = is_host(authority);
    is_plain.then(|| &url[..url.len() - rest.len() + length])
}

/// A name or number and perhaps a port, without a person in front.
fn is_host(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    !text.is_empty() && text.len() <= 255 && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Base {
        Base("http://127.0.0.1:8008".to_owned())
    }

    #[test]
    fn nobody_is_sent_to_a_stranger() {
        let settings = Settings {
            frontend_url: Some("https://web.example.org/".to_owned()),
            origins: vec!["https://other.example.org".to_owned()],
            ..Settings::default()
        };
        for wanted in [
            "/auth/authorize?client_id=x&state=y",
            "https://web.example.org/projects",
            "https://other.example.org",
            "http://127.0.0.1:8008/x",
        ] {
            assert_eq!(next(&settings, &base(), Some(wanted)), wanted);
        }
        for wanted in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "https://web.example.org@evil.example/",
            "https://web.example.org.evil.example/",
            "javascript:alert(1)",
            "/a\nLocation: x",
            "",
        ] {
            let sent = next(&settings, &base(), Some(wanted));
            assert_eq!(sent, "https://web.example.org/home", "{wanted}");
        }
    }

    #[test]
    fn our_own_origin_is_known_by_its_host() {
        let settings = Settings::default();
        assert!(is_trusted_origin(&settings, &base(), "http://127.0.0.1:8008"));
        assert!(is_trusted_origin(&settings, &base(), "https://127.0.0.1:8008"));
        for foreign in ["null", "http://127.0.0.1:9", "https://evil.example", "", "127.0.0.1:8008"]
        {
            assert!(!is_trusted_origin(&settings, &base(), foreign), "{foreign}");
        }
    }
}
