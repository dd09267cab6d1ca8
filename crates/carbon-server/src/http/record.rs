//! What stays of a request: one line in the log, a count, perhaps a span. The line names nobody: no
//! ids, no query, no body, no credentials, and an address only where the operator wants it.

use std::borrow::Cow;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use carbon_store::Timestamp;
use hyper::body::{Frame, SizeHint};
use tokio::time::Instant;
use uuid::Uuid;

use super::around::{is_routine, length};
use super::client::Client;
use super::request_id::RequestId;
use crate::app::App;
use crate::fault::Trouble;
use crate::metrics::OneMore;
use crate::spans::{Place, Span};

/// A request on its way.
pub(super) struct Record {
    line: Option<Line>,
    begun: Timestamp,
    place: Option<Place>,
    _in_flight: OneMore,
}

/// What the log will say.
struct Line {
    app: App,
    id: RequestId,
    method: Method,
    route: Cow<'static, str>,
    address: Option<IpAddr>,
    trace: Option<String>,
    since: Instant,
}

impl Record {
    pub(super) fn begin(
        app: &App,
        request: &Request,
        client: &Client,
        id: RequestId,
        route: Cow<'static, str>,
    ) -> Self {
        let place = app.spans().and_then(|spans| spans.place(request.headers()));
        let line = Line {
            app: app.clone(),
            id,
            method: request.method().clone(),
            route,
            address: app.settings().logs_addresses.then_some(client.address),
            trace: place.as_ref().map(Place::trace_id),
            since: Instant::now(),
        };
        let in_flight = app.one_more_request();
        Self { line: Some(line), begun: app.now(), place, _in_flight: in_flight }
    }

    /// The answer is there. Where its length is not known, the line is written when it is over.
    pub(super) fn end(mut self, response: Response) -> Response {
        let Some(line) = self.line.take() else { return response };
        let (status, took) = (response.status(), line.since.elapsed());
        let trouble = response.extensions().get::<Trouble>().copied().unwrap_or_default();
        let metrics = line.app.metrics();
        metrics.answered(&line.route, &line.method, status, took);
        if trouble.is_store {
            metrics.store_unavailable();
        }
        if let (Some(place), Some(spans)) = (self.place, line.app.spans()) {
            let (method, route) = (line.method.clone(), line.route.clone().into_owned());
            let span = Span { place, method, route, status, begun: self.begun, took };
            if !spans.put(span) {
                metrics.spans(0, 1);
            }
        }
        match length(&response) {
            Some(bytes) => {
                line.write(status, bytes, trouble.id);
                response
            }
            None => response.map(|inner| {
                Body::new(Counted { inner, line, status, fault: trouble.id, bytes: 0 })
            }),
        }
    }
}

impl Drop for Record {
    /// The client has gone before there was an answer.
    fn drop(&mut self) {
        let Some(line) = self.line.take() else { return };
        let took = line.since.elapsed();
        line.app.metrics().broken_off(&line.route, &line.method, took);
        tracing::info!(
            target: "carbon_server::request",
            method = line.method.as_str(),
            route = &*line.route,
            duration_ms = took.as_secs_f64() * 1e3,
            request_id = line.id.as_str(),
            trace_id = line.trace,
            client = line.address.map(tracing::field::display),
            "the client has gone"
        );
    }
}

impl Line {
    fn write(&self, status: StatusCode, bytes: u64, fault: Option<Uuid>) {
        macro_rules! write_at {
            ($level:expr) => {
                tracing::event!(
                    target: "carbon_server::request",
                    $level,
                    method = self.method.as_str(),
                    route = &*self.route,
                    status = status.as_u16(),
                    duration_ms = self.since.elapsed().as_secs_f64() * 1e3,
                    bytes,
                    request_id = self.id.as_str(),
                    trace_id = self.trace,
                    fault = fault.map(tracing::field::display),
                    client = self.address.map(tracing::field::display),
                    "answered"
                )
            };
        }
        if is_routine(&self.method, &self.route) {
            write_at!(tracing::Level::DEBUG);
        } else {
            write_at!(tracing::Level::INFO);
        }
    }
}

/// An answer of unknown length.
struct Counted {
    inner: Body,
    line: Line,
    status: StatusCode,
    fault: Option<Uuid>,
    bytes: u64,
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let poll = Pin::new(&mut self.inner).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &poll {
            self.bytes += frame.data_ref().map_or(0, |bytes| bytes.len() as u64);
        }
        poll
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.line.write(self.status, self.bytes, self.fault);
    }
}
