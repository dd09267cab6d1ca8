//! What holds for every request, over real connections on loopback.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod crowd;
mod limits;
mod logs;
mod metrics;
mod origins;
mod proxies;
mod rates;
mod server;
mod stopping;
mod tls;
mod traces;
mod wire;
