//! Names and values as HTML forms write them (`application/x-www-form-urlencoded`), in bodies and in
//! the query of an address.

use std::fmt::Write;

/// Media type of a form.
pub(super) const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// Writes pairs as a form.
pub(super) fn encode(pairs: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        escape(name, &mut out);
        out.push('=');
        escape(value, &mut out);
    }
    out
}

/// Reads the pairs of a form; bytes that are not UTF-8 are replaced.
pub(super) fn decode(form: &str) -> Vec<(String, String)> {
    form.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (unescape(name), unescape(value)))
        .collect()
}

fn escape(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        bytes.push(match (byte, after) {
            (b'%', [high, low, after @ ..])
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                rest = after;
                digit(*high) << 4 | digit(*low)
            }
            (b'+', _) => b' ',
            _ => byte,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Value of a hexadecimal digit.
fn digit(byte: u8) -> u8 {
    char::from(byte).to_digit(16).map_or(0, |value| value as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let pairs = [("scope", "openid offline_access"), ("état", "50% & more=+?"), ("empty", "")];
        let text = encode(&pairs);
        assert!(!text.contains([' ', '+', '?']), "{text}");
        let read = decode(&text);
        assert!(read.iter().map(|(n, v)| (n.as_str(), v.as_str())).eq(pairs), "{read:?}");
    }

    #[test]
    fn broken_escapes_are_taken_as_they_are() {
        let value = |form: &str| decode(form).remove(0).1;
        assert_eq!(value("a=100%"), "100%");
        assert_eq!(value("a=%zz%4"), "%zz%4");
        assert_eq!(value("a=%+1"), "% 1");
        assert_eq!(value("a=b+c"), "b c");
        assert_eq!(value("a"), "");
    }
}
