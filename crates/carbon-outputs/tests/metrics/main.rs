//! Metrics as receivers get them: real ones where they can be had, scripted ones for their faults.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../example/mod.rs"]
mod example;
mod listening;
mod otlp_faults;
#[cfg(feature = "grpc")]
mod otlp_grpc;
mod otlp_receiver;
mod programs;
mod prometheus_server;
mod pushing;
mod run;
