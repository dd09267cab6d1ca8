//! The client of the CodeCarbon API: calls, a durable spool, and a sender in the background.

mod about;
mod client;
mod interval;
#[cfg(test)]
mod record_of_tests;
mod sink;

pub use client::{ApiClient, ApiError, CallLimits, Credentials};
pub use sink::ApiSink;
