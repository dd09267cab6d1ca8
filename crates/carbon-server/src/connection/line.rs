//! The bytes of a connection, with a limit on how long a client may take for them: for the head of a
//! request, which hyper does not tell from a rest between two, and for taking its answer. And an end
//! that lets the client read the last answer although it was still sending.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::settings::Limits;

/// How long what a client still sends is taken and thrown away at the end: a connection that is
/// closed before is reset, and the client may lose the answer.
const LINGER: Duration = Duration::from_secs(2);

/// What the parts of a connection know of each other.
#[derive(Debug, Default)]
pub(super) struct Phase {
    /// Between the head of a request and the end of its answer.
    is_serving: AtomicBool,
    /// The head of a request has come to its end since somebody looked.
    has_head: AtomicBool,
    /// The body of a request was not read to its end.
    is_left_over: AtomicBool,
}

impl Phase {
    pub(super) fn begin(&self) {
        self.is_serving.store(true, Ordering::Relaxed);
        self.has_head.store(true, Ordering::Relaxed);
    }

    pub(super) fn end(&self) {
        self.is_serving.store(false, Ordering::Relaxed);
    }

    fn is_serving(&self) -> bool {
        self.is_serving.load(Ordering::Relaxed)
    }

    pub(super) fn leave_over(&self) {
        self.is_left_over.store(true, Ordering::Relaxed);
    }
}

/// A stream with these limits.
pub(super) struct Line<S> {
    inner: S,
    phase: Arc<Phase>,
    head: Duration,
    stall: Duration,
    head_until: Option<Instant>,
    stalled_until: Option<Instant>,
    linger_until: Option<Instant>,
    is_shut: bool,
    is_at_end: bool,
    timer: Option<Pin<Box<Sleep>>>,
}

impl<S> Line<S> {
    pub(super) fn new(inner: S, phase: Arc<Phase>, limits: &Limits) -> Self {
        Self {
            inner,
            phase,
            head: limits.head,
            stall: limits.stall,
            head_until: None,
            stalled_until: None,
            linger_until: None,
            is_shut: false,
            is_at_end: false,
            timer: None,
        }
    }

    /// The time of a head is over when the request is served.
    fn forget_head(&mut self) {
        if self.phase.has_head.swap(false, Ordering::Relaxed) {
            self.head_until = None;
        }
    }

    /// Ready when a point in time has passed.
    fn poll_timer(&mut self, until: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(until)));
        if timer.deadline() != until {
            timer.as_mut().reset(until);
        }
        timer.as_mut().poll(cx)
    }

    /// What a write came to, unless the client has taken nothing for too long.
    fn limit_stall<T>(
        &mut self,
        poll: Poll<io::Result<T>>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.stalled_until = None;
            return poll;
        }
        let until = *self.stalled_until.get_or_insert_with(|| Instant::now() + self.stall);
        ready!(self.poll_timer(until, cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Line<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        this.forget_head();
        let before = buffer.filled().len();
        let poll = Pin::new(&mut this.inner).poll_read(cx, buffer);
        if this.phase.is_serving() {
            return poll;
        }
        match poll {
            Poll::Ready(result) => {
                this.is_at_end = result.is_err() || buffer.filled().len() == before;
                this.head_until.get_or_insert_with(|| Instant::now() + this.head);
                Poll::Ready(result)
            }
            // A write that has stalled keeps the timer.
            Poll::Pending if this.stalled_until.is_none() => {
                let Some(until) = this.head_until else { return Poll::Pending };
                ready!(this.poll_timer(until, cx));
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Line<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.limit_stall(poll, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.inner).poll_write_vectored(cx, slices);
        self.limit_stall(poll, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.inner).poll_flush(cx);
        self.limit_stall(poll, cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if !this.is_shut {
            let poll = Pin::new(&mut this.inner).poll_shutdown(cx);
            ready!(this.limit_stall(poll, cx))?;
            this.is_shut = true;
        }
        this.forget_head();
        let is_sending =
            this.phase.is_left_over.load(Ordering::Relaxed) || this.head_until.is_some();
        if this.is_at_end || !is_sending {
            return Poll::Ready(Ok(()));
        }
        let until = *this.linger_until.get_or_insert_with(|| Instant::now() + LINGER);
        loop {
            let mut thrown = [0; 4096];
            let mut buffer = ReadBuf::new(&mut thrown);
            match Pin::new(&mut this.inner).poll_read(cx, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    if until <= Instant::now() {
                        return Poll::Ready(Ok(()));
                    }
                }
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => return this.poll_timer(until, cx).map(Ok),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    const LIMITS: fn() -> Limits = Limits::default;

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_is_cut_off_and_a_slow_one_is_not() {
        let (client, server) = duplex(64);
        let mut line = Line::new(server, Arc::default(), &LIMITS());
        let (mut taking, _) = tokio::io::split(client);
        let slow = tokio::spawn(async move {
            let mut taken = [0; 64];
            for _ in 0..20 {
                tokio::time::sleep(LIMITS().stall * 2 / 3).await;
                taking.read_exact(&mut taken).await.unwrap();
            }
            taking
        });
        let begun = Instant::now();
        line.write_all(&[0; 64 * 20]).await.unwrap();
        assert!(begun.elapsed() > LIMITS().stall * 10);
        let _taking = slow.await.unwrap();
        let begun = Instant::now();
        let cut = line.write_all(&[0; 65]).await.unwrap_err();
        assert_eq!(cut.kind(), io::ErrorKind::TimedOut);
        assert_eq!(begun.elapsed().as_secs(), LIMITS().stall.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_of_a_head_begins_with_its_first_byte_and_ends_with_its_request() {
        let (mut client, server) = duplex(64);
        let phase = Arc::new(Phase::default());
        let mut line = Line::new(server, Arc::clone(&phase), &LIMITS());
        let mut byte = [0];
        let long = LIMITS().head * 2;
        // A rest has no end here.
        assert!(tokio::time::timeout(long, line.read(&mut byte)).await.is_err());
        client.write_all(b"G").await.unwrap();
        line.read_exact(&mut byte).await.unwrap();
        phase.begin();
        assert!(tokio::time::timeout(long, line.read(&mut byte)).await.is_err());
        phase.end();
        assert!(tokio::time::timeout(long, line.read(&mut byte)).await.is_err());
        client.write_all(b"G").await.unwrap();
        line.read_exact(&mut byte).await.unwrap();
        let begun = Instant::now();
        let cut = line.read(&mut byte).await.unwrap_err();
        assert_eq!(cut.kind(), io::ErrorKind::TimedOut);
        assert_eq!(begun.elapsed().as_secs(), LIMITS().head.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_still_sent_at_the_end_is_taken_but_not_for_ever() {
        let (mut client, server) = duplex(64);
        let phase = Arc::new(Phase::default());
        let mut line = Line::new(server, Arc::clone(&phase), &LIMITS());
        phase.leave_over();
        let sending = tokio::spawn(async move {
            while client.write_all(&[0; 64]).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        let begun = Instant::now();
        line.shutdown().await.unwrap();
        assert!(begun.elapsed() <= LINGER + Duration::from_millis(100));
        drop(line);
        sending.await.unwrap();
    }
}
