//! Sends spans in batches, in the background.

use std::future::Future;
use std::time::Duration;

use carbon_http::{Client, HttpError, Method, Policy, Request};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::{Span, json};
use crate::app::App;
use crate::settings::Traces;

/// Spans of a batch.
const BATCH: usize = 512;

/// How long a batch is waited for.
const EVERY: Duration = Duration::from_secs(2);

/// Sends what is queued until the server is done, then what is left, once.
///
/// # Errors
/// The file of certificate authorities cannot be used.
pub(crate) async fn export(app: App, done: impl Future<Output = ()>) -> Result<(), HttpError> {
    let Some(traces) = app.settings().traces.clone() else { return Ok(()) };
    let Some(mut queue) = app.spans().and_then(super::Spans::take) else { return Ok(()) };
    let policy = Policy {
        connect: traces.timeout.min(Duration::from_secs(2)),
        total: traces.timeout,
        authorities: traces.authorities.clone(),
        ..Policy::default()
    };
    let client = Client::new(policy)?;
    let mut done = std::pin::pin!(done);
    let (mut is_done, mut was_taken) = (false, true);
    while !is_done {
        let mut batch = Vec::new();
        tokio::select! {
            () = gather(&mut queue, &mut batch) => {}
            () = sleep(EVERY) => {}
            () = done.as_mut() => {
                is_done = true;
                while let Ok(span) = queue.try_recv() {
                    batch.push(span);
                }
            }
        }
        for part in batch.chunks(BATCH) {
            let is_taken = send(&client, &traces, part).await;
            // An outage is told once, and so is its end.
            if is_taken.is_ok() != was_taken {
                match &is_taken {
                    Ok(()) => tracing::info!("the receiver of traces takes spans again"),
                    Err(why) => tracing::warn!(%why, "the receiver of traces takes no spans"),
                }
                was_taken = is_taken.is_ok();
            }
            let spans = part.len() as u64;
            let (sent, dropped) = if is_taken.is_ok() { (spans, 0) } else { (0, spans) };
            app.metrics().spans(sent, dropped);
        }
    }
    Ok(())
}

async fn gather(queue: &mut mpsc::Receiver<Span>, batch: &mut Vec<Span>) {
    while batch.len() < BATCH && queue.recv_many(batch, BATCH - batch.len()).await > 0 {}
}

/// Why a batch was not taken.
#[derive(Debug, thiserror::Error)]
enum NotTaken {
    #[error(transparent)]
    Unsent(#[from] HttpError),
    #[error("it answers with status {0}")]
    Refused(u16),
    #[error("the thread that sends ended")]
    Lost,
}

async fn send(client: &Client, traces: &Traces, spans: &[Span]) -> Result<(), NotTaken> {
    let body = json::request(&traces.service_name, spans).to_string().into_bytes();
    let (client, endpoint) = (client.clone(), traces.endpoint.clone());
    let headers = traces.headers.clone();
    let sent = spawn_blocking(move || {
        let media_type = "application/json";
        let mut request = Request::with_body(Method::Post, &endpoint, media_type, &body);
        for (name, value) in &headers {
            request = request.header(name, &value.0);
        }
        client.send(&request)
    });
    let answer = sent.await.map_err(|_| NotTaken::Lost)??;
    if answer.is_success() { Ok(()) } else { Err(NotTaken::Refused(answer.status)) }
}
