//! Answers that are written while they are made.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use futures_core::Stream;
use tokio::sync::mpsc;

/// Parts that wait to be taken: who makes them is never further ahead.
const WAITING: usize = 2;

/// Where the parts of an answer go. Dropped, it ends the answer as whole.
#[derive(Debug)]
pub(crate) struct Parts(mpsc::Sender<io::Result<Bytes>>);

/// The client went away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gone;

/// The body of an answer, and where its parts go.
pub(crate) fn stream() -> (Parts, Body) {
    let (sender, receiver) = mpsc::channel(WAITING);
    (Parts(sender), Body::from_stream(Received(receiver)))
}

impl Parts {
    /// Gives a part, when there is room for it.
    ///
    /// # Errors
    /// Nobody takes it any more.
    pub(crate) async fn give(&self, part: impl Into<Bytes>) -> Result<(), Gone> {
        let part = part.into();
        if part.is_empty() {
            return Ok(());
        }
        self.0.send(Ok(part)).await.map_err(|_| Gone)
    }

    /// Breaks the answer off: the connection is cut, so that nobody takes what came for all of it.
    pub(crate) async fn break_off(self) {
        // Where nobody listens, nothing has to be broken off.
        let _ = self.0.send(Err(io::Error::other("the answer could not be finished"))).await;
    }

    /// Until nobody takes parts any more.
    pub(crate) async fn gone(&self) {
        self.0.closed().await;
    }
}

struct Received(mpsc::Receiver<io::Result<Bytes>>);

impl Stream for Received {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx)
    }
}
