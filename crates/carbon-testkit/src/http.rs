//! An HTTP server on loopback that answers as a test says, well or badly, and keeps what it heard.
//!
//! It speaks plain HTTP/1.1 with kept connections, bodies by length or in chunks. It serves tests
//! that have to see refusals, delays and broken connections, which no real server makes on demand.
//! Nothing of it is shipped.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heard {
    /// Method, in capitals.
    pub method: String,
    /// Path with its query.
    pub path: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Heard {
    /// The first value of a header; the name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// What the server does with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers beside the length.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// Time to wait before answering.
    pub delay: Duration,
    /// Ends the connection after so many bytes of the answer.
    pub cut_after: Option<usize>,
}

impl Reply {
    /// An answer with a body.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
            delay: Duration::ZERO,
            cut_after: None,
        }
    }

    /// An answer of JSON text.
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, body).header("content-type", "application/json")
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Waits before answering.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Breaks the connection off after so many bytes; 0 answers nothing at all.
    #[must_use]
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.cut_after = Some(bytes);
        self
    }
}

type Handler = dyn Fn(&Heard) -> Reply + Send + Sync;

/// The running server; dropping it ends it and closes its connections.
pub struct HttpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    handler: Box<Handler>,
    heard: Mutex<Vec<Heard>>,
    open: Mutex<Vec<TcpStream>>,
    connections: AtomicUsize,
    closed: AtomicBool,
}

impl HttpServer {
    /// Listens on a free port of 127.0.0.1 and answers by `handler`, each connection on a thread of
    /// its own.
    pub fn start(handler: impl Fn(&Heard) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_on("127.0.0.1:0".parse().expect("an address"), handler)
    }

    /// Listens on a given address, such as that of a server that was dropped.
    pub fn start_on(
        address: SocketAddr,
        handler: impl Fn(&Heard) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).expect("a port of loopback can be had");
        let address = listener.local_addr().expect("a listener has an address");
        let shared = Arc::new(Shared {
            handler: Box::new(handler),
            heard: Mutex::default(),
            open: Mutex::default(),
            connections: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
        });
        let inner = Arc::clone(&shared);
        let accepting = thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { continue };
                if inner.closed.load(Ordering::SeqCst) {
                    return;
                }
                inner.connections.fetch_add(1, Ordering::SeqCst);
                if let Ok(copy) = stream.try_clone() {
                    lock(&inner.open).push(copy);
                }
                let inner = Arc::clone(&inner);
                // A client that breaks off is a test's own doing.
                thread::spawn(move || drop(inner.serve(&stream)));
            }
        });
        Self { address, shared, accepting: Some(accepting) }
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its base address, `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Requests so far, in the order of their arrival.
    pub fn heard(&self) -> Vec<Heard> {
        lock(&self.shared.heard).clone()
    }

    /// Connections that were made so far.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        for stream in lock(&self.shared.open).drain(..) {
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
        // Wakes the thread that accepts; nobody is to be let in once this has gone.
        if TcpStream::connect(self.address).is_ok()
            && let Some(accepting) = self.accepting.take()
        {
            let _ = accepting.join();
        }
    }
}

impl Shared {
    fn serve(&self, stream: &TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream);
        while let Some(heard) = read_request(&mut reader)? {
            let reply = (self.handler)(&heard);
            let wants_close = heard.header("connection") == Some("close");
            lock(&self.heard).push(heard);
            thread::sleep(reply.delay);
            let bytes = reply_bytes(&reply);
            if let Some(limit) = reply.cut_after {
                (&*stream).write_all(&bytes[..limit.min(bytes.len())])?;
                return stream.shutdown(std::net::Shutdown::Both);
            }
            (&*stream).write_all(&bytes)?;
            if wants_close {
                return stream.shutdown(std::net::Shutdown::Both);
            }
        }
        Ok(())
    }
}

fn read_request(reader: &mut impl BufRead) -> io::Result<Option<Heard>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let mut word = || words.next().unwrap_or_default().to_owned();
    let mut heard = Heard { method: word(), path: word(), ..Heard::default() };
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        heard.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    if heard.header("transfer-encoding").is_some_and(|value| value.contains("chunked")) {
        heard.body = read_chunks(reader)?;
    } else {
        let length = heard.header("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
        heard.body = vec![0; length];
        reader.read_exact(&mut heard.body)?;
    }
    Ok(Some(heard))
}

fn read_chunks(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        let mut chunk = vec![0; size];
        reader.read_exact(&mut chunk)?;
        reader.read_line(&mut line)?;
        if size == 0 {
            return Ok(body);
        }
        body.extend(chunk);
    }
}

fn reply_bytes(reply: &Reply) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {} Status\r\n", reply.status).into_bytes();
    for (name, value) in &reply.headers {
        bytes.extend(format!("{name}: {value}\r\n").into_bytes());
    }
    bytes.extend(format!("content-length: {}\r\n\r\n", reply.body.len()).into_bytes());
    bytes.extend_from_slice(&reply.body);
    bytes
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
