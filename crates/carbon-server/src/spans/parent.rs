//! The trace that a request belongs to (W3C Trace Context, header `traceparent`).

use axum::http::HeaderMap;

/// Who asks, within a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parent {
    pub(super) trace: [u8; 16],
    pub(super) span: [u8; 8],
    pub(super) is_traced: bool,
}

impl Parent {
    /// None where there is no header, or none that means something.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut parts = headers.get("traceparent")?.to_str().ok()?.split('-');
        let [version] = bytes(parts.next()?)?;
        let (trace, span, [flags]) =
            (bytes(parts.next()?)?, bytes(parts.next()?)?, bytes(parts.next()?)?);
        // Later versions may say more behind; this one says nothing else.
        let is_known = version != 0xff && (version > 0 || parts.next().is_none());
        let is_named = trace != [0; 16] && span != [0; 8];
        (is_known && is_named).then_some(Self { trace, span, is_traced: flags & 1 == 1 })
    }
}

/// Bytes in lower-case hexadecimal.
fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let is_hex = text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if text.len() != N * 2 || !is_hex {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn parent(value: &str) -> Option<Parent> {
        let value = HeaderValue::from_str(value).unwrap();
        Parent::of(&HeaderMap::from_iter([("traceparent".parse().unwrap(), value)]))
    }

    #[test]
    fn a_trace_is_taken_over_from_a_header_that_is_whole() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let found = parent(&format!("00-{trace}-00f067aa0ba902b7-01")).unwrap();
        assert_eq!((found.trace[0], found.span[7], found.is_traced), (0x4b, 0xb7, true));
        assert!(!parent(&format!("00-{trace}-00f067aa0ba902b7-00")).unwrap().is_traced);
        assert!(parent(&format!("cc-{trace}-00f067aa0ba902b7-01-what-comes-later")).is_some());
        for wrong in [
            String::new(),
            format!("ff-{trace}-00f067aa0ba902b7-01"),
            format!("00-{trace}-00f067aa0ba902b7-01-more"),
            format!("00-{trace}-0000000000000000-01"),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{}-00f067aa0ba902b7-01", trace.to_uppercase()),
            format!("00-{trace}-00f067aa0ba902-01"),
        ] {
            assert_eq!(parent(&wrong), None, "{wrong}");
        }
    }
}
