//! What a client of the metrics endpoint wants, from the bytes that it sends.

use super::exposition::Format;

/// Longest head of a request, in bytes.
pub(crate) const LONGEST_HEAD: usize = 8 << 10;

/// Most headers of a request.
const MOST_HEADERS: usize = 64;

/// A request that is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The metrics in a format; without the body for HEAD.
    Metrics {
        /// In which format.
        format: Format,
        /// Whether the text itself is wanted.
        with_body: bool,
    },
    /// A word on where the metrics are.
    Greeting,
    /// Something that is not there.
    Unknown,
    /// A method other than GET and HEAD.
    Forbidden,
    /// No request of HTTP.
    Garbage,
    /// A head that is too long.
    TooLong,
}

/// Reads the head of a request; `None` while more bytes are needed.
pub(crate) fn parse(bytes: &[u8]) -> Option<Wanted> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(bytes) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) if bytes.len() < LONGEST_HEAD => return None,
        Ok(httparse::Status::Partial) | Err(httparse::Error::TooManyHeaders) => {
            return Some(Wanted::TooLong);
        }
        Err(_) => return Some(Wanted::Garbage),
    }
    let method = request.method.unwrap_or_default();
    if method != "GET" && method != "HEAD" {
        return Some(Wanted::Forbidden);
    }
    let path = request.path.unwrap_or_default();
    Some(match path.split('?').next().unwrap_or_default() {
        "/metrics" => {
            let accept = request.headers.iter().filter(|h| h.name.eq_ignore_ascii_case("accept"));
            let accept: Vec<_> = accept.map(|h| String::from_utf8_lossy(h.value)).collect();
            let format = Format::accepted(&accept.join(","));
            Wanted::Metrics { format, with_body: method == "GET" }
        }
        "/" => Wanted::Greeting,
        _ => Wanted::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> Option<Wanted> {
        parse(text.as_bytes())
    }

    #[test]
    fn a_request_is_understood_when_it_is_whole() {
        let metrics = |format, with_body| Some(Wanted::Metrics { format, with_body });
        assert_eq!(of("GET /metr"), None);
        assert_eq!(of("GET /metrics HTTP/1.1\r\nHost: h\r\n"), None);
        assert_eq!(of("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n"), metrics(Format::Text, true));
        assert_eq!(of("HEAD /metrics?x=1 HTTP/1.0\r\n\r\n"), metrics(Format::Text, false));
        let accept = "GET /metrics HTTP/1.1\r\naccept: text/plain;q=0.1\r\n\
            ACCEPT: application/openmetrics-text\r\n\r\n";
        assert_eq!(of(accept), metrics(Format::OpenMetrics, true));
    }

    #[test]
    fn what_is_not_served_is_told_apart() {
        assert_eq!(of("GET / HTTP/1.1\r\n\r\n"), Some(Wanted::Greeting));
        assert_eq!(of("GET /metrics/x HTTP/1.1\r\n\r\n"), Some(Wanted::Unknown));
        assert_eq!(of("DELETE /metrics HTTP/1.1\r\n\r\n"), Some(Wanted::Forbidden));
        assert_eq!(of("\u{16}\u{3}\u{1}\r\n\r\n"), Some(Wanted::Garbage));
        let many = "x: y\r\n".repeat(MOST_HEADERS + 1);
        assert_eq!(of(&format!("GET / HTTP/1.1\r\n{many}\r\n")), Some(Wanted::TooLong));
        let long = format!("GET /{} ", "a".repeat(LONGEST_HEAD));
        assert_eq!(of(&long), Some(Wanted::TooLong));
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_once_they_are_many(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = parse(&bytes);
            let mut filled = bytes;
            filled.resize(LONGEST_HEAD, b'a');
            prop_assert!(parse(&filled).is_some());
        }
    }
}
