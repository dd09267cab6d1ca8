//! One connection, from its first byte to its last: TLS, then requests in turn, within the limits.

mod accept;
mod bodies;
mod crowd;
mod line;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower::{Service, ServiceExt};

pub(crate) use accept::{Door, Doorkeeper};
use bodies::{Arriving, Leaving};
use line::{Line, Phase};

use crate::settings::Limits;
use crate::stop::Stopping;
use crate::tls::Tls;

/// Bytes that are read and written at once.
const BUFFER: usize = 64 << 10;

/// What answers requests.
pub(crate) trait Answers:
    Service<Request, Response = Response, Error = Infallible, Future: Send>
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<S> Answers for S where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// Serves a connection until its client or the server has had enough.
async fn serve(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<&Tls>,
    service: impl Answers,
    limits: &Limits,
    stopping: Stopping,
) {
    // An answer is written at once and not held back for more.
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else { return talk(stream, peer, service, limits, stopping).await };
    match timeout(limits.head, tls.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => talk(stream, peer, service, limits, stopping).await,
        Ok(Err(why)) => tracing::debug!(%why, "a client does not agree on TLS"),
        Err(_) => tracing::debug!("a client takes too long to agree on TLS"),
    }
}

async fn talk<S>(
    stream: S,
    peer: SocketAddr,
    service: impl Answers,
    limits: &Limits,
    mut stopping: Stopping,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let phase = Arc::new(Phase::default());
    let line = Line::new(stream, Arc::clone(&phase), limits);
    let within = limits.body;
    let answer = service_fn(move |request: hyper::Request<Incoming>| {
        let (service, phase) = (service.clone(), Arc::clone(&phase));
        phase.begin();
        async move {
            let arriving = |body| Body::new(Arriving::new(body, Arc::clone(&phase), within));
            let mut request = request.map(arriving);
            request.extensions_mut().insert(ConnectInfo(peer));
            let response = service.oneshot(request).await?;
            Ok::<_, Infallible>(response.map(|body| Leaving::new(body, phase)))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.idle)
        .max_buf_size(limits.longest_head.max(BUFFER))
        .max_header_size(limits.longest_head)
        .max_headers(limits.most_headers)
        .serve_connection(TokioIo::new(line), answer);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping.finish() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(why) = ended {
        tracing::debug!(%why, "a connection ended early");
    }
}
