//! A server in this process over an empty store in memory, and its answers.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request};
use carbon_server::settings::Settings;
use carbon_server::{App, service};
use carbon_store::{Store, Timestamp};
use serde_json::Value;
use tower::ServiceExt;

/// 2026-11-22T08:00:00Z.
pub(crate) const NOW_S: i64 = 1_795_334_400;

/// The server.
pub(crate) struct Server {
    app: App,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// A text of the body.
    pub(crate) fn text(&self, key: &str) -> String {
        self.body[key].as_str().unwrap_or_else(|| panic!("{key} in {}", self.body)).to_owned()
    }
}

impl Server {
    pub(crate) async fn start() -> Self {
        let store = Store::open_memory().await.expect("a store in memory");
        Self { app: App::new(store, Settings::default(), || Timestamp::from_seconds(NOW_S)) }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, &[], None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, &[], Some(body)).await
    }

    pub(crate) async fn write(&self, path: &str, token: &str, body: Value) -> Answer {
        self.call(Method::POST, path, &[("x-api-token", token)], Some(body)).await
    }

    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).expect("a request")).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let Ok(response) = service(self.app.clone()).oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 1 << 24).await.expect("a whole body");
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: serde_json::from_slice(&body).unwrap_or(Value::Null),
        }
    }
}
