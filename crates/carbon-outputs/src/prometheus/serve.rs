//! The endpoint itself: takes connections and answers `GET /metrics`.
//!
//! One thread accepts, each connection has a short-lived one. A client may send 8 KiB and take 5 s
//! for it, and there are at most eight at a time, so that neither slow nor many clients cost more
//! than that. Each connection carries one answer. A server library with a runtime would be many times
//! the size of what is needed here, which is one path and no body.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use carbon_sensors::{Clock, SystemClock};

use super::exposition::Format;
use super::request::{LONGEST_HEAD, Wanted, parse};

/// Most connections at a time; more are closed.
pub(super) const MOST_CONNECTIONS: usize = 8;

/// Longest time for a request to come and an answer to go.
const PATIENCE: Duration = Duration::from_secs(5);

/// Longest time that what a client still sends is listened to, so that it sees the answer.
const FAREWELL: Duration = Duration::from_millis(500);

/// Pause after the system could give no connection, such as for lack of descriptors.
const RECOVERY: Duration = Duration::from_millis(100);

/// The text of all runs in a format.
pub(super) type Metrics = dyn Fn(Format) -> String + Send + Sync;

/// Accepts connections for ever.
pub(super) fn serve(listener: &TcpListener, metrics: &Arc<Metrics>) {
    let open = Arc::new(AtomicUsize::new(0));
    loop {
        let Ok((stream, _)) = listener.accept() else {
            thread::sleep(RECOVERY);
            continue;
        };
        let seat = Seat::take(&open);
        if seat.number > MOST_CONNECTIONS {
            continue;
        }
        let metrics = Arc::clone(metrics);
        let thread = thread::Builder::new().name("codecarbon-scrape".to_owned());
        // Without a thread the connection is closed. A client that breaks off is its own affair.
        drop(thread.spawn(move || {
            let _seat = seat;
            drop(converse(&stream, &*metrics));
        }));
    }
}

/// One of the places for connections; given back when dropped, by a panic too.
struct Seat {
    open: Arc<AtomicUsize>,
    number: usize,
}

impl Seat {
    fn take(open: &Arc<AtomicUsize>) -> Self {
        Self { number: open.fetch_add(1, Ordering::SeqCst) + 1, open: Arc::clone(open) }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::SeqCst);
    }
}

fn converse(stream: &TcpStream, metrics: &Metrics) -> io::Result<()> {
    let until = SystemClock.monotonic() + PATIENCE;
    let wanted = read_request(stream, until)?;
    let answer = match wanted {
        Some(Wanted::Metrics { format, with_body }) => {
            answer("200 OK", format.media_type(), &metrics(format), with_body)
        }
        Some(Wanted::Greeting) => answer("200 OK", "", "codecarbon: see /metrics\n", true),
        Some(Wanted::Unknown) => answer("404 Not Found", "", "see /metrics\n", true),
        Some(Wanted::Forbidden) => answer("405 Method Not Allowed", "", "GET only\n", true),
        Some(Wanted::Garbage) => answer("400 Bad Request", "", "no HTTP\n", true),
        Some(Wanted::TooLong) => {
            answer("431 Request Header Fields Too Large", "", "too long\n", true)
        }
        None => answer("408 Request Timeout", "", "too slow\n", true),
    };
    write_until(stream, &answer, SystemClock.monotonic() + PATIENCE)?;
    say_goodbye(stream)
}

/// Reads the head of a request; `None` when it takes too long or is broken off.
fn read_request(stream: &TcpStream, until: Duration) -> io::Result<Option<Wanted>> {
    let mut bytes = Vec::with_capacity(1024);
    let mut buffer = [0; 1024];
    loop {
        let left = until.saturating_sub(SystemClock.monotonic());
        if left.is_zero() {
            return Ok(None);
        }
        stream.set_read_timeout(Some(left))?;
        let room = buffer.len().min(LONGEST_HEAD - bytes.len());
        let read = match (&*stream).read(&mut buffer[..room]) {
            Ok(0) => return Ok(None),
            Ok(read) => read,
            Err(error) if is_timeout(&error) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        bytes.extend_from_slice(&buffer[..read]);
        if let Some(wanted) = parse(&bytes) {
            return Ok(Some(wanted));
        }
    }
}

fn write_until(stream: &TcpStream, mut bytes: &[u8], until: Duration) -> io::Result<()> {
    while !bytes.is_empty() {
        let left = until.saturating_sub(SystemClock.monotonic());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_write_timeout(Some(left))?;
        match (&*stream).write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Ends the connection so that the client gets the answer even if it has sent more than was read.
fn say_goodbye(stream: &TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    let until = SystemClock.monotonic() + FAREWELL;
    let mut buffer = [0; 4096];
    loop {
        let left = until.saturating_sub(SystemClock.monotonic());
        if left.is_zero() {
            return Ok(());
        }
        stream.set_read_timeout(Some(left))?;
        if (&*stream).read(&mut buffer)? == 0 {
            return Ok(());
        }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

fn answer(status: &str, media_type: &str, body: &str, with_body: bool) -> Vec<u8> {
    let media_type = if media_type.is_empty() { "text/plain; charset=utf-8" } else { media_type };
    let length = body.len();
    let mut answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\n\
         vary: accept\r\ncache-control: no-store\r\nconnection: close\r\n\r\n"
    );
    if with_body {
        answer.push_str(body);
    }
    answer.into_bytes()
}
