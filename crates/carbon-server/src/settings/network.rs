//! Networks of addresses, as operators write them, and the proxies that are in them.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A network: an address and how many of its first bits count, `10.0.0.0/8` or `2001:db8::/32`.
/// An address alone is a network of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// A text that is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no address and no network such as 10.0.0.0/8")]
pub struct NoNetwork(String);

impl Network {
    /// Whether an address is in it. An IPv4 address that is written as an IPv6 one is the same.
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let ignored = 32 - u32::from(self.bits);
                own.to_bits().checked_shr(ignored) == other.to_bits().checked_shr(ignored)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let ignored = 128 - u32::from(self.bits);
                own.to_bits().checked_shr(ignored) == other.to_bits().checked_shr(ignored)
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NoNetwork;

    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let fault = || NoNetwork(text.to_owned());
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().map_err(|_| fault())?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| fault())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        if bits <= most { Ok(Self { address, bits }) } else { Err(fault()) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

/// By which headers the proxies in front tell who asks. Only one kind is believed, because a proxy
/// passes on what it does not know: whoever asks could write the other kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProxyHeaders {
    /// `X-Forwarded-For`, `-Proto` and `-Host`, as most proxies send.
    #[default]
    XForwarded,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The proxies in front of the server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proxies {
    /// Where they are; what anybody else says of a client is ignored.
    pub networks: Vec<Network>,
    /// What they send.
    pub headers: ProxyHeaders,
}

impl Proxies {
    /// Whether one of them has this address.
    pub fn contain(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_the_addresses_that_begin_like_it() {
        for (network, address, expected) in [
            ("10.0.0.0/8", "10.255.1.2", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.6", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::/33", "2001:db8:7fff::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false),
        ] {
            let (network, address): (Network, IpAddr) =
                (network.parse().unwrap(), address.parse().unwrap());
            assert_eq!(network.contains(address), expected, "{network} {address}");
        }
    }

    #[test]
    fn what_is_no_network_is_named() {
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "proxy", "10.0.0.0/-1", "1.2.3.4/"] {
            assert_eq!(text.parse::<Network>(), Err(NoNetwork(text.to_owned())));
        }
    }
}
