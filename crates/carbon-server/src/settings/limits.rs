//! How much one client, and all of them together, may ask of the server.

use std::time::Duration;

/// Sizes, times and numbers that hold for every connection and request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections that are open at once, half of them from one address; fewer where the system allows
    /// fewer open files. One more is
    /// answered with 503.
    pub connections: usize,
    /// Longest time from the first byte of a request to the end of its headers, and to agree on TLS;
    /// who takes longer is cut off.
    pub head: Duration,
    /// Longest time that a connection waits for its next request.
    pub idle: Duration,
    /// Longest time to receive the body of a request; then 408.
    pub body: Duration,
    /// Longest time to answer a request, its body included; then 503. An answer that has begun may
    /// go on, so that exports and live figures are as long as they are.
    pub answer: Duration,
    /// Longest time in which a client takes nothing of its answer; then it is cut off.
    pub stall: Duration,
    /// Longest time that requests get to finish when the server is told to stop.
    pub finish: Duration,
    /// Longest head of a request, in bytes; then 431.
    pub longest_head: usize,
    /// Most headers of a request; then 431.
    pub most_headers: usize,
    /// Longest path with its query, in bytes; then 414.
    pub longest_url: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            head: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            body: Duration::from_mins(1),
            answer: Duration::from_secs(90),
            stall: Duration::from_secs(30),
            finish: Duration::from_secs(20),
            longest_head: 32 << 10,
            most_headers: 100,
            longest_url: 8 << 10,
        }
    }
}

/// How many requests are served: so many a second in the long run, and at once after a rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests a second in the long run.
    pub per_second: u32,
    /// Requests at once after a rest; 1 or more.
    pub burst: u32,
}

/// The rates of those who ask; none is no limit. What comes from the server's own machine without a
/// proxy is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Of one address, or of one network of 64 bits.
    pub of_address: Option<Rate>,
    /// Of one token, session or bearer, wherever it is used.
    pub of_token: Option<Rate>,
}

impl Default for Rates {
    /// A stock client sends a row every two minutes: ten thousand of them behind one address and with
    /// one token send 84 a second.
    fn default() -> Self {
        let generous = Rate { per_second: 1_000, burst: 5_000 };
        Self { of_address: Some(generous), of_token: Some(generous) }
    }
}
