//! The hub on fake machines: joules in, joules out.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up its machine should fail")]

mod calibrated;
mod choosing;
mod faults;
mod gpus;
mod laws;
mod processes;
mod runs;
mod sampling;
mod successions;
mod support;
mod worked_cases;
