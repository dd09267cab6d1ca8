//! How values are written: yes and no, times, sizes, addresses, rates.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use carbon_server::settings::Rate;

/// What an address to listen on looks like.
pub(crate) const ADDRESS: &str = "an address and a port, such as 127.0.0.1:8008 or [::]:8008";

/// What a time looks like.
pub(crate) const TIME: &str = "a number with s, m, h or d, such as 90s or 7d";

/// What a size looks like.
pub(crate) const SIZE: &str = "a number of bytes, or one with KiB or MiB, such as 16MiB";

/// What a rate looks like.
pub(crate) const RATE: &str =
    "requests a second, with those at once after a rest behind a colon, such as 100:500; or off";

/// What an address of the web looks like.
pub(crate) const URL: &str = "an address such as https://carbon.example.org";

/// Yes or no.
pub(crate) fn truth(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// An address to listen on; a port alone is one of this machine only.
pub(crate) fn address(text: &str) -> Option<SocketAddr> {
    if let Ok(port) = text.parse() {
        return Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    }
    match text.strip_prefix("localhost:") {
        Some(port) => address(port),
        None => text.parse().ok(),
    }
}

/// A time of more than none.
pub(crate) fn time(text: &str) -> Option<Duration> {
    let unit = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit);
    let seconds = match unit.trim() {
        "s" => 1,
        "m" | "min" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let seconds = number.parse::<u64>().ok()?.checked_mul(seconds)?;
    (seconds > 0 && seconds <= 10 * 365 * 86_400).then(|| Duration::from_secs(seconds))
}

/// A size in bytes of more than none.
pub(crate) fn size(text: &str) -> Option<usize> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = match unit.trim() {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        _ => return None,
    };
    number.parse::<usize>().ok()?.checked_mul(unit).filter(|size| *size > 0)
}

/// A rate, or none.
#[expect(clippy::option_option, reason = "outside: no rate; inside: no limit")]
pub(crate) fn rate(text: &str) -> Option<Option<Rate>> {
    if text == "off" {
        return Some(None);
    }
    let (per_second, burst) = match text.split_once(':') {
        Some((rate, burst)) => (rate.parse::<u32>().ok()?, burst.parse::<u32>().ok()?),
        None => (text.parse().ok()?, text.parse::<u32>().ok()?.checked_mul(5)?),
    };
    (per_second > 0 && burst > 0).then_some(Some(Rate { per_second, burst }))
}

/// An address of the web, without a slash at its end.
pub(crate) fn url(text: &str) -> Option<String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let is_plain = !rest.is_empty()
        && !rest.starts_with('/')
        && rest.chars().all(|c| c.is_ascii_graphic() && !"\"<>\\^`{|}@?#".contains(c));
    is_plain.then(|| text.trim_end_matches('/').to_owned())
}

/// Scheme, host and port of an address of the web, and nothing else.
pub(crate) fn origin(text: &str) -> Option<String> {
    let url = url(text)?;
    let (_, rest) = url.split_once("://")?;
    (!rest.contains('/')).then_some(url)
}
