//! The server as a whole: routes, limits and headers on its listeners, until it is told to stop.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::ServiceExt;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use tokio::net::TcpListener;
use tower::util::MapRequestLayer;
use tower::{Layer, Service};

use crate::app::App;
use crate::http::one_spelling;
use crate::routes;
use crate::stop::Stopping;
use crate::tls::Tls;

/// Where requests come in. Listeners are bound already, so that whoever starts the server knows its
/// addresses.
#[derive(Debug)]
pub struct Listeners {
    /// For clients.
    pub requests: TcpListener,
    /// For whoever watches the server: `/metrics`, `/healthz` and `/readyz`, never with TLS.
    pub metrics: Option<TcpListener>,
    /// TLS of `requests`; none is plain HTTP.
    pub tls: Option<Tls>,
}

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Connections that were cut off while they were being served.
    pub cut_off: usize,
}

/// The routes with everything that holds for all of them.
pub fn service(
    app: App,
) -> impl Service<Request, Response = Response, Error = Infallible, Future: Send>
+ Clone
+ Send
+ Sync
+ 'static {
    let routes = routes::router(app).layer(axum::middleware::map_response(with_headers));
    MapRequestLayer::new(plain_path).layer(routes)
}

/// Serves until the server is told to stop: then it takes no more connections, finishes what it has
/// accepted within [`Limits::finish`](crate::settings::Limits::finish), and closes the store.
pub async fn serve(listeners: Listeners, app: App, mut stopping: Stopping) -> Ended {
    let service = service(app.clone());
    let service =
        ServiceExt::<Request<Body>>::into_make_service_with_connect_info::<SocketAddr>(service);
    let stop = async move { stopping.finish().await };
    let _ = axum::serve(listeners.requests, service).with_graceful_shutdown(stop).await;
    app.store().close().await;
    Ended { cut_off: 0 }
}

fn plain_path(mut request: Request) -> Request {
    let plain = one_spelling(request.uri()).into_owned();
    *request.uri_mut() = plain;
    request
}

async fn with_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let mut set = |name, value| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::CACHE_CONTROL, "no-store");
    response
}
