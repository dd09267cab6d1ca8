//! Who asks, by address, and by which address they know this server. Behind proxies that the operator
//! names it is what these tell; nobody else's word counts.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};

use crate::settings::{Proxies, ProxyHeaders};

/// A client; it is in the extensions of every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Client {
    /// Its address; `0.0.0.0` where nobody knows.
    pub(crate) address: IpAddr,
    /// Whether it came to a proxy by TLS, where one tells.
    pub(crate) is_https: Option<bool>,
    /// The host that it asked a proxy for, where one tells.
    pub(crate) host: Option<String>,
    /// Whether it is connected from this machine, without a proxy that tells of others.
    pub(crate) is_here: bool,
}

impl Client {
    const UNKNOWN: Self = Self {
        address: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        is_https: None,
        host: None,
        is_here: false,
    };

    /// Whom a request comes from, by its connection and its headers.
    pub(crate) fn of(proxies: &Proxies, extensions: &Extensions, headers: &HeaderMap) -> Self {
        let Some(ConnectInfo(peer)) = extensions.get::<ConnectInfo<SocketAddr>>() else {
            return Self::UNKNOWN;
        };
        let address = peer.ip().to_canonical();
        if !proxies.contain(address) {
            return Self { address, is_here: address.is_loopback(), ..Self::UNKNOWN };
        }
        let told = match proxies.headers {
            ProxyHeaders::XForwarded => Told::by_x_forwarded(headers),
            ProxyHeaders::Forwarded => Told::by_forwarded(headers),
        };
        told.believed(proxies, address)
    }

    /// Whom a request comes from, as it was found when it came in.
    pub(crate) fn known(proxies: &Proxies, parts: &Parts) -> Self {
        let known = parts.extensions.get().cloned();
        known.unwrap_or_else(|| Self::of(proxies, &parts.extensions, &parts.headers))
    }

    /// Whether its requests are counted: neither those from this machine nor those that come by no
    /// connection at all, from within this process.
    pub(super) fn is_counted(&self) -> bool {
        !self.is_here && !self.address.is_unspecified()
    }

    /// The address by which it is counted.
    pub(crate) fn party(&self) -> IpAddr {
        party(self.address)
    }
}

/// The address by which a client is counted: of the newer ones, a customer has a whole network.
pub(crate) fn party(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// What proxies tell, the nearest last.
#[derive(Debug, Default)]
struct Told {
    clients: Vec<Option<IpAddr>>,
    scheme: Option<String>,
    host: Option<String>,
}

impl Told {
    fn by_x_forwarded(headers: &HeaderMap) -> Self {
        let last = |name| values(headers, name).pop().map(ToOwned::to_owned);
        Self {
            clients: values(headers, "x-forwarded-for").into_iter().map(address).collect(),
            scheme: last("x-forwarded-proto"),
            host: last("x-forwarded-host"),
        }
    }

    fn by_forwarded(headers: &HeaderMap) -> Self {
        let mut told = Self::default();
        for element in values(headers, "forwarded") {
            let (mut client, mut scheme, mut host) = (None, None, None);
            for pair in element.split(';') {
                let Some((name, value)) = pair.split_once('=') else { continue };
                let value = value.trim().trim_matches('"');
                match name.trim().to_ascii_lowercase().as_str() {
                    "for" => client = address(value),
                    "proto" => scheme = Some(value.to_owned()),
                    "host" => host = Some(value.to_owned()),
                    _ => {}
                }
            }
            told.clients.push(client);
            (told.scheme, told.host) = (scheme, host);
        }
        told
    }

    /// From the nearest on, the first address that is none of our proxies'. What stands before an
    /// unreadable one could be anybody's invention.
    fn believed(self, proxies: &Proxies, nearest: IpAddr) -> Client {
        let mut address = nearest;
        for told in self.clients.into_iter().rev() {
            let Some(told) = told else { break };
            address = told;
            if !proxies.contain(told) {
                break;
            }
        }
        let is_https = match self.scheme.as_deref() {
            Some("https") => Some(true),
            Some("http") => Some(false),
            _ => None,
        };
        Client { address, is_https, host: self.host, is_here: false }
    }
}

/// The members of a list that may be spread over several headers.
fn values<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    let lines = headers.get_all(name).into_iter().map(|value| value.to_str().unwrap_or("?"));
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|text| !text.is_empty()).collect()
}

/// An address, perhaps with a port and brackets.
fn address(text: &str) -> Option<IpAddr> {
    let plain = text.trim_matches('"');
    let found = plain.parse().ok().or_else(|| plain.parse().ok().map(|both: SocketAddr| both.ip()));
    let bracketed = || plain.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    found.or_else(bracketed).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn told(kind: ProxyHeaders, peer: &str, pairs: &[(&'static str, &str)]) -> Client {
        let networks = vec!["10.0.0.0/8".parse().unwrap(), "2001:db8::/32".parse().unwrap()];
        let proxies = Proxies { networks, headers: kind };
        let mut request = Request::get("/");
        for (name, value) in pairs {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        Client::known(&proxies, &parts)
    }

    #[test]
    fn only_named_proxies_tell_who_asks() {
        let spoofed = "198.51.100.1";
        for (peer, sent, expected) in [
            ("192.0.2.1", &[("x-forwarded-for", spoofed)][..], "192.0.2.1"),
            ("127.0.0.1", &[("x-forwarded-for", spoofed)], "127.0.0.1"),
            ("10.1.1.1", &[], "10.1.1.1"),
            ("10.1.1.1", &[("x-forwarded-for", "192.0.2.9")], "192.0.2.9"),
            ("::ffff:10.1.1.1", &[("x-forwarded-for", "192.0.2.9")], "192.0.2.9"),
            // What the client wrote itself stands first and does not count.
            ("10.1.1.1", &[("x-forwarded-for", "198.51.100.1, 192.0.2.9")], "192.0.2.9"),
            ("10.1.1.1", &[("x-forwarded-for", "198.51.100.1, 192.0.2.9, 10.2.2.2")], "192.0.2.9"),
            (
                "10.1.1.1",
                &[("x-forwarded-for", "198.51.100.1"), ("x-forwarded-for", "192.0.2.9:4711")],
                "192.0.2.9",
            ),
            ("10.1.1.1", &[("x-forwarded-for", "198.51.100.1, unknown")], "10.1.1.1"),
            ("10.1.1.1", &[("x-forwarded-for", "10.3.3.3, 10.2.2.2")], "10.3.3.3"),
            ("2001:db8::7", &[("x-forwarded-for", "[2001:dba::9]:80")], "2001:dba::9"),
            ("10.1.1.1", &[("forwarded", "for=198.51.100.1")], "10.1.1.1"),
        ] {
            let found = told(ProxyHeaders::XForwarded, peer, sent).address;
            assert_eq!(found.to_string(), expected, "{peer} {sent:?}");
        }
    }

    #[test]
    fn the_standard_header_is_read_where_it_is_chosen_and_then_alone() {
        let found = told(
            ProxyHeaders::Forwarded,
            "10.1.1.1",
            &[
                (
                    "forwarded",
                    "for=198.51.100.1;host=evil.example, for=\"[2001:dba::9]:80\";proto=https;Host=a.example",
                ),
                ("x-forwarded-for", "203.0.113.7"),
                ("x-forwarded-host", "evil.example"),
            ],
        );
        assert_eq!(found.address.to_string(), "2001:dba::9");
        assert_eq!((found.is_https, found.host.as_deref()), (Some(true), Some("a.example")));
        assert_eq!(found.party().to_string(), "2001:dba::");
    }

    #[test]
    fn scheme_and_host_are_those_of_the_nearest_proxy() {
        let sent = [("x-forwarded-proto", "http, https"), ("x-forwarded-host", "evil, a.example")];
        let found = told(ProxyHeaders::XForwarded, "10.1.1.1", &sent);
        assert_eq!((found.is_https, found.host.as_deref()), (Some(true), Some("a.example")));
        let found = told(ProxyHeaders::XForwarded, "192.0.2.1", &sent);
        assert_eq!((found.is_https, found.host), (None, None));
    }
}
