//! The document of the API, and the page that shows it to people.
//!
//! `openapi.json` is committed, and a test holds it to the server. The page is made from it on this
//! server, once: it needs nothing from elsewhere, and its style and script are allowed by their hashes
//! alone.

mod shape;
mod view;
mod words;

use std::sync::OnceLock;

use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};
use ring::digest::{SHA256, digest};

use crate::app::App;
use crate::fault::Fault;

const DOCUMENT: &str = include_str!("../../openapi.json");
const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// A text that stays the same for as long as the server runs.
struct Fixed {
    text: String,
    tag: HeaderValue,
}

impl Fixed {
    fn new(text: String) -> Self {
        let hash = URL_SAFE_NO_PAD.encode(&digest(&SHA256, text.as_bytes()).as_ref()[..12]);
        let tag = HeaderValue::from_str(&format!("\"{hash}\""));
        Self { text, tag: tag.unwrap_or(HeaderValue::from_static("\"\"")) }
    }

    /// The text, unless whoever asks has it.
    fn answer(&'static self, headers: &HeaderMap, media_type: &'static str) -> Response {
        let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        let tag = self.tag.to_str().unwrap_or_default();
        let is_known = known.is_some_and(|known| {
            known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
        });
        // Kept, but asked for again each time: another version of the server has another text.
        let kept = [
            (ETAG, self.tag.clone()),
            (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        ];
        if is_known {
            return (StatusCode::NOT_MODIFIED, kept).into_response();
        }
        (kept, self.text.as_str()).into_response()
    }
}

/// The routes.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/openapi.json", get(document))
        .route("/docs", get(page))
        .route("/redoc", get(old_name))
}

async fn document(headers: HeaderMap) -> Response {
    static DOCUMENT_TEXT: OnceLock<Fixed> = OnceLock::new();
    let fixed = DOCUMENT_TEXT.get_or_init(|| Fixed::new(DOCUMENT.to_owned()));
    fixed.answer(&headers, "application/json")
}

async fn page(headers: HeaderMap) -> Result<Response, Fault> {
    static PAGE: OnceLock<Fixed> = OnceLock::new();
    let page = match PAGE.get() {
        Some(page) => page,
        None => {
            let text = render().map_err(|error| Fault::Internal(error.into()))?;
            PAGE.get_or_init(|| Fixed::new(text))
        }
    };
    let mut response = page.answer(&headers, "text/html; charset=utf-8");
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; frame-ancestors 'none'",
        hash_of(STYLE),
        hash_of(SCRIPT),
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

async fn old_name() -> Redirect {
    Redirect::permanent("/docs")
}

/// How a policy names a style or a script that stands in the page.
fn hash_of(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(digest(&SHA256, text.as_bytes())))
}

fn render() -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.add_template("page.html", TEMPLATE)?;
    environment.add_filter("words", |text: String| Value::from_safe_string(words::html(&text)));
    environment.add_filter("line", |text: String| Value::from_safe_string(words::line(&text)));
    let document: serde_json::Value =
        serde_json::from_str(DOCUMENT).expect("a test reads the committed document");
    let view = view::page(&document);
    environment.get_template("page.html")?.render(context! {
        page => Value::from(Serde(view)),
        style => Value::from_safe_string(STYLE.to_owned()),
        script => Value::from_safe_string(SCRIPT.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_shows_every_operation_and_loads_nothing() {
        let page = render().unwrap();
        let document: serde_json::Value = serde_json::from_str(DOCUMENT).unwrap();
        for methods in document["paths"].as_object().unwrap().values() {
            for operation in methods.as_object().unwrap().values() {
                let name = operation["operationId"].as_str().unwrap();
                assert!(page.contains(&format!("id=\"{name}\"")), "{name}");
            }
        }
        for name in document["components"]["schemas"].as_object().unwrap().keys() {
            assert!(page.contains(&format!("id=\"schema-{name}\"")), "{name}");
        }
        for way in [" src=", "@import", "url(", "<link", "<img"] {
            assert!(!page.contains(way), "{way}");
        }
    }
}
