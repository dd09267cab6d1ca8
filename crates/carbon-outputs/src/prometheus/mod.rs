//! Metrics for Prometheus: pushed to a gateway, or offered to servers that come for them.
//!
//! Both ways carry the same metrics, those that `families` lists. A gateway is for runs that end
//! before a server would come by; a run that lasts is better scraped.

mod exposition;
mod families;
mod listen;
mod push;
mod request;
mod serve;

pub use listen::{ListenError, Listener, forget_after_fork};
pub use push::{AtEnd, Credentials, PushGateway, PushSettings};
