//! The server: takes connections and writes answers, one a connection.
//!
//! Each connection has a thread, with limits in number, size and time. A server library with a
//! runtime would be many times the size of what one page for one reader needs.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use carbon_sensors::{Clock, SystemClock};

use super::answers::{Answer, Board};
use super::request::{LONGEST_HEAD, NoRequest, Request, parse};
use crate::console::Console;

/// Connections at a time; more are turned away.
const MOST_CONNECTIONS: usize = 32;
/// Longest time for a request to come, and for each part of an answer to go.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pause after the system could give no connection, such as for lack of descriptors.
const RECOVERY: Duration = Duration::from_millis(100);

/// Accepts connections for ever; with a console, requests are said.
pub(super) fn serve(listener: &TcpListener, board: Board, debug: Option<Console>) {
    let board = Arc::new(board);
    let open = Arc::new(AtomicUsize::new(0));
    loop {
        let Ok((stream, _)) = listener.accept() else {
            thread::sleep(RECOVERY);
            continue;
        };
        let seat = Seat::take(&open);
        let board = Arc::clone(&board);
        // Without a thread the connection is closed; the browser asks again.
        let _ = thread::Builder::new().name("board".to_owned()).spawn(move || {
            let answer = |request: &Request| {
                if seat.number > MOST_CONNECTIONS {
                    return Answer::line("503 Service Unavailable", "too many connections");
                }
                board.answer(request)
            };
            // A client that breaks off is its own affair.
            let _ = converse(&stream, answer, debug);
        });
    }
}

/// One of the places for connections; given back when dropped.
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

fn converse(
    stream: &TcpStream,
    answer: impl Fn(&Request) -> Answer,
    debug: Option<Console>,
) -> io::Result<()> {
    let (answer, with_body, asked) = match read_request(stream)? {
        Ok(request) => (answer(&request), request.with_body, request.path),
        Err(NoRequest::TooLong) => {
            let status = "431 Request Header Fields Too Large";
            (Answer::line(status, "the request is too long"), true, String::new())
        }
        Err(_) => (Answer::line("400 Bad Request", "no HTTP"), true, String::new()),
    };
    if let Some(console) = debug {
        let asked = carbon_report::render::printable(&asked);
        console.print(&format!("{asked}: {}\n", answer.status));
    }
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut stream = stream;
    stream.write_all(head(&answer).as_bytes())?;
    if with_body {
        stream.write_all(answer.body.as_bytes())?;
    }
    stream.shutdown(Shutdown::Write)
}

/// Reads the head of a request, within the time that it may take as a whole.
fn read_request(mut stream: &TcpStream) -> io::Result<Result<Request, NoRequest>> {
    let until = SystemClock.monotonic() + PATIENCE;
    let mut bytes = Vec::with_capacity(1024);
    let mut buffer = [0; 2048];
    loop {
        let left = until.saturating_sub(SystemClock.monotonic());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        let room = buffer.len().min(LONGEST_HEAD.saturating_sub(bytes.len()).max(1));
        match stream.read(&mut buffer[..room]) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        match parse(&bytes) {
            Err(NoRequest::Incomplete) => {}
            whole => return Ok(whole),
        }
    }
}

fn head(answer: &Answer) -> String {
    let Answer { status, media_type, policy, body } = answer;
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\n\
         content-type: {media_type}\r\n\
         content-length: {length}\r\n\
         content-security-policy: {policy}; frame-ancestors 'none'\r\n\
         x-content-type-options: nosniff\r\n\
         x-frame-options: DENY\r\n\
         referrer-policy: no-referrer\r\n\
         cross-origin-opener-policy: same-origin\r\n\
         cross-origin-resource-policy: same-origin\r\n\
         cache-control: no-store\r\n\
         connection: close\r\n\r\n"
    )
}
