//! The client of the CodeCarbon API: calls, a durable spool, and a sender in the background.
//!
//! [`ApiClient`] makes calls, one at a time. [`ApiSink`] takes the records of a run, makes rows of
//! them and hands them to the [`Outbox`] of the process, which keeps them in a spool file until a
//! server has them: a network that fails, a program that is killed and a machine that restarts lose
//! none, and a key with each row keeps a server that knows it from counting one twice. [`sync()`]
//! sends what programs left behind, and [`status()`] tells what there is.

mod about;
mod bounds;
mod client;
mod interval;
mod outbox;
#[cfg(test)]
mod record_of_tests;
mod sink;
mod spool;
mod status;
mod sync;
mod tasks;

pub use client::{ApiClient, ApiError, CallLimits, Credentials};
pub use outbox::{Outbox, OutboxSettings, forget_the_parents};
pub use sink::{ApiSettings, ApiSink, Told, spool_directory};
pub use spool::{Amount, SpoolLimits};
pub use status::{SpoolStatus, SpooledRun, status};
pub use sync::{LeftRun, SyncReport, SyncSettings, sync};
