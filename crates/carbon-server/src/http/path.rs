//! One spelling for the paths that clients write in several: with and without `/api`, with and
//! without a slash at the end, with two slashes where an address ended in one.

use std::borrow::Cow;

use axum::http::Uri;
use axum::http::uri::PathAndQuery;

/// The path that routes are declared by: `/api//runs/?page=2` is `/runs?page=2`.
pub fn one_spelling(uri: &Uri) -> Cow<'_, Uri> {
    let plain = plain_path(uri.path());
    if plain == uri.path() {
        return Cow::Borrowed(uri);
    }
    let whole = match uri.query() {
        Some(query) => format!("{plain}?{query}"),
        None => plain,
    };
    let mut parts = uri.clone().into_parts();
    match PathAndQuery::try_from(whole) {
        Ok(path) => parts.path_and_query = Some(path),
        Err(_) => return Cow::Borrowed(uri),
    }
    Uri::from_parts(parts).map_or(Cow::Borrowed(uri), Cow::Owned)
}

fn plain_path(path: &str) -> String {
    let mut segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let prefixes = segments.iter().take_while(|segment| **segment == "api").count();
    segments.drain(..prefixes);
    format!("/{}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_lead_to_one_route() {
        for (written, plain) in [
            ("/", "/"),
            ("/api", "/"),
            ("/api/", "/"),
            ("/runs", "/runs"),
            ("/runs/", "/runs"),
            ("//runs", "/runs"),
            ("/api/api/runs/?page=2&x=/a/", "/runs?page=2&x=/a/"),
            ("/projects/api/sums/", "/projects/api/sums"),
            ("/apiary", "/apiary"),
        ] {
            let uri: Uri = written.parse().unwrap();
            assert_eq!(one_spelling(&uri).to_string(), plain, "{written}");
        }
    }
}
