//! The dashboard: one page at many addresses, and the files that it names. What it shows it asks for
//! like any other client, so there are no rights here.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use carbon_web::Asset;

use crate::app::App;
use crate::fault::Fault;
use crate::routes::health;

/// The routes, beside `/`, which the API has too. The app's own pages are below `/app`, where no route
/// of the API is; the others are addresses that people have: where they come after signing in, and
/// links to public projects.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/home", get(page))
        .route("/app", get(page))
        .route("/app/{*path}", get(page))
        .route("/public/projects/{id}", get(page))
        .route("/assets/{*path}", get(file))
}

/// `GET /`: the dashboard for a browser, and for everything else that the server is there, as
/// published.
pub(crate) async fn root(headers: HeaderMap) -> Response {
    let mut response =
        if is_browser(&headers) { page(headers).await } else { health::root().into_response() };
    let both = HeaderValue::from_static("accept, accept-encoding");
    response.headers_mut().insert(VARY, both);
    response
}

/// Whether whoever asks wants to look at a page.
fn is_browser(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|one| {
        let media_type = one.split(';').next().unwrap_or_default().trim();
        media_type.eq_ignore_ascii_case("text/html")
    })
}

async fn page(headers: HeaderMap) -> Response {
    answer(carbon_web::page(accepted(&headers)), &headers)
}

async fn file(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, Fault> {
    let found = carbon_web::asset(&format!("assets/{path}"), accepted(&headers));
    let asset = found.ok_or_else(|| Fault::NotFound("Not Found".to_owned()))?;
    Ok(answer(asset, &headers))
}

fn accepted(headers: &HeaderMap) -> Option<&str> {
    headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok())
}

/// A file with what tells browsers how long it holds. The page is asked for again each time, because
/// it names the files of its version; those never change.
fn answer(asset: Asset, headers: &HeaderMap) -> Response {
    let keep = if asset.is_immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    let tag = asset.etag.to_string();
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| {
        known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
    });
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Body::from(asset.bytes).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
        if let Some(encoding) = asset.encoding {
            let name = HeaderValue::from_static(encoding.name());
            response.headers_mut().insert(CONTENT_ENCODING, name);
        }
        response
    };
    let told = response.headers_mut();
    let fixed: [(HeaderName, &'static str); 4] = [
        (CACHE_CONTROL, keep),
        (CONTENT_SECURITY_POLICY, carbon_web::POLICY),
        (VARY, "accept-encoding"),
        // The server's own forms have to say where they are sent from.
        (REFERRER_POLICY, "same-origin"),
    ];
    for (name, value) in fixed {
        told.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        told.insert(ETAG, tag);
    }
    response
}

#[cfg(test)]
mod web_tests;
