//! The server as a whole: routes, limits and headers on a listener, until it is told to stop.

use std::future::Future;
use std::io;
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

/// The routes with everything that holds for all of them.
pub fn service(
    app: App,
) -> impl Service<Request, Response = Response, Error = std::convert::Infallible, Future: Send>
+ Clone
+ Send
+ 'static {
    let routes = routes::router(app).layer(axum::middleware::map_response(with_headers));
    MapRequestLayer::new(plain_path).layer(routes)
}

/// Serves on a listener that is already bound, so that whoever starts the server knows its address.
/// Ends when `stop` does, after the answers that are due have been given.
///
/// # Errors
/// The listener failed.
pub async fn serve(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let service = service(app);
    let service =
        ServiceExt::<Request<Body>>::into_make_service_with_connect_info::<SocketAddr>(service);
    axum::serve(listener, service).with_graceful_shutdown(stop).await
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
