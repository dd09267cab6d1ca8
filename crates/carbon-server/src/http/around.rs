//! What is done around every request, in one place and order: it gets an id and its client's address,
//! is refused early where it must be, has a time to be answered in, and leaves a line in the log, a
//! count and perhaps a span.

use std::any::Any;
use std::borrow::Cow;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use axum::body::HttpBody;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use super::client::Client;
use super::record::Record;
use super::request_id::RequestId;
use super::{cors, headers, host};
use crate::app::App;
use crate::fault::{Fault, Problem};
use crate::metrics::HeldBack;

/// Template of paths that are no route's.
const NO_ROUTE: &str = "none";

/// Everything around a request.
pub(crate) async fn around(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let settings = app.settings();
    let client = Client::of(&settings.proxies, request.extensions(), request.headers());
    let id = RequestId::of(request.headers());
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or(Cow::Borrowed(NO_ROUTE), |path| path.as_str().to_owned().into());
    let origin = request.headers().get(ORIGIN).cloned();
    let https_host = https_host(&app, &client, request.headers());
    let is_v1 = is_v1(request.uri());
    let record = Record::begin(&app, &request, &client, id.clone(), route);
    let mut response = match early(&app, &client, &request) {
        Some(response) => response,
        None => {
            request.extensions_mut().insert(client);
            match timeout(settings.limits.answer, caught(next.run(request))).await {
                Ok(Ok(response)) => response,
                Ok(Err(panic)) => refusal(is_v1, Fault::Internal(words(&*panic).into())),
                Err(_) => refusal(is_v1, Fault::Overdue),
            }
        }
    };
    let answer = response.headers_mut();
    cors::admit(settings, origin.as_ref(), answer);
    headers::complete(answer, https_host.as_deref());
    answer.insert(super::request_id::X_REQUEST_ID, id.header());
    record.end(response)
}

/// An answer that needs no route: a browser's question in advance, or a refusal.
fn early(app: &App, client: &Client, request: &Request) -> Option<Response> {
    let (settings, headers, uri) = (app.settings(), request.headers(), request.uri());
    let refused = |fault| Some(refusal(is_v1(uri), fault));
    if uri.path_and_query().is_some_and(|path| path.as_str().len() > settings.limits.longest_url) {
        return refused(Fault::UrlTooLong { limit: settings.limits.longest_url });
    }
    if !host::is_ours(settings, client, headers, uri) {
        return refused(Fault::Misdirected);
    }
    if client.is_counted()
        && let Err((why, retry_after)) = count(app, client, headers)
    {
        app.metrics().hold_back(why);
        return refused(Fault::TooMany { retry_after });
    }
    if settings.is_board && !request.method().is_safe() {
        return refused(Fault::MethodNotAllowed);
    }
    cors::preflight(settings, request.method(), headers)
}

/// Counts a request for its address and for what it shows, good or not.
fn count(
    app: &App,
    client: &Client,
    headers: &HeaderMap,
) -> Result<(), (HeldBack, std::time::Duration)> {
    let (meters, now) = (app.meters(), app.now());
    meters.address.count(client.party(), now).map_err(|wait| (HeldBack::Address, wait))?;
    let shown = [crate::token::HEADER, AUTHORIZATION.as_str(), COOKIE.as_str()];
    let Some(shown) = shown.iter().find_map(|name| headers.get(*name)) else { return Ok(()) };
    meters.token.count(shown.as_bytes(), now).map_err(|wait| (HeldBack::Token, wait))
}

fn is_v1(uri: &Uri) -> bool {
    uri.path() == "/v1" || uri.path().starts_with("/v1/")
}

/// A fault in the shape of the route that it would have gone to.
fn refusal(is_v1: bool, fault: Fault) -> Response {
    if is_v1 { Problem(fault).into_response() } else { fault.into_response() }
}

/// The host that a client uses by TLS.
fn https_host(app: &App, client: &Client, headers: &HeaderMap) -> Option<String> {
    let settings = app.settings();
    let public = settings.public_url.as_deref();
    let is_https = client.is_https.unwrap_or_else(|| {
        settings.has_tls || public.is_some_and(|url| url.starts_with("https://"))
    });
    let named = || headers.get(HOST).and_then(|host| host.to_str().ok()).map(ToOwned::to_owned);
    is_https.then(|| client.host.clone().or_else(named)).flatten()
}

/// Runs to the end or to a panic, which then is a fault like others and not a cut connection.
async fn caught(work: impl Future<Output = Response>) -> Result<Response, Box<dyn Any + Send>> {
    let mut work = pin!(work);
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("a panic: {}", text.unwrap_or_default())
}

/// Whether a request comes from a browser or program that only looks whether the server is there.
pub(super) fn is_routine(method: &Method, route: &str) -> bool {
    method == Method::GET && ["/healthz", "/readyz"].contains(&route)
}

/// Length of an answer, if it is known before it is sent.
pub(super) fn length(response: &Response) -> Option<u64> {
    response.body().size_hint().exact()
}
