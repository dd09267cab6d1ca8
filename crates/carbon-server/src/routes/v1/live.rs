//! `GET /v1/SCOPE/{id}/live`: runs that are under way, as server-sent events.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts as RequestParts;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use carbon_store::LiveRun;
use tokio::time::{interval, sleep, timeout};

use super::asked::{Asked, known};
use super::scope::Scoped;
use super::shown::live;
use crate::app::App;
use crate::body::Query;
use crate::fault::{Fault, Problem};
use crate::feeds::{Listener, Party};
use crate::http::Client;
use crate::sign_in::Caller;
use crate::stream::{Gone, Parts, stream};
use crate::wire::{Bounds, Optional};

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/v1/organizations/{id}/live", get(read))
        .route("/v1/projects/{id}/live", get(read))
        .route("/v1/runs/{id}/live", get(read))
}

/// How long a stream lasts where nobody says so; then a browser asks again, and is recognised again.
const LASTS_S: f64 = 900.0;

/// The longest that a stream may be asked to last, s.
const LONGEST_S: f64 = 3_600.0;

/// A sign of life for what is in between, which would else cut off a quiet connection.
const ALIVE_EVERY: Duration = Duration::from_secs(15);
const ALIVE: Bytes = Bytes::from_static(b": alive\n\n");

/// When a browser asks again after the end, ms.
const BEGIN: Bytes = Bytes::from_static(b"retry: 3000\n\n");

/// Longest wait for the first list: the store may not answer.
const FIRST_WITHIN: Duration = Duration::from_secs(10);

/// The address of who asks.
struct From(Client);

impl FromRequestParts<App> for From {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut RequestParts, app: &App) -> Result<Self, Fault> {
        Ok(Self(Client::known(&app.settings().proxies, parts)))
    }
}

async fn read(
    State(app): State<App>,
    scoped: Scoped,
    Asked(From(client)): Asked<From>,
    Asked(query): Asked<Query>,
) -> Result<Response, Problem> {
    let mut query = known(query, &["duration_s"]);
    let lasts = query.float("duration_s", Optional::Yes, Bounds::between(0.0, LONGEST_S));
    query.finish(|| Some(()))?;
    let lasts = Duration::from_secs_f64(lasts.unwrap_or(LASTS_S));
    let party = match &scoped.caller {
        Caller::Person { user, .. } => Party::Person(user.id),
        Caller::Reader(token) => Party::Token(token.id),
        Caller::Stranger(_) | Caller::Nobody => Party::Address(client.party()),
    };
    let listener = Listener::new(&app, party, scoped.scope)?;
    let (parts, body) = stream();
    tokio::spawn(async move {
        // A client that goes away and one that has heard enough are the same to us.
        let _ = tell(listener, &parts, lasts).await;
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        // Some proxies would gather events until there are many.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, body).into_response())
}

async fn tell(mut listener: Listener, parts: &Parts, lasts: Duration) -> Result<(), Gone> {
    parts.give(BEGIN).await?;
    let first = timeout(FIRST_WITHIN, listener.now()).await;
    if let Ok(Some(runs)) = first {
        parts.give(event(&runs)).await?;
    }
    let end = sleep(lasts);
    tokio::pin!(end);
    let mut alive = interval(ALIVE_EVERY);
    alive.tick().await;
    loop {
        tokio::select! {
            biased;
            () = &mut end => return Ok(()),
            () = parts.gone() => return Err(Gone),
            runs = listener.next() => match runs {
                Some(runs) => parts.give(event(&runs)).await?,
                None => return Ok(()),
            },
            _ = alive.tick() => parts.give(ALIVE).await?,
        }
    }
}

fn event(runs: &[LiveRun]) -> Vec<u8> {
    let shown: Vec<_> = runs.iter().cloned().map(live).collect();
    let mut event = b"event: runs\ndata: ".to_vec();
    // Writing to memory cannot fail, and JSON has no line breaks of its own.
    let _ = serde_json::to_writer(&mut event, &shown);
    event.extend_from_slice(b"\n\n");
    event
}
