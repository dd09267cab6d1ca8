//! What browsers and other clients get at the addresses of the dashboard.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use carbon_store::{Store, Timestamp};
use tower::ServiceExt;

use crate::App;
use crate::settings::Settings;

async fn ask(path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
    let store = Store::open_memory().await.unwrap();
    let app = App::new(store, Settings::default(), || Timestamp::from_seconds(1_795_334_400));
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(axum::body::Body::empty()).unwrap();
    let Ok(response) = crate::service(app).oneshot(request).await;
    let (parts, body) = response.into_parts();
    (parts.status, parts.headers, to_bytes(body, 1 << 22).await.unwrap().to_vec())
}

fn text(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}

const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

#[tokio::test]
async fn the_root_is_a_page_to_browsers_and_the_published_answer_to_all_others() {
    let (_, headers, body) = ask("/", &[BROWSER]).await;
    assert_eq!(text(&headers, "content-type"), "text/html; charset=utf-8");
    assert!(body.starts_with(b"<!doctype html>"));
    for accepted in ["*/*", "application/json", "text/plain", ""] {
        let (status, headers, body) = ask("/", &[("accept", accepted)]).await;
        assert_eq!((status, body.as_slice()), (StatusCode::OK, br#"{"status":"OK"}"#.as_slice()));
        assert_eq!(text(&headers, "vary"), "accept, accept-encoding", "{accepted}");
    }
}

#[tokio::test]
async fn every_address_of_the_app_answers_with_the_page_and_no_other_does() {
    let id = "6a6f0e5e-3c1f-4b52-9b51-5b7f5d1c6d10";
    let public = format!("/public/projects/{id}");
    for path in ["/app", "/app/", "/app/runs/x?range=7d", "/home", "/api/home", &public] {
        let (status, headers, body) = ask(path, &[BROWSER]).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(body.starts_with(b"<!doctype html>"), "{path}");
        assert_eq!(text(&headers, "cache-control"), "no-cache", "{path}");
        assert_eq!(text(&headers, "content-security-policy"), carbon_web::POLICY, "{path}");
    }
    for path in ["/apple", "/public", "/assets", "/assets/none.js", "/assets/..%2findex.html"] {
        assert_eq!(ask(path, &[BROWSER]).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn who_has_the_page_already_is_not_sent_it_again() {
    let (_, headers, _) = ask("/app", &[BROWSER]).await;
    let tag = text(&headers, "etag");
    assert!(tag.len() > 10, "{tag}");
    let (status, headers, body) = ask("/app", &[BROWSER, ("if-none-match", &tag)]).await;
    assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(text(&headers, "etag"), tag);
    let (status, ..) = ask("/app", &[BROWSER, ("if-none-match", "\"other\"")]).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn files_of_the_app_are_small_and_kept_for_ever() {
    let (_, _, page) = ask("/app", &[BROWSER]).await;
    let page = String::from_utf8(page).unwrap();
    let named: Vec<&str> = page.split('"').filter(|part| part.starts_with("/assets/")).collect();
    assert_eq!(named.is_empty(), !carbon_web::is_built(), "{page}");
    for path in named {
        let (status, headers, _) = ask(path, &[("accept-encoding", "gzip, br")]).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert_eq!(text(&headers, "cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(text(&headers, "vary"), "accept-encoding");
        assert_eq!(text(&headers, "x-content-type-options"), "nosniff");
        let is_small = path.contains("index-");
        assert!(!is_small || text(&headers, "content-encoding") == "br", "{path}: {headers:?}");
    }
}
