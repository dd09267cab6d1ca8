//! Runs the user's program as a shell would: found by `PATH`, on this terminal, with signals passed
//! on and its exit code kept.
//!
//! One thread, no handlers: signals and the child's end are read from a descriptor, and the wait for
//! them is the timer of the samples. Nothing here measures or prints.

mod environment;
pub mod program;
pub mod signals;
pub mod spawn;
pub mod supervise;
pub mod tree;
#[cfg(target_os = "linux")]
mod vfork;
