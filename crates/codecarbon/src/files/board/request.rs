//! A request from the bytes of a connection: as much of it as a page for reading needs.

/// Longest head of a request, in bytes.
pub(super) const LONGEST_HEAD: usize = 16 << 10;
/// Most headers of a request.
const MOST_HEADERS: usize = 64;

/// A request whose head is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    /// Whether the method is GET or HEAD.
    pub(super) reads: bool,
    /// Whether the body is wanted too.
    pub(super) with_body: bool,
    /// Path, without the query.
    pub(super) path: String,
    /// The value of `project` in the query.
    pub(super) project: Option<String>,
    /// Whom the client thinks it speaks to, without a port.
    pub(super) host: Option<String>,
}

/// Why there is no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoRequest {
    /// More bytes are needed.
    Incomplete,
    /// It is no HTTP.
    Malformed,
    /// The head is too long.
    TooLong,
}

/// Reads the head of a request.
pub(super) fn parse(bytes: &[u8]) -> Result<Request, NoRequest> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(bytes) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) if bytes.len() < LONGEST_HEAD => {
            return Err(NoRequest::Incomplete);
        }
        Ok(httparse::Status::Partial) | Err(httparse::Error::TooManyHeaders) => {
            return Err(NoRequest::TooLong);
        }
        Err(_) => return Err(NoRequest::Malformed),
    }
    let method = request.method.unwrap_or_default();
    let target = request.path.unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut hosts = request.headers.iter().filter(|h| h.name.eq_ignore_ascii_case("host"));
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => std::str::from_utf8(host.value).ok().map(without_port),
        _ => None,
    };
    let project = query.split('&').find_map(|pair| pair.strip_prefix("project="));
    Ok(Request {
        reads: matches!(method, "GET" | "HEAD"),
        with_body: method != "HEAD",
        path: path.to_owned(),
        project: project.map(decoded),
        host,
    })
}

/// `localhost` of `localhost:8050`, `::1` of `[::1]:8050`, in lower case.
fn without_port(host: &str) -> String {
    let host = host.trim();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.to_ascii_lowercase()
}

/// Text of a query without its percents and plus signs.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let code = hex.filter(|_| *first == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(code.unwrap_or(if *first == b'+' { b' ' } else { *first }));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(text: &str) -> Result<Request, NoRequest> {
        parse(text.as_bytes())
    }

    #[test]
    fn a_request_is_its_path_its_project_and_its_host() {
        let head = "GET /?project=a%20b%2Bc+%C3%A9&x=1 HTTP/1.1\r\nhost: LOCALHOST:8050\r\n\r\n";
        let request = request(head).unwrap();
        assert!(request.reads && request.with_body);
        assert_eq!((request.path.as_str(), request.host.as_deref()), ("/", Some("localhost")));
        assert_eq!(request.project.as_deref(), Some("a b+c é"));
    }

    #[test]
    fn hosts_lose_their_port_and_two_hosts_are_none() {
        let host = |lines: &str| request(&format!("GET / HTTP/1.1\r\n{lines}\r\n")).unwrap().host;
        assert_eq!(host("Host: [::1]:8050\r\n").as_deref(), Some("::1"));
        assert_eq!(host("Host: 127.0.0.1\r\n").as_deref(), Some("127.0.0.1"));
        assert_eq!(host("Host: a\r\nHost: b\r\n"), None);
        assert_eq!(host(""), None);
    }

    #[test]
    fn what_is_no_request_is_told_apart() {
        assert_eq!(request("GET / HTTP/1.1\r\nhost"), Err(NoRequest::Incomplete));
        assert_eq!(request("\u{16}\u{3}\u{1}"), Err(NoRequest::Malformed));
        let long = format!("GET / HTTP/1.1\r\nx: {}", "y".repeat(LONGEST_HEAD));
        assert_eq!(request(&long), Err(NoRequest::TooLong));
        assert!(!request("POST / HTTP/1.1\r\n\r\n").unwrap().reads);
        assert_eq!(decoded("%zz%4"), "%zz%4");
    }
}
