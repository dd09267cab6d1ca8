//! The commands as their users run them: real processes in a sandbox.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod account;
mod calibrate;
mod capability;
mod doctor;
mod examples;
mod exit_codes;
mod files;
mod help;
mod journal;
mod live_view;
mod lock;
mod measuring;
mod outputs;
mod place;
mod sandbox;
mod server;
mod service;
mod signals;
mod sync;
mod terminal;
