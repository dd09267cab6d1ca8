//! Requests that a page of somebody else makes with a person's cookie (CSRF): those that change
//! something count only when the browser says that they come from a page of ours, or when they carry
//! a header that such a page cannot set.

use axum::http::{HeaderMap, Method, header};

use super::place::{Base, is_trusted_origin};
use crate::fault::Fault;
use crate::settings::Settings;

/// A header that no foreign page can set without being allowed to; any value counts.
const PROOF: &str = "x-csrf";

/// What is known of the page that a request comes from.
#[derive(Debug, PartialEq, Eq)]
enum Site {
    Ours,
    Foreign,
    /// The client is no browser, or an old one.
    Untold,
}

/// Whether a method changes nothing.
pub(crate) fn is_safe(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

/// Passes what a page of ours sends, and what proves that no page of others does.
///
/// # Errors
/// The request does not show where it comes from, or comes from elsewhere.
pub(crate) fn require(settings: &Settings, base: &Base, headers: &HeaderMap) -> Result<(), Fault> {
    match site(settings, base, headers) {
        Site::Ours => Ok(()),
        Site::Untold if headers.contains_key(PROOF) => Ok(()),
        Site::Untold | Site::Foreign => Err(refused()),
    }
}

/// Passes all but what a page of others sends: for requests that carry their own credentials.
///
/// # Errors
/// The request comes from a page of others.
pub(crate) fn refuse_foreign(
    settings: &Settings,
    base: &Base,
    headers: &HeaderMap,
) -> Result<(), Fault> {
    match site(settings, base, headers) {
        Site::Ours | Site::Untold => Ok(()),
        Site::Foreign => Err(refused()),
    }
}

fn site(settings: &Settings, base: &Base, headers: &HeaderMap) -> Site {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("null"));
    let origin = text(header::ORIGIN.as_str());
    match (text("sec-fetch-site"), origin) {
        (Some("same-origin" | "none"), _) => Site::Ours,
        (_, Some(origin)) if is_trusted_origin(settings, base, origin) => Site::Ours,
        (None, None) => Site::Untold,
        _ => Site::Foreign,
    }
}

fn refused() -> Fault {
    Fault::Forbidden("This request comes from another site".to_owned())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn verdict(pairs: &[(&str, &str)]) -> (bool, bool) {
        let settings = Settings {
            frontend_url: Some("https://web.example.org".to_owned()),
            ..Settings::default()
        };
        let mut request = Request::get("/").header("host", "carbon.example.org");
        for (name, value) in pairs {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let base = Base::of(&settings, &parts);
        (
            require(&settings, &base, &parts.headers).is_ok(),
            refuse_foreign(&settings, &base, &parts.headers).is_ok(),
        )
    }

    #[test]
    fn only_pages_of_ours_act_for_whoever_is_signed_in() {
        for (shown, expected) in [
            (&[("sec-fetch-site", "same-origin")][..], (true, true)),
            (&[("origin", "https://carbon.example.org")], (true, true)),
            (
                &[("origin", "https://web.example.org"), ("sec-fetch-site", "same-site")],
                (true, true),
            ),
            (&[("x-csrf", "1")], (true, true)),
            (&[], (false, true)),
            (&[("origin", "https://evil.example")], (false, false)),
            (&[("origin", "null")], (false, false)),
            (&[("sec-fetch-site", "cross-site")], (false, false)),
            (&[("sec-fetch-site", "same-site"), ("x-csrf", "1")], (false, false)),
            (&[("origin", "https://evil.example"), ("x-csrf", "1")], (false, false)),
        ] {
            assert_eq!(verdict(shown), expected, "{shown:?}");
        }
    }
}
