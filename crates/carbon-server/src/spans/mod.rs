//! A span for each request that is traced, for a receiver of OpenTelemetry. A request never waits for
//! it: spans wait in a queue of limited length, and those that do not fit are counted and dropped.

mod json;
mod parent;
mod send;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::{HeaderMap, Method, StatusCode};
use carbon_store::Timestamp;
use tokio::sync::mpsc;
use uuid::Uuid;

use parent::Parent;
pub(crate) use send::export;

use crate::settings::Traces;

/// Spans that wait to be sent, about 2 MB.
const QUEUE: usize = 8_192;

/// The queue, and who may put something in it.
#[derive(Debug)]
pub(crate) struct Spans {
    share: f64,
    sender: mpsc::Sender<Span>,
    receiver: Mutex<Option<mpsc::Receiver<Span>>>,
}

/// Place of a request in its trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    trace: [u8; 16],
    span: [u8; 8],
    parent: Option<[u8; 8]>,
}

/// A request that was answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Span {
    pub(crate) place: Place,
    pub(crate) method: Method,
    pub(crate) route: String,
    pub(crate) status: StatusCode,
    pub(crate) begun: Timestamp,
    pub(crate) took: Duration,
}

impl Spans {
    pub(crate) fn new(traces: &Traces) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        Self { share: traces.share, sender, receiver: Mutex::new(Some(receiver)) }
    }

    /// The place of a request in the trace that it names, or in a new one; none if it is not traced.
    pub(crate) fn place(&self, headers: &HeaderMap) -> Option<Place> {
        let (first, second) = (Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes());
        let mut span = [0; 8];
        span.copy_from_slice(&second[..8]);
        match Parent::of(headers) {
            Some(Parent { is_traced: false, .. }) => None,
            Some(Parent { trace, span: parent, .. }) => {
                Some(Place { trace, span, parent: Some(parent) })
            }
            None => {
                let drawn =
                    f64::from(u32::from_le_bytes([second[12], second[13], second[14], second[15]]));
                let is_drawn = drawn < self.share * 4_294_967_296.0;
                is_drawn.then_some(Place { trace: first, span, parent: None })
            }
        }
    }

    /// Queues a span; whether there was room.
    pub(crate) fn put(&self, span: Span) -> bool {
        self.sender.try_send(span).is_ok()
    }

    /// The other end of the queue, for the first who asks.
    fn take(&self) -> Option<mpsc::Receiver<Span>> {
        self.receiver.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Place {
    /// Id of the trace, as logs show it.
    pub(crate) fn trace_id(&self) -> String {
        hex(&self.trace)
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
