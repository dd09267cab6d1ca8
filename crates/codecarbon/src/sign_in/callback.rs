//! The small server on loopback to which the browser returns.
//!
//! It takes any number of visits (browsers also ask for an icon, open connections that they do not
//! use, and load pages twice), each on a thread of its own with limits in time and size, and hands
//! them to the one who waits. What a visit means is decided there.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

/// Longest first line of a request, in bytes.
const LONGEST_LINE: u64 = 16 << 10;
/// Longest time that a connection may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections at once; more are turned away.
const MOST_CONNECTIONS: usize = 32;

/// The server; dropping it closes its ports.
#[derive(Debug)]
pub(super) struct Callback {
    visits: Receiver<Visit>,
    addresses: Vec<SocketAddr>,
    closed: Arc<AtomicBool>,
}

/// A request of the browser, which waits for its answer.
#[derive(Debug)]
pub(super) struct Visit {
    /// Path and query.
    pub(super) target: String,
    stream: TcpStream,
}

impl Callback {
    /// Listens on a port of 127.0.0.1 and, where there is one, of `::1`, for a browser may take
    /// `localhost` for either. Port 0 is any free one.
    pub(super) fn listen(port: u16) -> io::Result<Self> {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let port = first.local_addr()?.port();
        let mut listeners = vec![first];
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
            Ok(second) => listeners.push(second),
            // Somebody else would get what the browser brings.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            Err(_) => {}
        }
        let (sender, visits) = channel();
        let closed = Arc::new(AtomicBool::new(false));
        let open = Arc::new(AtomicUsize::new(0));
        let mut addresses = Vec::new();
        for listener in listeners {
            addresses.push(listener.local_addr()?);
            let (sender, closed, open) = (sender.clone(), Arc::clone(&closed), Arc::clone(&open));
            thread::spawn(move || accept(&listener, &sender, &closed, &open));
        }
        Ok(Self { visits, addresses, closed })
    }

    /// The port.
    pub(super) fn port(&self) -> u16 {
        self.addresses.first().map_or(0, SocketAddr::port)
    }

    /// The next visit; `None` when the time is over.
    pub(super) fn next(&self, timeout: Duration) -> Option<Visit> {
        self.visits.recv_timeout(timeout).ok()
    }
}

impl Drop for Callback {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
        for address in &self.addresses {
            // Wakes the thread that accepts, which then ends.
            let _ = TcpStream::connect_timeout(address, PATIENCE);
        }
    }
}

impl Visit {
    /// Path without the query.
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The query; empty when there is none.
    pub(super) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// Answers with a page. A browser that has gone away is nobody's loss.
    pub(super) fn answer(mut self, status: &str, page: &str) {
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\n\
             content-length: {}\r\ncache-control: no-store\r\nreferrer-policy: no-referrer\r\n\
             connection: close\r\n\r\n",
            page.len()
        );
        let _ = self.stream.write_all(head.as_bytes());
        let _ = self.stream.write_all(page.as_bytes());
        let _ = self.stream.shutdown(std::net::Shutdown::Write);
    }
}

fn accept(
    listener: &TcpListener,
    visits: &Sender<Visit>,
    closed: &AtomicBool,
    open: &Arc<AtomicUsize>,
) {
    for stream in listener.incoming() {
        if closed.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        if open.load(Ordering::SeqCst) >= MOST_CONNECTIONS {
            continue;
        }
        open.fetch_add(1, Ordering::SeqCst);
        let (visits, open) = (visits.clone(), Arc::clone(open));
        thread::spawn(move || {
            if let Some(target) = read_request(&stream) {
                // Nobody waits any more when the sign-in is over.
                let _ = visits.send(Visit { target, stream });
            }
            open.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

/// Path and query of a GET. The whole head is read, as some browsers mind being cut short.
fn read_request(stream: &TcpStream) -> Option<String> {
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    let mut reader = BufReader::new(stream.take(4 * LONGEST_LINE));
    let mut first = String::new();
    reader.by_ref().take(LONGEST_LINE).read_line(&mut first).ok()?;
    let mut line = String::new();
    while reader.read_line(&mut line).ok()? > 2 {
        line.clear();
    }
    let target = first.strip_prefix("GET ")?.split(' ').next()?;
    target.starts_with('/').then(|| target.to_owned())
}
