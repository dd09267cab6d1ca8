//! The bodies of a connection: that of a request has to come within a time, and the end of that of
//! the answer is where the next request may begin.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::line::Phase;
use crate::http::{BodyFault, TooSlow};

/// The body of a request.
pub(super) struct Arriving {
    inner: Incoming,
    phase: Arc<Phase>,
    until: Instant,
    timer: Option<Pin<Box<Sleep>>>,
    is_whole: bool,
}

impl Arriving {
    pub(super) fn new(inner: Incoming, phase: Arc<Phase>, within: Duration) -> Self {
        let is_whole = inner.is_end_stream();
        Self { inner, phase, until: Instant::now() + within, timer: None, is_whole }
    }
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = BodyFault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyFault>>> {
        let this = &mut *self;
        match Pin::new(&mut this.inner).poll_frame(cx) {
            Poll::Ready(frame) => {
                this.is_whole = frame.is_none() || this.inner.is_end_stream();
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
            Poll::Pending => {
                let until = this.until;
                let timer = this.timer.get_or_insert_with(|| Box::pin(sleep_until(until)));
                timer.as_mut().poll(cx).map(|()| Some(Err(TooSlow.into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if !self.is_whole {
            self.phase.leave_over();
        }
    }
}

/// The body of an answer.
pub(super) struct Leaving {
    inner: Body,
    phase: Arc<Phase>,
}

impl Leaving {
    pub(super) fn new(inner: Body, phase: Arc<Phase>) -> Self {
        Self { inner, phase }
    }
}

impl HttpBody for Leaving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.phase.end();
    }
}
