//! Whether a request is meant for this server. Where nobody signs in, a page of somebody else could
//! have its own name lead to this machine and then ask as one of our own pages (DNS rebinding); the
//! host that it has to name gives it away.

use std::net::IpAddr;

use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri};

use super::client::Client;
use crate::settings::{Auth, Settings};
use crate::sign_in::place::origin_of;

/// Passes all where people sign in, and where the client is not on this machine: then the operator has
/// said who may come. Others must name this machine or the public address.
pub(super) fn is_ours(
    settings: &Settings,
    client: &Client,
    headers: &HeaderMap,
    uri: &Uri,
) -> bool {
    if settings.auth != Auth::None || !client.is_here {
        return true;
    }
    let named = headers.get(HOST).and_then(|host| host.to_str().ok());
    let Some(named) = named.or_else(|| uri.authority().map(Authority::as_str)) else {
        // No browser leaves it out.
        return true;
    };
    let public = settings.public_url.as_deref().and_then(origin_of);
    let is_public = public
        .and_then(|origin| origin.split_once("://"))
        .is_some_and(|(_, host)| host.eq_ignore_ascii_case(named));
    is_public || is_machine(named)
}

/// Whether a host and port name a machine by its address, or this one by its name.
fn is_machine(named: &str) -> bool {
    let Ok(authority) = named.parse::<Authority>() else { return false };
    let host = authority.host().trim_matches(['[', ']']).trim_end_matches('.');
    host.eq_ignore_ascii_case("localhost")
        || host.to_ascii_lowercase().ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_here_is_not_ours_unless_it_is_public() {
        for (host, expected) in [
            ("localhost", true),
            ("LocalHost:8008", true),
            ("app.localhost:8008", true),
            ("127.0.0.1:8008", true),
            ("[::1]:8008", true),
            ("192.0.2.1", true),
            ("evil.example", false),
            ("evil.example:8008", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("", false),
        ] {
            assert_eq!(is_machine(host), expected, "{host}");
        }
    }
}
