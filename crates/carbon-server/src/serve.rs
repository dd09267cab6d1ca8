//! The server as a whole: routes and what is around them, on its listeners, until it is told to stop.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use tower::util::MapRequestLayer;
use tower::{Layer, Service};

use crate::app::App;
use crate::connection::{Door, Doorkeeper};
use crate::http::{around, one_spelling};
use crate::metrics::most_open_files;
use crate::stop::Stopping;
use crate::tls::Tls;
use crate::{metrics, routes, spans, upkeep};

/// Files that are open beside connections: the store, libraries, listeners.
const OTHER_FILES: usize = 64;

/// Connections of those who watch the server.
const WATCHERS: usize = 64;

/// How long what runs beside requests gets to end.
const LAST_STEP: Duration = Duration::from_secs(5);

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
    let around = axum::middleware::from_fn_with_state(app.clone(), around);
    MapRequestLayer::new(plain_path).layer(routes::router(app).layer(around))
}

/// Serves until the server is told to stop: then it takes no more connections, finishes what it has
/// accepted within [`Limits::finish`](crate::settings::Limits::finish), and closes the store.
///
/// What runs beside requests is the upkeep of the store and the sending of traces.
pub async fn serve(listeners: Listeners, app: App, mut stopping: Stopping) -> Ended {
    let Listeners { requests, metrics, tls } = listeners;
    let limits = app.settings().limits;
    tokio::spawn(end_feeds(app.clone(), stopping.clone()));
    let upkeep = tokio::spawn(upkeep::run(app.clone(), stopping.clone()));
    let (done, is_done) = oneshot::channel::<()>();
    let traces = tokio::spawn(send_traces(app.clone(), is_done));
    let watched = metrics.map(|listener| tokio::spawn(watch(listener, app.clone())));

    let doorkeeper = Doorkeeper::new(places(&app));
    let door = Door { tls, service: service(app.clone()), limits };
    doorkeeper.keep(requests, door, &app, stopping.clone()).await;
    let cut = async {
        tokio::select! {
            () = sleep(limits.finish) => {}
            () = stopping.now() => {}
        }
    };
    let cut_off = doorkeeper.see_off(cut).await;
    // It may be sending to a receiver that does not answer, or waiting for a database.
    let _ = timeout(LAST_STEP, upkeep).await;
    drop(done);
    let _ = timeout(LAST_STEP, traces).await;
    app.store().close().await;
    if let Some(watched) = watched {
        watched.abort();
    }
    Ended { cut_off }
}

/// Who listens to what goes on would hold up the end.
async fn end_feeds(app: App, mut stopping: Stopping) {
    stopping.finish().await;
    app.feeds().end();
}

async fn send_traces(app: App, done: oneshot::Receiver<()>) {
    let done = async move {
        let _ = done.await;
    };
    if let Err(why) = spans::export(app, done).await {
        tracing::warn!(%why, "no traces are sent");
    }
}

/// Serves those who watch, until the end of everything else.
async fn watch(listener: TcpListener, app: App) {
    let (_stopper, stopping) = crate::stopper();
    let (service, limits) = (metrics::router(app.clone()), app.settings().limits);
    let door = Door { tls: None, service, limits };
    Doorkeeper::new(WATCHERS).keep(listener, door, &app, stopping).await;
}

/// Connections that fit: as many as the operator wants, if the system has as many files.
fn places(app: &App) -> usize {
    let wanted = app.settings().limits.connections;
    let files = app.settings().process.as_deref().and_then(most_open_files);
    let fit = files.map_or(wanted, |files| files.saturating_sub(OTHER_FILES).max(files / 2));
    if fit < wanted {
        tracing::info!(connections = fit, wanted, "the system's limit of open files allows fewer");
    }
    wanted.min(fit)
}

fn plain_path(mut request: Request) -> Request {
    let plain = one_spelling(request.uri()).into_owned();
    *request.uri_mut() = plain;
    request
}
